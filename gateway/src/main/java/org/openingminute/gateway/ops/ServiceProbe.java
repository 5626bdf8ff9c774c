package org.openingminute.gateway.ops;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Instances;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gateway's own calls to a service's internal paths. Each is made once, and a read has one second. They bypass the
 * breakers, because they find out whether a service is there.
 */
@Component
public class ServiceProbe {

    private static final int LARGEST_ANSWER = 4 * 1024 * 1024;

    private final Instances instances;
    private final JsonMapper json;
    private final WebClient client;
    private final Duration patience;

    ServiceProbe(GatewaySettings settings, Instances instances, JsonMapper json) {
        this.instances = instances;
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

    /**
     * A call to an internal path of a service.
     *
     * @param headers sent with it
     * @param body JSON, or {@code null} for none
     * @param patience how long to wait for the answer
     */
    public record Question(
            Service service,
            HttpMethod method,
            String path,
            HttpHeaders headers,
            @Nullable ObjectNode body,
            Duration patience) {}

    /** A service's answer, always with a JSON object. */
    public record ProbeResult(HttpStatusCode status, ObjectNode body) {}

    /** The JSON object at that path of the service; empty if it does not arrive in time, whatever the reason. */
    public Mono<ObjectNode> object(Service service, String path) {
        return exchange(new Question(service, HttpMethod.GET, path, HttpHeaders.EMPTY, null, patience))
                .filter(answer -> answer.status().is2xxSuccessful())
                .map(ProbeResult::body);
    }

    /** The service's answer; empty if none comes in time, or if the service itself failed. */
    public Mono<ProbeResult> exchange(Question question) {
        return exchange(instances.next(question.service()), question);
    }

    /** The answers of all instances of the service, without those of which none comes in time. */
    public Flux<ProbeResult> exchangeWithAll(Question question) {
        return Flux.fromIterable(instances.all(question.service())).flatMap(instance -> exchange(instance, question));
    }

    private Mono<ProbeResult> exchange(URI instance, Question question) {
        WebClient.RequestBodySpec request = client.method(question.method())
                .uri(URI.create(instance + question.path()))
                .headers(headers -> headers.addAll(question.headers()))
                .accept(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON);
        if (question.body() != null) {
            request.contentType(MediaType.APPLICATION_JSON).bodyValue(json.writeValueAsBytes(question.body()));
        }
        return request.exchangeToMono(response -> response.statusCode().is5xxServerError()
                        ? response.releaseBody().then(Mono.empty())
                        : response.bodyToMono(byte[].class)
                                .flatMap(bytes -> json.readTree(bytes) instanceof ObjectNode object
                                        ? Mono.just(new ProbeResult(response.statusCode(), object))
                                        : Mono.<ProbeResult>empty()))
                .timeout(question.patience())
                .onErrorComplete();
    }

    /** Whether the service reports that it is ready. */
    Mono<Boolean> isReady(Service service) {
        return client.get()
                .uri(instances.next(service) + "/actuator/health/readiness")
                .exchangeToMono(response -> {
                    HttpStatusCode status = response.statusCode();
                    return response.releaseBody().thenReturn(status.is2xxSuccessful());
                })
                .timeout(patience)
                .onErrorReturn(false);
    }
}
