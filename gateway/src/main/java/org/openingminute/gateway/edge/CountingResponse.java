package org.openingminute.gateway.edge;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response that knows whether all of it was written to the client's connection. A client that has received the announced length may
 * disconnect before the service ends the response, or before the connection reports it as written. Counting and reading may happen on
 * different threads.
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
        // A Mono must remain a Mono: a Flux would be sent in chunks.
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
