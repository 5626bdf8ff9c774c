package org.openingminute.gateway.ops;

import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Breakers;
import org.openingminute.gateway.routing.Instances;
import org.openingminute.gateway.routing.Outage;
import org.openingminute.kit.problem.Problem;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
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
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final Instances instances;
    private final Breakers breakers;
    private final JsonMapper json;
    private final WebClient client;
    private final Duration patience;

    @Autowired
    ServiceProbe(GatewaySettings settings, Instances instances, Breakers breakers, JsonMapper json) {
        this(settings.budgets().internal(), instances, breakers, json, "internal");
    }

    private ServiceProbe(Duration patience, Instances instances, Breakers breakers, JsonMapper json, String pool) {
        this.instances = instances;
        this.breakers = breakers;
        this.json = json;
        this.patience = patience;
        this.client = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create(ConnectionProvider.builder(pool)
                                .maxConnections(50)
                                .maxIdleTime(Duration.ofSeconds(10))
                                .build())
                        // Before the patience ends, which would not tell that no connection was made.
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis() / 2)))
                .exchangeStrategies(ExchangeStrategies.builder()
                        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST_ANSWER))
                        .build())
                .build();
    }

    /** One with connections of its own, which no other's questions use up. */
    public ServiceProbe withConnections(String name) {
        return new ServiceProbe(patience, instances, breakers, json, name);
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
        return read(service, path).onErrorComplete();
    }

    /**
     * The JSON object at that path of the service; empty only while the service is away: no connection is made, or its breaker is not
     * closed.
     *
     * @return an error {@code unavailable} if it does not arrive for any other reason
     */
    public Mono<ObjectNode> objectUnlessAway(Service service, String path) {
        return read(service, path)
                .switchIfEmpty(Mono.error(ServiceProbe::unanswered))
                .onErrorResume(error -> isAway(service, error) ? Mono.empty() : Mono.error(unanswered()));
    }

    private static Problem unanswered() {
        return Problem.unavailable("This cannot be checked right now. Please try again.")
                .retryAfter(RETRY_AFTER);
    }

    private boolean isAway(Service service, Throwable error) {
        boolean unconnected = error instanceof WebClientRequestException unsent
                && unsent.getCause() != null
                && Outage.isNoConnection(unsent.getCause());
        return unconnected || !breakers.stateOf(service).equals("closed");
    }

    private Mono<ObjectNode> read(Service service, String path) {
        return ask(
                        instances.next(service),
                        new Question(service, HttpMethod.GET, path, HttpHeaders.EMPTY, null, patience))
                .filter(answer -> answer.status().is2xxSuccessful())
                .map(ProbeResult::body);
    }

    /** The service's answer; empty if none comes in time, or if the service itself failed. */
    public Mono<ProbeResult> exchange(Question question) {
        return ask(instances.next(question.service()), question).onErrorComplete();
    }

    /** The answers of all instances of the service, without those of which none comes in time. */
    public Flux<ProbeResult> exchangeWithAll(Question question) {
        return Flux.fromIterable(instances.all(question.service()))
                .flatMap(instance -> ask(instance, question).onErrorComplete());
    }

    private Mono<ProbeResult> ask(URI instance, Question question) {
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
                .timeout(question.patience());
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
