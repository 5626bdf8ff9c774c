package org.openingminute.benchmarks.gateway;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** Stands in for all services: answers at once, and counts requests. */
final class Upstream {

    static final String BODY = "{\"id\":\"019c1f4b-fe80-7025-8065-5a1d316edc57\",\"status\":\"confirmed\",\"pad\":\""
            + "x".repeat(500) + "\"}";
    /** As long as a conference's page. */
    static final String PAGE = "<!doctype html><title>A conference</title><main>"
            + "<p>A sentence about the conference, as there are many.</p>\n".repeat(500) + "</main>";

    static final String COUNT = "/count";
    static final String NEVER = "/api/registrations/019c1f4b-fe80-7025-8065-5a1d316edc58";
    /** The path that a gateway polls each second, independently of its clients. */
    private static final String EACH_SECOND = "/internal/sales";
    /** A sale with a waiting room whose queue hardly advances. */
    private static final String SALES = """
            {"now": "%s", "instance": "1", "sales": [{"conference": "mlsys-2026", "state": "open", "mode": "on", "perSecond": 1,
              "seatsLeft": 2000, "seatsPerRegistration": 1, "decided": [0, 0], "refused": 0, "longestWaitMillis": 0}]}
            """;

    private static final String TAG = "\"1\"";

    private Upstream() {}

    /** @param arguments its port */
    public static void main(String... arguments) {
        AtomicLong asked = new AtomicLong();
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .handle((request, response) -> switch (request.uri()) {
                    case COUNT -> response.sendString(Mono.just(Long.toString(asked.get())));
                    case NEVER -> Mono.never();
                    case String uri
                    when uri.startsWith(EACH_SECOND) ->
                        send(response, "application/json", SALES.formatted(Instant.now()));
                    case Case.PAGE_PATH -> {
                        asked.incrementAndGet();
                        yield page(response, TAG.equals(request.requestHeaders().get("If-None-Match")));
                    }
                    default -> {
                        asked.incrementAndGet();
                        yield send(response.header("Cache-Control", "no-store"), "application/json", BODY);
                    }
                })
                .bindNow()
                .onDispose()
                .block();
    }

    private static Mono<Void> page(HttpServerResponse response, boolean isKnown) {
        response.header("Cache-Control", "max-age=1, public").header("ETag", TAG);
        return isKnown ? response.status(304).send() : send(response, "text/html;charset=UTF-8", PAGE);
    }

    private static Mono<Void> send(HttpServerResponse response, String type, String body) {
        return response.header("Content-Type", type)
                .header("Content-Length", Integer.toString(body.length()))
                .sendString(Mono.just(body))
                .then();
    }
}
