package org.openingminute.gateway.ops;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Breakers;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Reports whether a registration could be made now: registration-service was ready at most a second ago, and its breaker would let a
 * request through. The service is asked once a second, however many clients call.
 */
@RestController
class HealthController {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Mono<Boolean> ready;
    private final Breakers breakers;

    HealthController(ServiceProbe probe, Breakers breakers) {
        this.ready = Mono.defer(() -> probe.isReady(Service.REGISTRATION)).cache(KEPT);
        this.breakers = breakers;
    }

    @GetMapping("/health")
    Mono<ResponseEntity<Map<String, String>>> health() {
        return ready.filter(isReady ->
                        isReady && !breakers.stateOf(Service.REGISTRATION).equals("open"))
                .map(_ ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Map.of("status", "up")))
                .switchIfEmpty(Mono.error(HealthController::missing));
    }

    private static Problem missing() {
        String part = Service.REGISTRATION.wireName();
        return new Problem(
                        CommonProblem.UNAVAILABLE,
                        "Registration is not possible right now: " + part + " is not ready.",
                        Map.of("missing", List.of(part)))
                .retryAfter(RETRY_AFTER);
    }
}
