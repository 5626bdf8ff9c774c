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
 * Reports whether a registration could be made now: registration-service is ready, and its breaker would let a request
 * through.
 */
@RestController
class HealthController {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final ServiceProbe probe;
    private final Breakers breakers;

    HealthController(ServiceProbe probe, Breakers breakers) {
        this.probe = probe;
        this.breakers = breakers;
    }

    @GetMapping("/health")
    Mono<ResponseEntity<Map<String, String>>> health() {
        return probe.isReady(Service.REGISTRATION)
                .filter(ready ->
                        ready && !breakers.stateOf(Service.REGISTRATION).equals("open"))
                .map(ready ->
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
