package org.openingminute.gateway.routing;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.edge.PathGuard;
import org.openingminute.gateway.request.ConnectionThread;
import org.openingminute.gateway.request.Deadline;
import org.openingminute.gateway.request.LimitedBody;
import org.openingminute.gateway.routing.Bulkheads.Bound;
import org.openingminute.gateway.routing.Bulkheads.Place;
import org.openingminute.gateway.routing.Bulkheads.Work;
import org.openingminute.gateway.routing.ServiceCalls.Answer;
import org.openingminute.kit.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Calls a service and relays its answer. The call has a time budget up to the first byte of the answer, passes the service's circuit
 * breaker, and counts until its end against the bound of its kind. A {@code GET} is retried once, and so is any request if no connection
 * could be made. Any other request is sent only once, because the gateway cannot know whether it was carried out.
 */
final class UpstreamFilter implements GatewayFilter {

    private static final Logger log = LoggerFactory.getLogger(UpstreamFilter.class);

    private static final Set<Integer> OUTAGE_STATUS = Set.of(502, 503, 504);
    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final String DEAD_LETTERS = "/internal/ops/dead-letters/";
    private static final long LEAST_PAUSE_MILLIS = 50;
    private static final long MOST_PAUSE_MILLIS = 150;

    private final ServiceCalls calls;
    private final Service service;
    private final CircuitBreaker breaker;
    private final Bound reads;
    private final Bound writes;
    private final Duration budget;
    private final Duration retryAfter;

    UpstreamFilter(ServiceCalls calls, Upstream upstream, Breakers breakers, Bulkheads bulkheads) {
        this.calls = calls;
        this.service = upstream.service();
        this.breaker = breakers.of(service);
        this.reads = bulkheads.of(service, upstream.work().orElse(Work.READS));
        this.writes = bulkheads.of(service, upstream.work().orElse(Work.WRITES));
        this.budget = upstream.budget();
        this.retryAfter = breakers.retryAfter();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        if (!mayBeCalled(exchange)) {
            return Mono.error(Problem.notFound());
        }
        LimitedBody body = LimitedBody.of(exchange);
        Deadline deadline = Deadline.of(exchange.getRequest());
        long startedAt = System.nanoTime();
        Mono<Answer> attempt = Mono.defer(() -> calls.call(service, exchange)
                        .timeout(
                                body.arrived().then(after(budget.minusNanos(System.nanoTime() - startedAt), deadline))))
                .onErrorMap(error -> meaningOf(error, body))
                .doOnNext(UpstreamFilter::refuseOutage)
                .transformDeferred(CircuitBreakerOperator.of(breaker));
        boolean repeatable = HttpMethod.GET.equals(exchange.getRequest().getMethod()) && !body.hasBody();
        Mono<Void> call = attempt.onErrorResume(
                        error -> mayRepeat(error, repeatable),
                        _ -> pause(exchange).then(attempt))
                .flatMap(answer -> body.ended()
                        .doOnCancel(answer::drop)
                        .then(calls.relay(answer, exchange, deadline, budget))
                        .onErrorMap(_ -> !exchange.getResponse().isCommitted(), error -> meaningOf(error, body)))
                .onErrorMap(error -> answerFor(error, exchange))
                .onErrorResume(error -> body.ended().then(Mono.error(error)))
                .doFinally(_ -> deadline.cancel());
        Bound bound = READS.contains(exchange.getRequest().getMethod()) ? reads : writes;
        return Mono.using(() -> bound.enter(body, tryAgain(exchange.getRequest())), _ -> call, Place::leave);
    }

    /** Says that the call may be repeated. A read has no key. */
    private static String tryAgain(ServerHttpRequest request) {
        return READS.contains(request.getMethod())
                ? "Please try again."
                : "Please try again; it is safe with the same key.";
    }

    /** Whether the path that the route's filters set may be called. Internal paths may not, except those of dead letters. */
    private boolean mayBeCalled(ServerWebExchange exchange) {
        String path = exchange.getRequest().getURI().getRawPath();
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return PathGuard.isPlain(path)
                && (!PathGuard.isInternal(path)
                        || (path.startsWith(DEAD_LETTERS)
                                && route.getId().equals("dead-letters-of-" + service.wireName())));
    }

    /** Completes after that time. */
    private static Mono<Void> after(Duration time, Deadline deadline) {
        return Mono.defer(() -> {
            deadline.endIn(time);
            return deadline.passed();
        });
    }

    /** Attributes a failure to the client, to the gateway, or to an outage of the service. */
    private static Throwable meaningOf(Throwable error, LimitedBody body) {
        if (body.failure().isPresent()) {
            return body.failure().get();
        }
        return error instanceof TimeoutException ? Outage.tooSlow() : Outage.unreachable(error);
    }

    /** Recognises an outage. A 503 with a Retry-After comes from the service itself; any other comes from something in front of it. */
    private static void refuseOutage(Answer answer) {
        int status = answer.status();
        boolean own = answer.isOfType("application/problem+json")
                || (status == 503 && answer.has(HttpHeaderNames.RETRY_AFTER));
        if (OUTAGE_STATUS.contains(status) && !own) {
            answer.drop();
            throw Outage.status(status);
        }
    }

    private static boolean mayRepeat(Throwable error, boolean repeatable) {
        return error instanceof Outage outage && (outage.isUnseen() || (repeatable && outage.isQuick()));
    }

    /** Waits on the thread of the client's connection, which is also the thread of the next attempt. */
    private static Mono<Long> pause(ServerWebExchange exchange) {
        long millis = ThreadLocalRandom.current().nextLong(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
        return Mono.delay(
                Duration.ofMillis(millis), Schedulers.fromExecutorService(ConnectionThread.of(exchange.getRequest())));
    }

    private Throwable answerFor(Throwable error, ServerWebExchange exchange) {
        return switch (error) {
            case CallNotPermittedException ignored -> unavailable(exchange);
            case Outage outage -> {
                log.atWarn()
                        .addKeyValue("service", service.wireName())
                        .addKeyValue("requestId", EdgeFilter.requestId(exchange))
                        .log("The service did not answer: {}", outage.getMessage());
                yield unavailable(exchange);
            }
            default -> error;
        };
    }

    private Problem unavailable(ServerWebExchange exchange) {
        return Problem.unavailable("This part of the registration system is not responding right now. "
                        + tryAgain(exchange.getRequest()))
                .retryAfter(retryAfter);
    }
}
