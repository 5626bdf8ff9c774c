package org.openingminute.gateway.documents;

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
import org.openingminute.gateway.status.ServiceProbe;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP contract as one document. A service that is away is represented by what it said last; one that has not been
 * heard since the start is named in {@code x-missing}, and the answer is then not kept by anybody.
 */
@RestController
class OpenApiController {

    private static final String OWN = "openapi/gateway.json";

    private final ServiceProbe probe;
    private final JsonMapper json;
    private final ObjectNode own;
    private final Map<Service, ObjectNode> lastHeard = new ConcurrentHashMap<>();

    OpenApiController(ServiceProbe probe, JsonMapper json, GatewaySettings settings) {
        this.probe = probe;
        this.json = json;
        this.own = read(json);
        own.putArray("servers").addObject().put("url", settings.publicUrl());
    }

    @GetMapping("/api/openapi.json")
    Mono<ResponseEntity<byte[]>> document() {
        return Flux.fromArray(Service.values())
                .flatMap(service ->
                        probe.object(service, "/internal/openapi").doOnNext(part -> lastHeard.put(service, part)))
                .then(Mono.fromSupplier(this::answer));
    }

    private ResponseEntity<byte[]> answer() {
        Map<Service, ObjectNode> heard = new EnumMap<>(Service.class);
        heard.putAll(lastHeard);
        Map<String, ObjectNode> parts = new LinkedHashMap<>();
        heard.forEach((service, part) -> parts.put(service.wireName(), part));
        ObjectNode document = OpenApiJoin.join(own, parts);
        boolean complete = heard.size() == Service.values().length;
        if (!complete) {
            for (Service service : Service.values()) {
                if (!heard.containsKey(service)) {
                    document.withArray("x-missing").add(service.wireName());
                }
            }
        }
        byte[] body = json.writeValueAsBytes(document);
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON);
        return complete
                ? answer.cacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic())
                        .eTag(DigestUtils.md5DigestAsHex(body))
                        .body(body)
                : answer.cacheControl(CacheControl.noStore()).body(body);
    }

    private static ObjectNode read(JsonMapper json) {
        try (InputStream stream = new ClassPathResource(OWN).getInputStream()) {
            return (ObjectNode) json.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
