package org.openingminute.gateway.edge;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An answer that knows whether all of it was given to the client's connection. Who has read as much as was announced may be gone
 * before the service's end of it is heard, or the connection says that it is written. Safe for the thread that gives and the one
 * that asks.
 */
final class CountingResponse extends ServerHttpResponseDecorator {

    private final AtomicLong given = new AtomicLong();
    private volatile boolean ended;

    CountingResponse(ServerHttpResponse answer) {
        super(answer);
    }

    boolean isWhole() {
        return ended || given.get() == getHeaders().getContentLength();
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        // One piece stays one, or it would be sent in chunks.
        return super.writeWith(
                body instanceof Mono<? extends DataBuffer> one
                        ? one.doOnSuccess(_ -> ended = true)
                        : Flux.from(body)
                                .doOnNext(piece -> given.addAndGet(piece.readableByteCount()))
                                .doOnComplete(() -> ended = true));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(Flux.from(body).doOnComplete(() -> ended = true));
    }
}
