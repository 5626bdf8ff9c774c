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
 * Admits, delays or refuses each call before any work is done for it. A call counts against its token if that is known to be valid,
 * otherwise against its client's address. Calls that take a place in a waiting room always count against the address. The filter runs after
 * the edge and before the checks, the routes and the controllers.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class LimitFilter implements WebFilter {

    /** The first characters of every staff token: the Base64 of a brace and a quotation mark. */
    private static final String JWT = "eyJ";

    /** Paths that exist only in a rehearsal, where they are not limited. */
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
            beforeCommit(response, () -> known.onAnswered(credential.get(), response.getStatusCode()));
        } else if (registering.match(request)) {
            beforeCommit(response, () -> known.onCreated(response.getHeaders()));
        }
        InetSocketAddress connection = ClientAddress.connection(request);
        String client = ClientAddress.of(connection);
        Optional<String> ours = own.countedBy(request);
        if (ours.isEmpty() && ofPlace.match(request)) {
            // Regardless of other credentials: a registrant must not get places faster than others.
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

    /** Whether the success of a call proves that its token is valid. */
    private boolean proves(ServerHttpRequest request) {
        return ofToken.match(request)
                && !HttpMethod.OPTIONS.equals(request.getMethod())
                && Credential.isOnlyOne(request);
    }

    /**
     * Whether a call is not limited. A read without a cached answer, or with a query, is limited, because a client can invent any number of
     * them.
     */
    private boolean isFree(ServerHttpRequest request, ServerHttpResponse response) {
        return CachedReads.isRenewal(response) || free.stream().anyMatch(one -> one.match(request));
    }

    private static Mono<Void> pass(Limit<?> limit, Turn turn, ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpResponse response = exchange.getResponse();
        // Set when the response commits: an aborted answer removes its headers, and these headers are not part of it.
        beforeCommit(response, () -> limit.note(turn, response.getHeaders()));
        return switch (turn) {
            case Turn.Refused refused -> Mono.error(limit.problem(refused));
            case Turn.Granted granted
            when granted.waited() ->
                // The signal arrives on the timer's thread.
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
