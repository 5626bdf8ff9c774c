package org.openingminute.gateway.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the HTTP contract of all services as one OpenAPI document. For a service that is unavailable, the last received document is used.
 * Until a document of each service has been received once, the answer is 503, because a document without some calls would look like a
 * contract without them.
 */
@RestController
class OpenApiController {

    private static final Duration KEPT_OUTSIDE = Duration.ofMinutes(1);

    /** A service's document changes only with a new build. */
    private static final Duration KEPT_HERE = Duration.ofSeconds(10);

    private final ServiceProbe probe;
    private final JsonMapper json;
    private final ObjectNode own;
    private final OpenApiForPeople forPeople;
    private final Map<Service, ObjectNode> lastReceived = new ConcurrentHashMap<>();
    private final Mono<ResponseEntity<byte[]>> document;

    OpenApiController(ServiceProbe probe, JsonMapper json, GatewaySettings settings) {
        this.probe = probe;
        this.json = json;
        this.own = read(json, "gateway.json");
        own.putArray("servers").addObject().put("url", settings.publicUrl());
        this.forPeople = new OpenApiForPeople(read(json, "people.json"), read(json, "examples.json"));
        this.document = Flux.fromArray(Service.values())
                .flatMap(this::fetch)
                .then(Mono.fromSupplier(this::joined))
                .cache(_ -> KEPT_HERE, _ -> Duration.ZERO, () -> Duration.ZERO);
    }

    @GetMapping("/api/openapi.json")
    Mono<ResponseEntity<byte[]>> document() {
        return document;
    }

    private Mono<ObjectNode> fetch(Service service) {
        return probe.object(service, "/internal/openapi").doOnNext(part -> lastReceived.put(service, part));
    }

    private ResponseEntity<byte[]> joined() {
        Map<String, ObjectNode> parts = new LinkedHashMap<>();
        for (Service service : Service.values()) {
            ObjectNode part = lastReceived.get(service);
            if (part == null) {
                throw Problem.unavailable("The document is not complete yet: that of " + service.wireName()
                        + " has not been received. Please try again.");
            }
            parts.put(service.wireName(), part);
        }
        ObjectNode all = OpenApiJoin.join(own, parts);
        forPeople.arrange(all);
        return PublicAnswer.of(MediaType.APPLICATION_JSON, json.writeValueAsBytes(all), KEPT_OUTSIDE);
    }

    private static ObjectNode read(JsonMapper json, String name) {
        try (InputStream stream = new ClassPathResource("openapi/" + name).getInputStream()) {
            return (ObjectNode) json.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
