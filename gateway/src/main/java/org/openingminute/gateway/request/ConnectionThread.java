package org.openingminute.gateway.request;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/** Finds the event-loop thread of a client's connection, on which everything for its request runs. */
public final class ConnectionThread {

    private ConnectionThread() {}

    public static EventLoop of(ServerHttpRequest request) {
        AtomicReference<EventLoop> thread = new AtomicReference<>();
        ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(request)
                .withConnection(
                        connection -> thread.setPlain(connection.channel().eventLoop()));
        return thread.getPlain();
    }
}
