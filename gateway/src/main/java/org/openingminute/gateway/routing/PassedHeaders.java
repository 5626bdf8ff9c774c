package org.openingminute.gateway.routing;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.problem.ChosenLanguage;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.ui.BusinessTime;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Passes headers between client and service in both directions, filtering them in a single pass. */
@Component
final class PassedHeaders {

    /** The only client headers that a service receives. */
    private static final Set<String> OF_REQUESTS = names(List.of(
            "Accept",
            "Accept-Language",
            "Authorization",
            "Content-Type",
            "Content-Length",
            "Cookie",
            "HX-Request",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
            "Origin",
            "Referer",
            "Admission-Token",
            "Mailbox-Token",
            "User-Agent",
            "Sandbox-Signature",
            "Stripe-Signature"));

    /** Headers of a single connection, headers that the edge sets itself, and headers that reveal internals. */
    private static final Set<String> NOT_OF_RESPONSES = names(List.of(
            "Connection",
            "Keep-Alive",
            "Proxy-Authenticate",
            "Proxy-Connection",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            EdgeFilter.REQUEST_ID,
            "Server",
            "X-Application-Context",
            "X-Powered-By",
            "traceparent"));

    private final String scheme;
    private final String host;
    private final RehearsalClock rehearsal;

    PassedHeaders(GatewaySettings settings, RehearsalClock rehearsal) {
        this.rehearsal = rehearsal;
        URI publicUrl = URI.create(settings.publicUrl());
        scheme = publicUrl.getScheme();
        host = publicUrl.getAuthority();
    }

    private static Set<String> names(Collection<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }

    /**
     * Copies the allowed headers to the call, and adds the request id, the client's address, the gateway's public name and a rehearsal's
     * time. A language that the reader has selected replaces the browser's. The names in the client's {@code Connection} are ignored: no
     * allowed header belongs to one connection alone, and a client must not be able to remove the length of a body.
     *
     * @param call the headers of the call; those that the client library has set are replaced
     */
    void toService(HttpHeaders request, ServerWebExchange exchange, HttpHeaders call) {
        for (CharSequence own : List.of(HttpHeaderNames.ACCEPT, HttpHeaderNames.USER_AGENT)) {
            if (request.contains(own)) {
                call.remove(own);
            }
        }
        Iterator<Map.Entry<CharSequence, CharSequence>> all = request.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString();
            if (OF_REQUESTS.contains(name)) {
                call.add(header.getKey(), header.getValue());
            }
        }
        // No cache of the gateway stores pages for staff, so their service compresses them if the client accepts that.
        // Requests from other sites are excluded: such a site could guess what a page contains from how well it
        // compresses together with a text of its own.
        if (StaffPaths.isOfConferences(exchange.getRequest().getURI().getRawPath())
                && !"cross-site".equals(request.get("Sec-Fetch-Site"))) {
            call.set(HttpHeaderNames.ACCEPT_ENCODING, request.getAll(HttpHeaderNames.ACCEPT_ENCODING));
        }
        ChosenLanguage.of(request.getAll(HttpHeaderNames.COOKIE))
                .ifPresent(language -> call.set(HttpHeaderNames.ACCEPT_LANGUAGE, language.getLanguage()));
        if (call.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            call.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        call.set(EdgeFilter.REQUEST_ID, EdgeFilter.requestId(exchange));
        InetSocketAddress client = exchange.getRequest().getRemoteAddress();
        if (client != null && client.getAddress() != null) {
            call.set("X-Forwarded-For", client.getAddress().getHostAddress());
        }
        call.set("X-Forwarded-Proto", scheme);
        call.set("X-Forwarded-Host", host);
        rehearsal.now().ifPresent(now -> call.set(BusinessTime.HEADER, now.toString()));
    }

    void toClient(HttpHeaders answer, HttpHeaders response) {
        Set<String> named = namedByConnection(answer);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = answer.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString();
            if (!NOT_OF_RESPONSES.contains(name) && !named.contains(name)) {
                response.add(header.getKey(), header.getValue());
            }
        }
    }

    /** The headers that a response declares as belonging to its connection; responses rarely name any. */
    private static Set<String> namedByConnection(HttpHeaders answer) {
        List<String> values = answer.getAll(HttpHeaderNames.CONNECTION);
        if (values.stream().allMatch(PassedHeaders::namesNone)) {
            return Set.of();
        }
        return names(values.stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .toList());
    }

    private static boolean namesNone(String connection) {
        return HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(connection)
                || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(connection);
    }
}
