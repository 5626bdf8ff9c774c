package org.openingminute.gateway.cache;

import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.cache.InFlightRequest.Outcome;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The response to the request in flight: collects a public answer for the cache, and passes any other answer through to its client.
 * Confined to its request.
 */
final class InFlightResponse extends ServerHttpResponseDecorator {

    private final ReadKey key;
    private final @Nullable CachedResponse before;
    private final InFlightRequest flight;
    private final Scheduler connection;
    private final OutcomeHandler outcomeHandler;
    /** The start of the flight, by {@link System#nanoTime}. */
    private final long startedAt = System.nanoTime();

    private boolean reported;

    /**
     * Wraps the response of the client whose request is in flight.
     *
     * @param before the cached answer that the request revalidates; {@code null} for none
     * @param connection the thread of the client's connection
     */
    InFlightResponse(
            ServerHttpResponse response,
            ReadKey key,
            @Nullable CachedResponse before,
            InFlightRequest flight,
            Scheduler connection,
            OutcomeHandler outcomeHandler) {
        super(response);
        this.key = key;
        this.before = before;
        this.flight = flight;
        this.connection = connection;
        this.outcomeHandler = outcomeHandler;
    }

    /**
     * Whether the request revalidates a cached answer. Answers to queries do not count, because a client could cause any number of them to
     * be cached.
     */
    boolean isRenewal() {
        return before != null && key.query().isEmpty();
    }

    void delay() {
        flight.delay();
    }

    /** Receives the outcome of a flight. */
    interface OutcomeHandler {

        /**
         * Handles the outcome. Returns the sending of what the client receives instead of the response, or {@code null} to send the
         * response itself.
         */
        @Nullable
        Mono<Void> handle(Outcome outcome);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (!reported && isSuccess() && CachedResponse.isForAll(getHeaders(), key.read())) {
            return DataBufferUtils.join(body).flatMap(this::take);
        }
        @Nullable Mono<Void> instead = report(outcome());
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
        var _ = report(new Outcome.Private());
        return super.writeAndFlushWith(body);
    }

    @Override
    public Mono<Void> setComplete() {
        @Nullable Mono<Void> instead = report(outcome());
        return instead == null ? super.setComplete() : instead;
    }

    private Mono<Void> take(DataBuffer joined) {
        byte[] bytes = new byte[joined.readableByteCount()];
        joined.read(bytes);
        DataBufferUtils.release(joined);
        if (!CachedResponse.isLarge(bytes)) {
            return keep(cacheable(getHeaders(), bytes));
        }
        HttpHeaders headers = HttpHeaders.copyOf(getHeaders());
        // Meanwhile the thread serves its other connections.
        return Mono.fromSupplier(() -> cacheable(headers, bytes))
                .subscribeOn(Schedulers.parallel())
                .publishOn(connection)
                .flatMap(this::keep);
    }

    private CachedResponse cacheable(HttpHeaders headers, byte[] bytes) {
        return CachedResponse.of(headers, bytes, key.read(), startedAt);
    }

    private Mono<Void> keep(CachedResponse answer) {
        @Nullable Mono<Void> sending = report(new Outcome.Answered(answer));
        return sending == null ? Mono.empty() : sending;
    }

    /** Reports the outcome once: the framework also completes a response that has been written. */
    private @Nullable Mono<Void> report(Outcome outcome) {
        if (reported) {
            return null;
        }
        reported = true;
        return outcomeHandler.handle(outcome);
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
