package org.openingminute.gateway.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.springframework.stereotype.Component;

/** One circuit breaker for each service. Only an {@link Outage} counts as a failure; a service's own refusal is an answer. */
@Component
public class Breakers {

    /** A window of time instead of a number of calls: at a thousand calls a second, a number of calls would cover only an instant. */
    private static final int LAST_SECONDS = 10;

    /** A low minimum of calls, so that the breaker also opens for a service with few callers. */
    private static final int AT_LEAST = 5;

    private static final int CALLS_WHEN_HALF_OPEN = 3;

    /**
     * If fewer calls have ended by then, the breaker closes: a service with so few callers needs no protection, and opening again would
     * refuse them even if it has returned.
     */
    private static final Duration HALF_OPEN = Duration.ofSeconds(30);

    private final CircuitBreakerRegistry registry;
    private final Duration open;

    Breakers(GatewaySettings settings, MeterRegistry meters) {
        open = settings.budgets().breakerOpen();
        registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .slidingWindowSize(LAST_SECONDS)
                .minimumNumberOfCalls(AT_LEAST)
                .failureRateThreshold(50)
                .waitDurationInOpenState(open)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(CALLS_WHEN_HALF_OPEN)
                .maxWaitDurationInHalfOpenState(HALF_OPEN)
                .transitionToStateAfterWaitDuration(CircuitBreaker.State.CLOSED)
                .recordException(Outage.class::isInstance)
                .build());
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
        for (Service service : Service.values()) {
            of(service);
        }
    }

    CircuitBreaker of(Service service) {
        return registry.circuitBreaker(service.wireName());
    }

    /** The time after which callers are told to try again. */
    Duration retryAfter() {
        return open;
    }

    /** The state for operators: {@code closed}, {@code half-open} or {@code open}. */
    public String stateOf(Service service) {
        return switch (of(service).getState()) {
            case CLOSED, METRICS_ONLY, DISABLED -> "closed";
            case HALF_OPEN -> "half-open";
            case OPEN, FORCED_OPEN -> "open";
        };
    }
}
