package org.openingminute.gateway.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Proves, on a running gateway with stub services, that requests are counted and their trace ids logged, whether or not they are sampled.
 */
@GatewayTest
@ExtendWith(OutputCaptureExtension.class)
class ObservationIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACED = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String UNTRACED = "00-" + TRACE + "-b7ad6b7169203331-00";

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private MeterRegistry meters;

    @Test
    void traced_and_untraced_requests_are_counted_alike() {
        long before = counted();
        gateway.get("/api/registrations/one", "traceparent", TRACED);
        gateway.get("/api/registrations/one", "traceparent", UNTRACED);

        await().untilAsserted(() -> assertThat(counted()).isEqualTo(before + 2));
        Set<String> names = timers().stream()
                .flatMap(timer -> timer.getId().getTags().stream())
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.toSet());
        assertThat(timers()).hasSize(1);
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "error=none",
                        "exception=none",
                        "method=GET",
                        "outcome=SUCCESS",
                        "status=200",
                        "uri=registration");
    }

    @Test
    void an_untraced_request_has_its_callers_trace_in_the_log_and_at_the_service(CapturedOutput output) {
        gateway.get("/api/registrations/one", "traceparent", UNTRACED, "X-Request-Id", "an-untraced-one");

        assertThat(gateway.registration.received().getFirst().header("traceparent"))
                .matches("00-" + TRACE + "-[0-9a-f]{16}-00")
                .doesNotContain("b7ad6b7169203331");
        await().until(() -> output.getOut()
                .lines()
                .anyMatch(line -> line.contains("an-untraced-one") && line.contains("\"traceId\":\"" + TRACE)));
    }

    private long counted() {
        return timers().stream().mapToLong(Timer::count).sum();
    }

    private Collection<Timer> timers() {
        return meters.find("http.server.requests")
                .tags("uri", "registration", "method", "GET", "status", "200")
                .timers();
    }
}
