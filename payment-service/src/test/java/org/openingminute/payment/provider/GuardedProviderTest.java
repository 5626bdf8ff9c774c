package org.openingminute.payment.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/** Proves time-outs, retries, breakers and bulkheads around a provider, with Resilience4j and a scripted provider. */
class GuardedProviderTest {

    private static final ProviderSession SESSION =
            new ProviderSession("cs_1", new UUID(0, 1), new UUID(0, 2), URI.create("http://x"), false, List.of());

    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
    private final RateLimiterRegistry rateLimiters = RateLimiterRegistry.ofDefaults();
    private final RetryRegistry retries = RetryRegistry.ofDefaults();
    private final TimeLimiterRegistry timeLimiters = TimeLimiterRegistry.ofDefaults();
    private final Played played = new Played();
    private GuardedProvider guarded = guarded(1_000);

    private GuardedProvider guarded(int callsPerSecond) {
        return new GuardedProvider(
                played,
                callsPerSecond,
                new GuardedProvider.CallLimits(breakers, bulkheads, rateLimiters, retries, timeLimiters));
    }

    @AfterEach
    void close() {
        guarded.close();
    }

    @Test
    void a_transient_failure_is_retried() {
        played.answers = () -> {
            if (played.calls.get() < 3) {
                throw new ProviderUnavailable("away");
            }
            return SESSION;
        };
        assertThat(guarded.fetch("cs_1")).isEqualTo(SESSION);
        assertThat(played.calls).hasValue(3);
    }

    @Test
    void excess_calls_wait_or_are_refused_before_the_provider() {
        AtomicInteger reported = new AtomicInteger();
        rateLimiters.remove("sandbox-ask");
        long start = System.nanoTime();
        try (GuardedProvider slow = guarded(5);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                threads.submit(() -> {
                    try {
                        slow.fetch("cs_1");
                    } catch (ProviderUnavailable e) {
                        reported.incrementAndGet();
                    }
                });
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(played.calls.get()).isBetween(10, (int) (5 * (seconds + 1)));
        assertThat(reported.get() + played.calls.get()).isEqualTo(50);
        assertThat(breakers.circuitBreaker("sandbox-ask").getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    /** Rebuilds the guard with changed limits. */
    private void guardedWith(Runnable others) {
        guarded.close();
        breakers.remove("sandbox-ask");
        bulkheads.remove("sandbox-ask");
        rateLimiters.remove("sandbox-ask");
        retries.remove("sandbox-ask");
        timeLimiters.remove("sandbox-ask");
        others.run();
        guarded = guarded(1_000);
    }

    private static RateLimiterConfig aTurnEvery(Duration pause, Duration waits) {
        return RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(pause)
                .timeoutDuration(waits)
                .build();
    }

    private void isAway() {
        played.answers = () -> {
            throw new ProviderUnavailable("away");
        };
    }

    private void isSilent() {
        played.answers = () -> {
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return SESSION;
        };
    }

    @Test
    void calls_without_a_turn_do_not_hide_an_outage() {
        guardedWith(() -> {
            rateLimiters.rateLimiter("sandbox-ask", aTurnEvery(Duration.ofMillis(20), Duration.ZERO));
            retries.retry("sandbox-ask", RetryConfig.custom().maxAttempts(1).build());
        });
        isAway();
        CircuitBreaker breaker = breakers.circuitBreaker("sandbox-ask");
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
                    return breaker.getState() == CircuitBreaker.State.OPEN;
                });
    }

    @Test
    void calls_without_a_place_are_not_counted() {
        guardedWith(() -> bulkheads.bulkhead(
                "sandbox-ask", BulkheadConfig.custom().maxConcurrentCalls(1).build()));
        assertThat(bulkheads.bulkhead("sandbox-ask").tryAcquirePermission()).isTrue();
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
        }
        assertThat(played.calls).hasValue(0);
        assertThat(breakers.circuitBreaker("sandbox-ask").getMetrics().getNumberOfBufferedCalls())
                .isZero();
    }

