package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.TestSettings;

class BreakersTest {

    private final Breakers breakers =
            new Breakers(TestSettings.of(GatewaySettings.Mode.REHEARSAL), new SimpleMeterRegistry());

    private final CircuitBreaker breaker = breakers.of(Service.REGISTRATION);

    @Test
    void blip_at_a_thousand_calls_a_second_shuts_nobody_out() {
        answered(1_000);
        unanswered(15);
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("closed");
    }

    @Test
    void absent_service_with_few_callers_is_cut_off() {
        unanswered(5);
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("open");
        assertThat(breakers.stateOf(Service.PAYMENT)).isEqualTo("closed");
    }

    @Test
    void two_unanswered_calls_with_few_callers_are_no_outage() {
        answered(2);
        unanswered(2);
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("closed");
    }

    /** Staff call a service seldom. */
    @Test
    void returned_service_with_one_caller_is_not_cut_off_again() {
        CircuitBreaker hasty = CircuitBreaker.of(
                "hasty",
                CircuitBreakerConfig.from(breaker.getCircuitBreakerConfig())
                        .maxWaitDurationInHalfOpenState(Duration.ofMillis(50))
                        .waitDurationInOpenState(Duration.ofMinutes(5))
                        .build());
        hasty.transitionToOpenState();
        hasty.transitionToHalfOpenState();
        hasty.onSuccess(1, TimeUnit.MILLISECONDS);
        await().atMost(Duration.ofMinutes(1)).until(() -> hasty.getState() != CircuitBreaker.State.HALF_OPEN);
        assertThat(hasty.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    private void answered(int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.onSuccess(1, TimeUnit.MILLISECONDS);
        }
    }

    private void unanswered(int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.onError(1, TimeUnit.MILLISECONDS, Outage.tooSlow());
        }
    }
}
