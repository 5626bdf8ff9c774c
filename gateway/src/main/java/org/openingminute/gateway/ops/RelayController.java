package org.openingminute.gateway.ops;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Makes every service republish its messages since an instant, for brokers that have lost their data. */
@RestController
class RelayController {

    private final StaffAccess access;
    private final ServiceCall services;

    RelayController(StaffAccess access, ServiceCall services) {
        this.access = access;
        this.services = services;
    }

    record RepublishRequest(@Nullable String since) {}

    @PostMapping(path = "/api/ops/outbox/relay-again", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<ObjectNode>> republish(@RequestBody RepublishRequest wanted, ServerHttpRequest request) {
        return access.require(Permission.OPERATE, request).then(Mono.defer(() -> {
            ObjectNode body =
                    ServiceCall.object().put("since", since(wanted.since()).toString());
            return Flux.fromArray(Service.values())
                    .flatMapSequential(
                            service -> services.post(service, "/internal/ops/outbox/relay-again", request, body)
                                    .flatMap(answer -> relayed(service, answer))
                                    .defaultIfEmpty(named(service, "down").putNull("messages")))
                    .collectList()
                    .map(parts -> {
                        ObjectNode all = ServiceCall.object();
                        all.putArray("services").addAll(parts);
                        return ResponseEntity.ok(all);
                    });
        }));
    }

    private static Instant since(@Nullable String text) {
        if (text == null) {
            throw Problem.invalid("since", "required", "is required");
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw Problem.invalid("since", "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
        }
    }

    private static Mono<ObjectNode> relayed(Service service, ServiceProbe.ProbeResult answer) {
        return answer.status().is2xxSuccessful()
                ? Mono.just(named(service, "up").set("messages", answer.body().path("messages")))
                : Mono.error(ProblemWriter.forStatus(answer.status()));
    }

    private static ObjectNode named(Service service, String state) {
        return ServiceCall.object().put("service", service.wireName()).put("state", state);
    }
}
