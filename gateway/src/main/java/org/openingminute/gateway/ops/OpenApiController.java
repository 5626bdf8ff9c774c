package org.openingminute.gateway.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.problem.PublicAnswer;
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
 * The HTTP contract as one document. The last known document stands in for a service that is away. {@code x-missing}
 * names the services whose document has not been received since the start; while it names any, the response is not
 * cached.
 */
@RestController
class OpenApiController {

    private static final Duration KEPT_OUTSIDE = Duration.ofMinutes(1);

    /** Services change theirs only with a new build. */
    private static final Duration KEPT_HERE = Duration.ofSeconds(10);

    private final ServiceProbe probe;
    private final JsonMapper json;
    private final ObjectNode own;
    private final OpenApiForPeople forPeople;
    private final Map<Service, ObjectNode> lastReceived = new ConcurrentHashMap<>();
    private final Mono<Document> document;

    private record Document(ResponseEntity<byte[]> answer, boolean complete) {}

    OpenApiController(ServiceProbe probe, JsonMapper json, GatewaySettings settings) {
        this.probe = probe;
        this.json = json;
        this.own = read(json, "gateway.json");
        own.putArray("servers").addObject().put("url", settings.publicUrl());
        this.forPeople = new OpenApiForPeople(read(json, "people.json"));
        this.document = Flux.fromArray(Service.values())
                .flatMap(this::fetch)
                .then(Mono.fromSupplier(this::joined))
                .cache(
                        made -> made.complete() ? KEPT_HERE : Duration.ZERO,
                        error -> Duration.ZERO,
                        () -> Duration.ZERO);
    }

    @GetMapping("/api/openapi.json")
    Mono<ResponseEntity<byte[]>> document() {
        return document.map(Document::answer);
    }

    private Mono<ObjectNode> fetch(Service service) {
        return probe.object(service, "/internal/openapi").doOnNext(part -> lastReceived.put(service, part));
    }

    private Document joined() {
        Map<Service, ObjectNode> received = new EnumMap<>(Service.class);
        received.putAll(lastReceived);
        Map<String, ObjectNode> parts = new LinkedHashMap<>();
        received.forEach((service, part) -> parts.put(service.wireName(), part));
        ObjectNode all = OpenApiJoin.join(own, parts);
        forPeople.arrange(all);
        boolean complete = received.size() == Service.values().length;
        if (!complete) {
            for (Service service : Service.values()) {
                if (!received.containsKey(service)) {
                    all.withArray("x-missing").add(service.wireName());
                }
            }
        }
        return new Document(
                PublicAnswer.of(
                        MediaType.APPLICATION_JSON,
                        json.writeValueAsBytes(all),
                        complete ? KEPT_OUTSIDE : Duration.ZERO),
                complete);
    }

    private static ObjectNode read(JsonMapper json, String name) {
        try (InputStream stream = new ClassPathResource("openapi/" + name).getInputStream()) {
            return (ObjectNode) json.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
