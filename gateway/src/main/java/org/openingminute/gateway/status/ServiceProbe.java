package org.openingminute.gateway.status;

import java.time.Duration;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gateway's own questions to the inside of a service. Each is a read, is asked once, and has a second to be answered
 * in; no breaker is asked, because finding out whether a service is there is what they are for.
 */
@Component
public class ServiceProbe {

    private static final int LARGEST_ANSWER = 4 * 1024 * 1024;

    private final GatewaySettings settings;
    private final JsonMapper json;
    private final WebClient client;
    private final Duration patience;

    ServiceProbe(GatewaySettings settings, JsonMapper json) {
        this.settings = settings;
        this.json = json;
        this.patience = settings.budgets().internal();
        this.client = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create(ConnectionProvider.builder("internal")
                        .maxConnections(50)
                        .maxIdleTime(Duration.ofSeconds(10))
                        .build())))
                .exchangeStrategies(ExchangeStrategies.builder()
                        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST_ANSWER))
                        .build())
                .build();
    }

    /** The JSON object at that path of the service; empty if it is not had in time, whatever the reason. */
    public Mono<ObjectNode> object(Service service, String path) {
        return client.get()
                .uri(settings.urlOf(service) + path)
                .accept(MediaType.APPLICATION_JSON)
                .exchangeToMono(response -> response.statusCode().is2xxSuccessful()
                        ? response.bodyToMono(byte[].class)
                        : response.releaseBody().then(Mono.empty()))
                .flatMap(bytes -> json.readTree(bytes) instanceof ObjectNode object
                        ? Mono.just(object)
                        : Mono.<ObjectNode>empty())
                .timeout(patience)
                .onErrorComplete();
    }

    /** Whether the service says that it is ready. */
    Mono<Boolean> isReady(Service service) {
        return client.get()
                .uri(settings.urlOf(service) + "/actuator/health/readiness")
                .exchangeToMono(response -> {
                    HttpStatusCode status = response.statusCode();
                    return response.releaseBody().thenReturn(status.is2xxSuccessful());
                })
                .timeout(patience)
                .onErrorReturn(false);
    }
}
