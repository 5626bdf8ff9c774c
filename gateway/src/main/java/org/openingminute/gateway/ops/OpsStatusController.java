package org.openingminute.gateway.ops;

import java.time.Clock;
import java.util.List;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Breakers;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.runtime.BuildInfo;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reports the status of every service, queried in parallel. A service that does not answer is reported as down. */
@RestController
class OpsStatusController {

    private final StaffAccess access;
    private final ServiceProbe probe;
    private final Breakers breakers;
    private final BuildInfo build;
    private final Clock clock;

    OpsStatusController(StaffAccess access, ServiceProbe probe, Breakers breakers, BuildInfo build, Clock clock) {
        this.access = access;
        this.probe = probe;
        this.breakers = breakers;
        this.build = build;
        this.clock = clock;
    }

    @GetMapping("/api/ops/status")
    Mono<ResponseEntity<ObjectNode>> status(ServerHttpRequest request) {
        return access.require(Permission.OPERATE, request)
                .then(Flux.fromArray(Service.values())
                        .flatMapSequential(this::statusOf)
                        .collectList())
                .map(services ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(joined(services)));
    }

    private Mono<ObjectNode> statusOf(Service service) {
        return probe.object(service, "/internal/status")
                .map(answer -> {
                    ObjectNode status = named(service.wireName(), "up");
                    answer.properties().stream()
                            .filter(member -> !status.has(member.getKey()))
                            .forEach(member -> status.set(member.getKey(), member.getValue()));
                    return status;
                })
                .defaultIfEmpty(named(service.wireName(), "down"));
    }

    private ObjectNode joined(List<ObjectNode> services) {
        ObjectNode gateway = named("gateway", "up").put("version", build.version());
        ArrayNode states = gateway.putArray("breakers");
        for (Service service : Service.values()) {
            states.addObject().put("name", service.wireName()).put("state", breakers.stateOf(service));
        }
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.put("asOf", clock.instant().toString());
        all.putArray("services").addAll(services).add(gateway);
        return all;
    }

    private static ObjectNode named(String service, String state) {
        return JsonNodeFactory.instance.objectNode().put("service", service).put("state", state);
    }
}
