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
 * The gateway's own calls to internal paths of services. Each call is made once, and a read is limited to one second. The calls bypass the
 * circuit breakers, because they determine whether a service is available.
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
                        // Shorter than the patience for the answer, so that a missing connection is recognised as such.
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis() / 2)))
                .exchangeStrategies(ExchangeStrategies.builder()
                        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST_ANSWER))
                        .build())
                .build();
    }

    /** A probe with a connection pool of its own, which the calls of others cannot exhaust. */
    public ServiceProbe withConnections(String name) {
        return new ServiceProbe(patience, instances, breakers, json, name);
    }

    /**
     * A call to an internal path of a service.
     *
     * @param headers the headers to send
     * @param body the JSON body; {@code null} for none
     * @param patience how long to wait for the answer
     */
    public record Question(
            Service service,
            HttpMethod method,
            String path,
            HttpHeaders headers,
            @Nullable ObjectNode body,
            Duration patience) {}

    /** A service's answer, always a JSON object. */
    public record ProbeResult(HttpStatusCode status, ObjectNode body) {}

    /** Reads a JSON object from a service; empty if it does not arrive in time, whatever the reason. */
    public Mono<ObjectNode> object(Service service, String path) {
        return read(service, path).onErrorComplete();
    }

    /**
     * Reads a JSON object from a service; empty only if the service is unavailable: no connection could be made, or its breaker is not
     * closed.
     *
     * @return an error {@code unavailable} if the object does not arrive for any other reason
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

    /** Calls a service once; empty if no answer arrives in time, or the service itself failed. */
    public Mono<ProbeResult> exchange(Question question) {
        return ask(instances.next(question.service()), question).onErrorComplete();
    }

    /** Calls all instances of a service; instances that do not answer in time are left out. */
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
