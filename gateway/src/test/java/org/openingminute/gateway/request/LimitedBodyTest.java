package org.openingminute.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Proves the limits on a request body, and that each timer is cancelled: a pending timer keeps its request in memory until it fires. */
class LimitedBodyTest {

    private static final long MEBIBYTE = 1024 * 1024;
    private static final String BODY = "a body of some length";
    private static final String CLIENT = "203.0.113.1";

    private static final LimitedBody.Pace PACE =
            new LimitedBody.Pace(Duration.ofSeconds(60), Duration.ofSeconds(5), 1_024);

    private final List<Promise<Void>> timers = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final BytesInTransit inTransit = new BytesInTransit(64 * MEBIBYTE);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Duration now = Duration.ZERO;

    @Test
    void declared_too_large_body_leaves_no_timer() {
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

    @Test
    void bytes_of_a_large_body_count_until_it_ends() {
        Sinks.Many<DataBuffer> sender = Sinks.many().unicast().onBackpressureBuffer();
        Disposable reader = limit(sender.asFlux(), MEBIBYTE).subscribe();
        sender.tryEmitNext(bytes(64 * 1024));
        assertThat(inTransit.all()).isZero();
        sender.tryEmitNext(bytes(1_000));
        assertThat(inTransit.all()).isEqualTo(1_000);
        reader.dispose();
        assertThat(inTransit.all()).isZero();
    }

    @Test
    void a_body_that_was_asked_for_is_read_to_its_end_after_its_reader_has_left() {
        Sinks.Many<DataBuffer> sender = Sinks.many().unicast().onBackpressureBuffer();
        LimitedBody body = limited(
                MockServerHttpRequest.post("/")
                        .contentLength(MEBIBYTE)
                        .header("Expect", "100-continue")
                        .body(sender.asFlux()),
                MEBIBYTE);
        assertThat(hasEnded(body)).as("nothing was requested").isTrue();
        Disposable reader = body.getBody().subscribe();
        sender.tryEmitNext(bytes(100 * 1024));
        reader.dispose();
        assertThat(hasEnded(body)).isFalse();
        sender.tryEmitNext(bytes(100 * 1024));
        assertThat(inTransit.all()).isEqualTo(136 * 1024);
        sender.tryEmitComplete();
        assertThat(hasEnded(body)).isTrue();
        assertThat(inTransit.all()).isZero();
        assertTimerIsEnded();
    }

    @Test
    void a_body_that_came_unasked_ends_with_its_reader() {
        LimitedBody body =
                limited(MockServerHttpRequest.post("/").contentLength(MEBIBYTE).body(Flux.never()), MEBIBYTE);
        body.getBody().subscribe().dispose();
        assertThat(hasEnded(body)).isTrue();
        assertTimerIsEnded();
    }

    private static boolean hasEnded(LimitedBody body) {
        return body.ended().toFuture().isDone();
    }

    @Test
    void a_large_body_is_unavailable_and_a_small_one_passes_while_bodies_fill_64_mebibytes() {
        for (int address = 1; address <= 8; address++) {
            assertThat(inTransit.add("198.51.100." + address, 8 * MEBIBYTE)).isTrue();
        }
        assertLargeIsUnavailable();
        read(Flux.just(bytes(64 * 1024)), MEBIBYTE).block();
        assertThat(inTransit.all()).isEqualTo(64 * MEBIBYTE);
    }

    @Test
    void an_address_has_eight_mebibytes_of_the_second_half_and_room_again_when_they_have_ended() {
        inTransit.add(CLIENT, 8 * MEBIBYTE);
        for (int address = 1; address <= 3; address++) {
            inTransit.add("198.51.100." + address, 8 * MEBIBYTE);
        }
        assertLargeIsUnavailable();
        assertThat(inTransit.add("198.51.100.4", 8 * MEBIBYTE)).isTrue();
        inTransit.remove(CLIENT, 8 * MEBIBYTE);
        inTransit.add("198.51.100.5", 8 * MEBIBYTE);
        read(Flux.just(bytes(64 * 1024), bytes(1)), MEBIBYTE).block();
    }

    @Test
    void proofs_of_one_address_have_the_first_half() {
        for (int proof = 1; proof <= 6; proof++) {
            assertThat(inTransit.add(CLIENT, 5 * MEBIBYTE)).isTrue();
        }
        read(Flux.just(bytes(64 * 1024), bytes(1)), MEBIBYTE).block();
        assertThat(inTransit.add(CLIENT, 5 * MEBIBYTE)).isFalse();
        assertThat(inTransit.add("198.51.100.1", 5 * MEBIBYTE)).isTrue();
    }

    private void assertLargeIsUnavailable() {
        assertThatThrownBy(() ->
                        read(Flux.just(bytes(64 * 1024), bytes(1)), MEBIBYTE).block())
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE));
    }

    @Test
    void a_sender_gets_five_seconds_and_one_more_for_each_kibibyte() {
        Sinks.Many<DataBuffer> sender = Sinks.many().unicast().onBackpressureBuffer();
        AtomicReference<Throwable> end = new AtomicReference<>();
        read(sender.asFlux(), MEBIBYTE).subscribe(_ -> {}, end::set);
        sender.tryEmitNext(bytes(2 * 1024));
        for (int second = 5; second < 7; second++) {
            now = Duration.ofSeconds(second);
            tasks.removeLast().run();
            assertThat(end.get()).isNull();
        }
        now = Duration.ofSeconds(7);
        tasks.removeLast().run();
        assertThat(end.get())
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.MALFORMED));
    }

    @Test
    void refusals_are_counted_once_by_their_reason() {
        limit(Flux.just(piece()), 1).block();
        assertThatThrownBy(() -> read(Flux.just(bytes(9), bytes(9), bytes(9), bytes(9)), BODY.length())
                        .block())
                .isInstanceOf(Problem.class);
        assertCounted(2, 0, 0);
        IntStream.range(0, 8).forEach(i -> inTransit.add("198.51.100." + i, 8 * MEBIBYTE));
        assertLargeIsUnavailable();
        assertCounted(2, 0, 1);
        read(Flux.never(), MEBIBYTE).subscribe(_ -> {}, _ -> {});
        now = Duration.ofSeconds(5);
        tasks.removeLast().run();
        assertCounted(2, 1, 1);
    }

    @Test
    void body_that_is_refused_for_its_token_counts_for_nothing_else() {
        LimitedBody body = limited(
                MockServerHttpRequest.post("/").contentLength(MEBIBYTE).body(Flux.just(bytes(99), bytes(99))), 10);
        assertThatThrownBy(() -> body.refuse(Problem.unauthenticated()).block())
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAUTHENTICATED));
        assertCounted(0, 0, 0);
    }

    private void assertCounted(int tooLarge, int tooSlow, int crowded) {
        assertThat(Stream.of("too-large", "too-slow", "in-transit")
                        .map(reason -> meters.counter("gateway.bodies.refused", "reason", reason)
                                .count()))
                .containsExactly((double) tooLarge, (double) tooSlow, (double) crowded);
    }

    private void assertTimerIsEnded() {
        assertThat(timers).hasSize(1).allMatch(Future::isCancelled);
    }

    /** Reads the body until a limit ends it. */
    private Mono<Void> limit(Flux<DataBuffer> body, long limit) {
        return read(body, limit).onErrorComplete();
    }

    private Mono<Void> read(Flux<DataBuffer> body, long limit) {
        MockServerHttpRequest request =
                MockServerHttpRequest.post("/").contentLength(BODY.length()).body(body);
        return limited(request, limit)
                .admit(MockServerWebExchange.from(request))
                .flatMapMany(limited -> limited.getRequest().getBody())
                .then();
    }

    private LimitedBody limited(MockServerHttpRequest request, long limit) {
        return new LimitedBody(
                request,
                new LimitedBody.Bounds(limit, PACE, CLIENT, inTransit, new BodyRefusals(meters)),
                new Deadline(this::schedule, () -> now.toNanos()));
    }

    private Future<?> schedule(Runnable task, long nanos) {
        Promise<Void> timer = ImmediateEventExecutor.INSTANCE.newPromise();
        timers.add(timer);
        tasks.add(task);
        return timer;
    }

    private static DataBuffer bytes(int number) {
        return DefaultDataBufferFactory.sharedInstance.wrap(new byte[number]);
    }

    private static DataBuffer piece() {
        return DefaultDataBufferFactory.sharedInstance.wrap(BODY.getBytes(StandardCharsets.UTF_8));
    }
}
