package org.openingminute.gateway.routing;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.edge.LimitedBody;
import org.openingminute.kit.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Calls a service, up to the first byte of its response: within its budget and through its breaker. A {@code GET} is
 * sent a second time, and so is any request if no connection was made. Every other write is sent once, because the
 * gateway cannot know whether it was done.
 */
final class UpstreamFilter implements GatewayFilter {

    private static final Logger log = LoggerFactory.getLogger(UpstreamFilter.class);

    private static final Set<Integer> OUTAGE_STATUS = Set.of(502, 503, 504);
    private static final Duration PAUSE_BEFORE_RETRY = Duration.ofMillis(100);

    private final Service service;
    private final CircuitBreaker breaker;
    private final Duration budget;
    private final Duration retryAfter;

    UpstreamFilter(Service service, Breakers breakers, Duration budget) {
        this.service = service;
        this.breaker = breakers.of(service);
        this.budget = budget;
        this.retryAfter = breakers.retryAfter();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        LimitedBody body = LimitedBody.of(exchange);
        long startedAt = System.nanoTime();
        Mono<Void> attempt = Mono.defer(() -> chain.filter(exchange)
                        .timeout(body.arrived().then(Mono.delay(budget.minusNanos(System.nanoTime() - startedAt)))))
                .onErrorMap(error -> meaningOf(error, body))
                .then(Mono.defer(() -> verdict(exchange)))
                .transformDeferred(CircuitBreakerOperator.of(breaker));
        boolean repeatable = HttpMethod.GET.equals(exchange.getRequest().getMethod()) && !body.hasBody();
        return attempt.retryWhen(once(exchange, repeatable)).onErrorMap(error -> answerFor(error, exchange));
    }

    /** Attributes a failure to the client, to the gateway, or to an outage. */
    private static Throwable meaningOf(Throwable error, LimitedBody body) {
        if (body.failure().isPresent()) {
            return body.failure().get();
        }
        return error instanceof TimeoutException ? Outage.tooSlow() : Outage.unreachable(error);
    }

    /** A 503 with a Retry-After is the service's own; any other comes from something in its place. */
    private static Mono<Void> verdict(ServerWebExchange exchange) {
        @Nullable HttpStatusCode status = exchange.getResponse().getStatusCode();
        if (status == null || !OUTAGE_STATUS.contains(status.value()) || isTheServicesOwn(status, exchange)) {
            return Mono.empty();
        }
        return Mono.error(Outage.status(status.value()));
    }

    private static boolean isTheServicesOwn(HttpStatusCode status, ServerWebExchange exchange) {
        @Nullable String type = exchange.getAttribute(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR);
        return (type != null && type.startsWith("application/problem+json"))
                || (status.value() == 503
                        && exchange.getResponse().getHeaders().containsHeader(HttpHeaders.RETRY_AFTER));
    }

    private static Retry once(ServerWebExchange exchange, boolean repeatable) {
        return Retry.backoff(1, PAUSE_BEFORE_RETRY)
                .filter(error ->
                        error instanceof Outage outage && (outage.isUnseen() || (repeatable && outage.leavesTime())))
                .doBeforeRetry(signal -> ServerWebExchangeUtils.reset(exchange))
                .onRetryExhaustedThrow((spec, signal) -> signal.failure());
    }

    private Throwable answerFor(Throwable error, ServerWebExchange exchange) {
        ServerWebExchangeUtils.reset(exchange);
        return switch (error) {
            case CallNotPermittedException ignored -> unavailable();
            case Outage outage -> {
                log.atWarn()
                        .addKeyValue("service", service.wireName())
                        .addKeyValue("requestId", EdgeFilter.requestId(exchange))
                        .log("The service did not answer: {}", outage.getMessage());
                yield unavailable();
            }
            default -> error;
        };
    }

    private Problem unavailable() {
        return Problem.unavailable(
                        "This part of the registration does not answer just now. Please try again: with the same key that is safe.")
                .retryAfter(retryAfter);
    }
}
