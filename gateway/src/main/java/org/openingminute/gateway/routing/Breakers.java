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

/** One breaker for each service. Only an {@link Outage} counts as a failure; a service's own refusal is an answer. */
@Component
public class Breakers {

    /** Seconds and not calls, because at a thousand calls a second a number of calls is one blip. */
    private static final int LAST_SECONDS = 10;

    /** So few that a service without many callers is cut off, too. */
    private static final int AT_LEAST = 5;

    private static final int CALLS_WHEN_HALF_OPEN = 3;

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
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(30))
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

    /** The wait before the next try that callers are told. */
    Duration retryAfter() {
        return open;
    }

    /** {@code closed}, {@code half-open}, {@code open}, as operators read it. */
    public String stateOf(Service service) {
        return switch (of(service).getState()) {
            case CLOSED, METRICS_ONLY, DISABLED -> "closed";
            case HALF_OPEN -> "half-open";
            case OPEN, FORCED_OPEN -> "open";
        };
    }
}