    @Test
    void rejected_calls_are_no_outage_and_not_repeated_at_once() {
        played.answers = () -> {
            throw new CallRejected("expires_at");
        };
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(CallRejected.class);
        }
        assertThat(played.calls).hasValue(30);
        assertThat(breakers.circuitBreaker("sandbox-ask").getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void call_that_waited_for_its_turn_is_not_repeated_late() {
        guardedWith(() -> {
            rateLimiters.rateLimiter("sandbox-ask", aTurnEvery(Duration.ofSeconds(2), Duration.ofSeconds(10)));
            timeLimiters.timeLimiter(
                    "sandbox-ask",
                    TimeLimiterConfig.custom()
                            .timeoutDuration(Duration.ofMillis(500))
                            .build());
        });
        RateLimiter limiter = rateLimiters.rateLimiter("sandbox-ask");
        limiter.reservePermission();
        limiter.reservePermission();
        isSilent();
        assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
        assertThat(played.calls).hasValue(1);
    }

    @Test
    void a_silent_provider_times_out() {
        isSilent();
        try (SteadyTime time = new SteadyTime()) {
            assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
            assertThat(time.passed()).isLessThan(GuardedProvider.LONGEST_CALL);
        }
        assertThat(played.calls).hasValueLessThanOrEqualTo(2);
    }

    /** Counts time in short steps, of which a pause of the machine is one. */
    private static final class SteadyTime implements AutoCloseable {

        private static final Duration STEP = Duration.ofMillis(10);

        private final AtomicInteger steps = new AtomicInteger();
        private final Thread counter = Thread.ofPlatform().daemon().start(this::count);

        private void count() {
            try {
                while (true) {
                    Thread.sleep(STEP);
                    steps.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        Duration passed() {
            return STEP.multipliedBy(steps.get());
        }

        @Override
        public void close() {
            counter.interrupt();
        }
    }

    @Test
    void an_outage_opens_the_operations_breaker_until_it_recovers() {
        isAway();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
        }
        CircuitBreaker breaker = breakers.circuitBreaker("sandbox-ask");
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        int calls = played.calls.get();
        assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
        assertThat(played.calls).hasValue(calls);

        played.answers = () -> SESSION;
        assertThat(guarded.end("cs_1")).isEqualTo(SESSION);
        await().atMost(Duration.ofSeconds(60)).until(() -> breaker.getState() == CircuitBreaker.State.HALF_OPEN);
        for (int i = 0; i < 3; i++) {
            guarded.fetch("cs_1");
        }
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void refusal_is_not_an_outage() {
        for (int i = 0; i < 30; i++) {
            assertThat(guarded.refund(new RefundRequest(new UUID(0, 3), "pay_1", new Money(1, "USD"), null)))
                    .isEqualTo(new RefundResult.RefundRefused("no"));
        }
        assertThat(breakers.circuitBreaker("sandbox-refund").getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void permanent_failures_are_not_retried() {
        played.answers = () -> {
            throw ProviderUnavailable.forLonger("too many calls");
        };
        assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
        assertThat(played.calls).hasValue(1);
    }

    @Test
    void webhook_lookups_go_through_the_breaker() {
        assertThat(guarded.read(new byte[0], guarded::registrationOf)).isNull();
        played.reads = whose -> new ProviderEvents(whose.apply("pay_1").orElseThrow(), List.of());
        played.answers = () -> {
            if (played.calls.get() < 3) {
                throw new ProviderUnavailable("away");
            }
            return SESSION;
        };
        assertThat(guarded.read(new byte[0], guarded::registrationOf))
                .isEqualTo(new ProviderEvents(SESSION.registration(), List.of()));
        assertThat(played.calls).hasValue(3);
    }

    @Test
    void webhooks_are_read_without_the_breaker() {
        played.reads = _ -> {
            throw new IllegalStateException("cannot be read");
        };
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> guarded.read(new byte[0], guarded::registrationOf))
                    .isInstanceOf(IllegalStateException.class);
        }
        CircuitBreaker breaker = breakers.circuitBreaker("sandbox-read");
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);

        breaker.transitionToOpenState();
        played.reads = _ -> SESSION.events();
        assertThat(guarded.read(new byte[0], guarded::registrationOf)).isEqualTo(SESSION.events());
        played.reads = whose -> new ProviderEvents(whose.apply("pay_1").orElseThrow(), List.of());
        assertThatThrownBy(() -> guarded.read(new byte[0], guarded::registrationOf))
                .isInstanceOf(ProviderUnavailable.class);
        assertThat(played.calls).hasValue(0);
    }

    @Test
    void a_session_that_is_refused_is_not_repeated() {
        played.answers = () -> {
            throw new SessionRefused("amount-too-small");
        };
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> guarded.fetch("cs_1")).isInstanceOf(SessionRefused.class);
        }
        assertThat(played.calls).hasValue(20);
        assertThat(breakers.circuitBreaker("sandbox-ask").getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    private static final class Played implements CardProvider {

        private final AtomicInteger calls = new AtomicInteger();
        private Supplier<ProviderSession> answers = () -> SESSION;
        private Function<Function<String, Optional<UUID>>, @Nullable ProviderEvents> reads = _ -> null;

        @Override
        public String name() {
            return "sandbox";
        }

        @Override
        public ProviderSession open(SessionOrder order) {
            return answer();
        }

        @Override
        public Optional<ProviderSession> opened(UUID key) {
            return Optional.of(answer());
        }

        @Override
        public ProviderSession fetch(String session) {
            return answer();
        }

        @Override
        public ProviderSession end(String session) {
            return answer();
        }

        @Override
        public RefundResult refund(RefundRequest order) {
            return new RefundResult.RefundRefused("no");
        }

        @Override
        public Optional<RefundResult> refunded(RefundRequest order) {
            return Optional.empty();
        }

        @Override
        public ProviderEvents.EventPage sinceCapture(Instant since) {
            return new ProviderEvents.EventPage(List.of(answer().events()), null);
        }

        @Override
        public Set<UUID> paidSince(Instant since) {
            return Set.of();
        }

        @Override
        public Optional<UUID> registrationOf(String payment) {
            return Optional.of(answer().registration());
        }

        @Override
        public ProviderPayments payments(Instant since, @Nullable String after) {
            return new ProviderPayments(List.of(), null);
        }

        @Override
        public String signatureHeader() {
            return "X";
        }

        @Override
        public String receive(@Nullable String signature, byte[] body) {
            return "1";
        }

        @Override
        public @Nullable ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose) {
            return reads.apply(whose);
        }

        private ProviderSession answer() {
            calls.incrementAndGet();
            return answers.get();
        }
    }
}
