package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A timer that is left keeps its request in memory until it fires. */
class LimitedBodyTest {

    private static final String BODY = "a body of some length";

    private final List<Promise<Void>> timers = new ArrayList<>();

    @Test
    void a_body_too_large_by_its_own_word_leaves_no_timer_once_it_is_read() {
        limit(Flux.just(piece()), 1).block();
        assertTimerIsEnded();
    }

    @Test
    void a_client_that_leaves_within_a_body_too_large_leaves_no_timer() {
        limit(Flux.never(), 1).subscribe().dispose();
        assertTimerIsEnded();
    }

    @Test
    void a_body_that_is_taken_leaves_no_timer_at_its_end() {
        limit(Flux.just(piece()), BODY.length()).block();
        assertTimerIsEnded();
    }

    @Test
    void a_body_that_has_not_ended_keeps_its_timer() {
        limit(Flux.never(), BODY.length()).subscribe();
        assertThat(timers).hasSize(1).noneMatch(Future::isCancelled);
    }

    private void assertTimerIsEnded() {
        assertThat(timers).hasSize(1).allMatch(Future::isCancelled);
    }

    /** Reads the body as far as it is let through. */
    private Mono<Void> limit(Flux<DataBuffer> body, long limit) {
        ServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.post("/").contentLength(BODY.length()).body(body));
        return LimitedBody.limit(exchange, limit, Duration.ofSeconds(60), new Deadline(this::schedule, () -> 0))
                .flatMapMany(limited -> limited.getRequest().getBody())
                .then()
                .onErrorComplete();
    }

    private Future<?> schedule(Runnable task, long nanos) {
        Promise<Void> timer = ImmediateEventExecutor.INSTANCE.newPromise();
        timers.add(timer);
        return timer;
    }

    private static DataBuffer piece() {
        return DefaultDataBufferFactory.sharedInstance.wrap(BODY.getBytes(StandardCharsets.UTF_8));
    }
}
