package org.openingminute.gateway.cache;

import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.cache.Flight.Outcome;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The response to the request that flies for all: takes what is for all, and lets pass what is not. Confined to its request. */
final class FlightResponse extends ServerHttpResponseDecorator {

    private final ReadKey key;
    private final @Nullable KeptAnswer before;
    private final Flight flight;
    private final Landing landing;
    /** By {@link System#nanoTime}. */
    private final long startedAt = System.nanoTime();

    private boolean landed;

    /** @param before the answer of which the service is asked whether it is still good */
    FlightResponse(
            ServerHttpResponse response, ReadKey key, @Nullable KeptAnswer before, Flight flight, Landing landing) {
        super(response);
        this.key = key;
        this.before = before;
        this.flight = flight;
        this.landing = landing;
    }

    /** Whether the answer of a path is kept already; of queries, a client can have as many kept as it makes up. */
    boolean isRenewal() {
        return before != null && key.query().isEmpty();
    }

    void delay() {
        flight.delay();
    }

    /** What is told how a flight ends. */
    interface Landing {

        /** Sends what its own client gets in place of the response; {@code null} where that is the response. */
        @Nullable
        Mono<Void> land(Outcome outcome);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (!landed && isSuccess() && KeptAnswer.isForAll(getHeaders(), key.read())) {
            return DataBufferUtils.join(body).flatMap(this::keep);
        }
        @Nullable Mono<Void> instead = land(outcome());
        return instead == null
                ? super.writeWith(body)
                : Flux.from(body)
                        .doOnNext(DataBufferUtils::release)
                        .then()
                        .onErrorComplete()
                        .then(instead);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        var _ = land(new Outcome.Private());
        return super.writeAndFlushWith(body);
    }

    @Override
    public Mono<Void> setComplete() {
        @Nullable Mono<Void> instead = land(outcome());
        return instead == null ? super.setComplete() : instead;
    }

    private Mono<Void> keep(DataBuffer joined) {
        byte[] bytes = new byte[joined.readableByteCount()];
        joined.read(bytes);
        DataBufferUtils.release(joined);
        @Nullable
        Mono<Void> sending = land(new Outcome.Answered(KeptAnswer.of(getHeaders(), bytes, key.read(), startedAt)));
        return sending == null ? Mono.empty() : sending;
    }

    /** Once: the framework completes a response that has been written. */
    private @Nullable Mono<Void> land(Outcome outcome) {
        if (landed) {
            return null;
        }
        landed = true;
        return landing.land(outcome);
    }

    private Outcome outcome() {
        @Nullable HttpStatusCode status = getStatusCode();
        if (status != null && status.is5xxServerError()) {
            return new Outcome.Failed();
        }
        if (HttpStatus.TOO_MANY_REQUESTS.equals(status)) {
            return new Outcome.Abandoned();
        }
        return before != null && HttpStatus.NOT_MODIFIED.equals(status)
                ? new Outcome.Answered(before.confirmed(getHeaders(), startedAt))
                : new Outcome.Private();
    }

    private boolean isSuccess() {
        @Nullable HttpStatusCode status = getStatusCode();
        return status == null || HttpStatus.OK.equals(status);
    }
}
