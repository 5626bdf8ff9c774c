package org.openingminute.benchmarks.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** The smallest proxy with the gateway's libraries: Reactor Netty's server, which forwards each {@code GET} through its client. */
final class BareProxy {

    private BareProxy() {}

    /** @param arguments its port, and the URL of the upstream */
    public static void main(String... arguments) {
        HttpClient client = HttpClient.create();
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .handle((request, response) -> client.headers(
                                headers -> headers.add(request.requestHeaders()).remove(HttpHeaderNames.HOST))
                        .get()
                        .uri(arguments[1] + request.uri())
                        .response((answer, body) -> response.status(answer.status())
                                .headers(answer.responseHeaders())
                                .send(body.retain()))
                        .then(Mono.empty()))
                .bindNow()
                .onDispose()
                .block();
    }
}
