package org.openingminute.payment.provider;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps a provider's failures from spreading. Each operation has a time limit, a few retries with jitter (keys make all of them safe to
 * repeat), a circuit breaker of its own, and limits on concurrent calls and on calls per second; a caller that would have to wait longer
 * than a moment is refused without a call. Every such failure becomes {@link ProviderUnavailable} and is never mistaken for a refusal by
 * the provider. The breaker counts calls that the provider answered or should have answered; it ignores calls refused before they were
 * made, and calls that the provider rejected.
 */
public final class GuardedProvider implements CardProvider, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GuardedProvider.class);

    private static final Duration TIME_LIMIT = Duration.ofMillis(2_500);

    /** The time limit for a page in jobs that read many pages while no caller waits. */
    private static final Duration TIME_LIMIT_OF_LISTS = Duration.ofSeconds(10);

    private static final int MAX_ATTEMPTS = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final double PAUSE_FACTOR = 2;
    private static final double PAUSE_JITTER = 0.5;
    private static final Duration OPEN_AT_MOST = Duration.ofSeconds(5);
    private static final int AT_ONCE = 64;
    private static final Duration WAITS_AT_MOST = Duration.ofSeconds(2);
    private static final Duration WAITS_FOR_PLACE = Duration.ofSeconds(1);

    /**
     * A failed call is repeated only if at most a time limit plus this has passed since it began. A call that used up its time is thus
     * repeated once, and a call that had to wait for its turn is not repeated.
     */
    private static final Duration REPEATS_WITHIN = Duration.ofMillis(250);

    /** The longest time of a call for which a caller waits: the latest start of a repetition, plus the time limit. */
    public static final Duration LONGEST_CALL = TIME_LIMIT
            .plus(REPEATS_WITHIN)
            .plus(longestPause())
            .plus(WAITS_AT_MOST)
            .plus(WAITS_FOR_PLACE)
            .plus(TIME_LIMIT);

    private final CardProvider provider;
    private final int callsPerSecond;
    private final ExecutorService threads = Context.taskWrapping(Executors.newVirtualThreadPerTaskExecutor());
    private final CallGuard open;
    private final CallGuard fetch;
    private final CallGuard end;
    private final CallGuard refund;
    private final CallGuard list;
    private final CallGuard read;

    /** The registries of everything that guards a call, from which metrics are read. */
    public record CallLimits(
            CircuitBreakerRegistry breakers,
            BulkheadRegistry bulkheads,
            RateLimiterRegistry rateLimiters,
            RetryRegistry retries,
            TimeLimiterRegistry timeLimiters) {}

    /**
     * Guards a provider.
     *
     * @param callsPerSecond the most calls of each operation that begin in a second
     */
    public GuardedProvider(CardProvider provider, int callsPerSecond, CallLimits limits) {
        this.provider = provider;
        this.callsPerSecond = callsPerSecond;
        this.open = guard("open", TIME_LIMIT, limits);
        this.fetch = guard("ask", TIME_LIMIT, limits);
        this.end = guard("end", TIME_LIMIT, limits);
        this.refund = guard("refund", TIME_LIMIT, limits);
        this.list = guard("list", TIME_LIMIT_OF_LISTS, limits);
        this.read = guard("read", TIME_LIMIT, limits);
    }

    private record CallGuard(
            CircuitBreaker breaker, RateLimiter rate, Bulkhead bulkhead, Retry retry, TimeLimiter timeLimiter) {}

    private CallGuard guard(String operation, Duration timeLimit, CallLimits limits) {
        String name = provider.name() + "-" + operation;
        CircuitBreakerConfig breaker = CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(60)
                .waitDurationInOpenState(OPEN_AT_MOST)
                .permittedNumberOfCallsInHalfOpenState(3)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .recordExceptions(ProviderUnavailable.class, TimeoutException.class)
                .ignoreExceptions(CallRejected.class, RequestNotPermitted.class, BulkheadFullException.class)
                .build();
        BulkheadConfig bulkhead = BulkheadConfig.custom()
                .maxConcurrentCalls(AT_ONCE)
                .maxWaitDuration(WAITS_FOR_PLACE)
                .build();
        RetryConfig retry = RetryConfig.custom()
                .maxAttempts(MAX_ATTEMPTS)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(FIRST_PAUSE, PAUSE_FACTOR, PAUSE_JITTER))
                .retryOnException(GuardedProvider::isRepeatable)
                .build();
        CircuitBreaker registered = limits.breakers().circuitBreaker(name, breaker);
        registered
                .getEventPublisher()
                .onStateTransition(change ->
                        logTransition(name, change.getStateTransition().getToState()));
        RateLimiterConfig rate = RateLimiterConfig.custom()
                .limitForPeriod(callsPerSecond)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(WAITS_AT_MOST)
                .build();
        return new CallGuard(
                registered,
                limits.rateLimiters().rateLimiter(name, rate),
                limits.bulkheads().bulkhead(name, bulkhead),
                limits.retries().retry(name, retry),
                limits.timeLimiters()
                        .timeLimiter(
                                name,
                                TimeLimiterConfig.custom()
                                        .timeoutDuration(timeLimit)
                                        .build()));
    }

    private static boolean isRepeatable(Throwable e) {
        return e instanceof TimeoutException || (e instanceof ProviderUnavailable away && away.isRepeatable());
    }

    private static Duration longestPause() {
        double millis = FIRST_PAUSE.toMillis() * Math.pow(PAUSE_FACTOR, MAX_ATTEMPTS - 2) * (1 + PAUSE_JITTER);
        return Duration.ofMillis((long) Math.ceil(millis));
    }

    private static void logTransition(String breaker, CircuitBreaker.State state) {
        log.atLevel(state == CircuitBreaker.State.OPEN ? Level.WARN : Level.INFO)
                .log("Circuit breaker {} is now {}", breaker, state);
    }

    private <T> T call(CallGuard guard, Callable<T> operation) {
        Callable<T> limited = () -> guard.timeLimiter().executeFutureSupplier(() -> threads.submit(operation));
        Callable<T> bounded = Bulkhead.decorateCallable(guard.bulkhead(), limited);
        Callable<T> inTurn = RateLimiter.decorateCallable(guard.rate(), bounded);
        Callable<T> broken = CircuitBreaker.decorateCallable(guard.breaker(), inTurn);
        long begunAt = System.nanoTime();
        Duration repeatsWithin =
                guard.timeLimiter().getTimeLimiterConfig().getTimeoutDuration().plus(REPEATS_WITHIN);
        Callable<T> timely = () -> {
            try {
                return broken.call();
            } catch (TimeoutException | ProviderUnavailable e) {
                boolean late = System.nanoTime() - begunAt > repeatsWithin.toNanos();
                throw late && isRepeatable(e)
                        ? ProviderUnavailable.forLonger(
                                provider.name() + " took too long: " + RedactedException.types(e))
                        : e;
            }
        };
        try {
            return guard.retry().executeCallable(timely);
        } catch (ProviderUnavailable e) {
            throw e;
        } catch (TimeoutException | CallNotPermittedException | RequestNotPermitted | BulkheadFullException e) {
            throw new ProviderUnavailable(provider.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderUnavailable(provider.name(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public ProviderSession open(SessionOrder order) {
        return call(open, () -> provider.open(order));
    }

    @Override
    public Optional<ProviderSession> opened(UUID key) {
        return call(fetch, () -> provider.opened(key));
    }

    @Override
    public ProviderSession fetch(String session) {
        return call(fetch, () -> provider.fetch(session));
    }

    @Override
    public ProviderSession end(String session) {
        return call(end, () -> provider.end(session));
    }

    @Override
    public RefundResult refund(RefundRequest order) {
        return call(refund, () -> provider.refund(order));
    }

    @Override
    public Optional<RefundResult> refunded(RefundRequest order) {
        return call(fetch, () -> provider.refunded(order));
    }

    @Override
    public ProviderEvents.EventPage sinceCapture(Instant since) {
        return call(list, () -> provider.sinceCapture(since));
    }

    @Override
    public Set<UUID> paidSince(Instant since) {
        return call(list, () -> provider.paidSince(since));
    }

    @Override
    public ProviderPayments payments(Instant since, @Nullable String after) {
        return call(list, () -> provider.payments(since, after));
    }

    @Override
    public String signatureHeader() {
        return provider.signatureHeader();
    }

    @Override
    public String receive(@Nullable String signature, byte[] body) {
        return provider.receive(signature, body);
    }

    /** Only the calls while parsing are guarded, not the parsing: an unreadable webhook is no failed call to the provider. */
    @Override
    public @Nullable ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose) {
        return provider.read(body, whose);
    }

    @Override
    public Optional<UUID> registrationOf(String payment) {
        return call(read, () -> provider.registrationOf(payment));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
