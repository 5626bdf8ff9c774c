package org.openingminute.benchmarks.gateway;

import java.util.Arrays;
import java.util.List;
import org.openingminute.benchmarks.gateway.Servers.Name;

/** A request to a server, and the expected response. */
enum Case {
    DIRECT("the upstream itself", Name.UPSTREAM, Group.PROXIED),
    NGINX("nginx", Name.NGINX, Group.PROXIED),
    NETTY("Reactor Netty alone", Name.NETTY, Group.PROXIED),
    ROUTE("Spring Cloud Gateway, one route as it comes", Name.ROUTE, Group.PROXIED),
    FILTERS("the gateway, all filters", Name.GATEWAY, Group.PROXIED),
    FILE("nginx, the page as a file", Name.NGINX, Group.PAGE),
    KEPT("the gateway, the page kept", Name.GATEWAY, Group.PAGE),
    VERSION("`/api/version`", Name.GATEWAY, Group.OWN),
    POLL("how a place in the line stands", Name.GATEWAY, Group.OWN),
    LIMITED("429", Name.REFUSING, Group.OWN),
    FULL("503", Name.REFUSING, Group.OWN);

    static final String PAGE_PATH = "/conferences/mlsys-2026";
    static final String ROOM_PATH = "/api/waiting-room/mlsys-2026";
    private static final String READING = "GET /api/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57";
    /** Has the form of an access token, so that the gateway knows it once the upstream has accepted it. */
    private static final String TOKEN =
            "Authorization: Bearer k1.019c1f4b-fe80-7025-8065-5a1d316edc57.-.0." + "x".repeat(43) + "\n";

    private static final String BROWSER = """
            Accept-Language: en-GB,en;q=0.8
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
            """;

    private final String words;
    private final Name server;
    private final Group group;

    Case(String words, Name server, Group group) {
        this.words = words;
        this.server = server;
        this.group = group;
    }

    /** Cases that are compared with each other. */
    enum Group {
        /** A request that the upstream answers. */
        PROXIED,
        /** A page that is the same for every client. */
        PAGE,
        /** A response that the gateway makes itself. */
        OWN;

        List<Case> cases() {
            return Arrays.stream(Case.values()).filter(one -> one.group == this).toList();
        }
    }

    String words() {
        return words;
    }

    Name server() {
        return server;
    }

    Group group() {
        return group;
    }

    /** Returns the request line and headers. */
    String request() {
        String line = switch (this) {
            case DIRECT, NGINX, NETTY, ROUTE, FILTERS, FULL -> READING;
            case FILE, KEPT -> "GET " + PAGE_PATH;
            case VERSION -> "GET /api/version";
            case POLL -> "GET " + ROOM_PATH + "/place";
            case LIMITED -> "POST " + ROOM_PATH + "/places";
        };
        String accept = "Accept: " + (group == Group.PAGE ? "text/html" : "application/json") + "\n";
        return (line + " HTTP/1.1\n" + accept + (line.equals(READING) ? TOKEN : "") + BROWSER).replace("\n", "\r\n");
    }

    int status() {
        return switch (this) {
            case LIMITED -> 429;
            case FULL -> 503;
            default -> 200;
        };
    }

    boolean isAnswer(String body) {
        return switch (group) {
            case PROXIED -> body.equals(Upstream.BODY);
            case PAGE -> body.equals(Upstream.PAGE);
            case OWN -> body.startsWith("{");
        };
    }

    /** Returns whether the number of upstream requests is right: one each, at most one a second, or none. */
    boolean isRight(long asked, long answers, double seconds) {
        return switch (group) {
            case PROXIED -> asked == answers;
            case PAGE -> asked <= (this == KEPT ? seconds + 2 : 0);
            case OWN -> asked == 0;
        };
    }
}
