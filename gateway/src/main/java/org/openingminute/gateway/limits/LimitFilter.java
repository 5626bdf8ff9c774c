package org.openingminute.gateway.limits;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.cache.CachedReads;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.request.ClientAddress;
import org.openingminute.gateway.request.ConnectionThread;
import org.openingminute.gateway.request.Credential;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Lets a call pass, wait or be refused, before anything is done for it: by its token if that is a good one, by its client's address
 * otherwise, as all that take a place in a waiting room. It stands behind the edge and before the checks, every route and every controller.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class LimitFilter implements WebFilter {

    /** How every token of staff begins: the Base64 of a brace and a quotation mark. */
    private static final String JWT = "eyJ";

    /** What a rehearsal alone has; elsewhere it is not there, and limited as everything. */
    private static final List<String> OF_REHEARSALS = List.of("/sandbox/**", "/mailbox/**", "/api/rehearsal/**");

    private final boolean on;
    private final List<CallPatterns> free;
    private final CallPatterns ofToken;
    private final CallPatterns registering;
    private final CallPatterns ofPlace;
    private final KnownTokens known = new KnownTokens();
    private final OwnTokens own;
    private final Limit<TokenBucket> token;
    private final Limit<TokenBucket> staff;
    private final Limit<TokenBucket> place;
    private final Limit<FairQueue> address;

    LimitFilter(GatewaySettings settings, OwnTokens own, SharedBuckets shared, MeterRegistry meters) {
        this.own = own;
        GatewaySettings.Limits limits = settings.limits();
        TimeMeter clock = TimeMeter.SYSTEM_NANOTIME;
        on = settings.limitsAreOn();
        free = settings.mode() == GatewaySettings.Mode.REHEARSAL
                ? List.of(new CallPatterns(limits.free()), new CallPatterns(OF_REHEARSALS))
                : List.of(new CallPatterns(limits.free()));
        ofToken = new CallPatterns(limits.tokenNeeded());
        registering = new CallPatterns(limits.registering());
        ofPlace = new CallPatterns(limits.places());
        Function<TokenBucket.Key, TokenBucket> bucket = key -> new TokenBucket(key, clock, shared::share);
        token = new Limit<>("token", limits.token(), Duration.ZERO, bucket, meters);
        staff = new Limit<>("staff", limits.staff(), Duration.ZERO, bucket, meters);
        place = new Limit<>("place", limits.place(), Duration.ZERO, bucket, meters);
        address = new Limit<>(
                "address",
                limits.address(),
                limits.patience(),
                bucket.andThen(of -> new FairQueue(of, limits.patience(), Schedulers.parallel(), clock)),
                meters);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        if (!on || EdgeFilter.isManagement(exchange) || isFree(request, response)) {
            return chain.filter(exchange);
        }
        Optional<String> credential = Credential.of(request);
        if (credential.isPresent() && proves(request)) {
            beforeCommit(response, () -> known.answered(credential.get(), response.getStatusCode()));
        } else if (registering.match(request)) {
            beforeCommit(response, () -> known.made(response.getHeaders()));
        }
        InetSocketAddress connection = ClientAddress.connection(request);
        String client = ClientAddress.of(connection);
        Optional<String> ours = own.countedBy(request);
        if (ours.isEmpty() && ofPlace.match(request)) {
            // Whatever else it bears: one who has registered is not quicker than others.
            return pass(place, place.bucketOf(client).take(), exchange, chain);
        }
        Optional<String> counted = ours.or(() -> credential.flatMap(known::countedBy));
        if (counted.isPresent()) {
            Limit<TokenBucket> limit = counted.get().startsWith(JWT) ? staff : token;
            return pass(limit, limit.bucketOf(counted.get()).take(), exchange, chain);
        }
        return address.bucketOf(client)
                .take(connection, () -> CachedReads.delay(response))
                .flatMap(turn -> pass(address, turn, exchange, chain));
    }

    /** Whether the success of a call shows that its token is good. */
    private boolean proves(ServerHttpRequest request) {
        return ofToken.match(request)
                && !HttpMethod.OPTIONS.equals(request.getMethod())
                && Credential.isOnlyOne(request);
    }

    /** A read counts of which nothing is kept, or with a query: a client can make up as many of both as it likes. */
    private boolean isFree(ServerHttpRequest request, ServerHttpResponse response) {
        return CachedReads.isRenewal(response) || free.stream().anyMatch(one -> one.match(request));
    }

    private static Mono<Void> pass(Limit<?> limit, Turn turn, ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpResponse response = exchange.getResponse();
        // What an answer that broke off had set is taken away again, and this is not of that answer.
        beforeCommit(response, () -> limit.note(turn, response.getHeaders()));
        return switch (turn) {
            case Turn.Refused refused -> Mono.error(limit.problem(refused));
            case Turn.Granted granted
            when granted.waited() ->
                // It comes from the timer.
                chain.filter(exchange)
                        .subscribeOn(Schedulers.fromExecutorService(ConnectionThread.of(exchange.getRequest())));
            case Turn.Granted ignored -> chain.filter(exchange);
        };
    }

    private static void beforeCommit(ServerHttpResponse response, Runnable action) {
        response.beforeCommit(() -> {
            action.run();
            return Mono.empty();
        });
    }
}
