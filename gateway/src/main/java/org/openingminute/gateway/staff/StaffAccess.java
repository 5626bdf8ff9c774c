package org.openingminute.gateway.staff;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.access.StaffTokens;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Authenticates staff: checks a token, signed by the gateway itself or, where one is configured, by the OpenID Connect
 * issuer.
 */
@Component
public class StaffAccess {

    private static final String BEARER = "Bearer ";
    private static final String COOKIE = "staff";

    private final OriginCheck origins;
    private final @Nullable BuiltIn builtIn;
    private final StaffTokens tokens;
    private final Scheduler verifyOn;

    StaffAccess(GatewaySettings settings, Clock clock) {
        origins = new OriginCheck(settings.publicUrl());
        GatewaySettings.StaffSettings staff = settings.staff();
        StaffTrust trust = settings.staffTrust();
        if (staff.hasOidcIssuer()) {
            builtIn = null;
            tokens = StaffTokens.fetchingKeys(trust, clock);
            // An issuer's keys are waited for, and nobody else behind those who wait.
            verifyOn = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());
        } else {
            ECKey key = StaffKey.read(staff.signingKey());
            JWKSet published = new JWKSet(key.toPublicJWK());
            builtIn = new BuiltIn(
                    new Accounts(staff.passwords()), new StaffTokenIssuer(key, trust, clock), published.toJSONObject());
            tokens = StaffTokens.of(trust, published, clock);
            verifyOn = Schedulers.immediate();
        }
    }

    /** Parts that exist only while no OpenID Connect issuer is configured. */
    record BuiltIn(Accounts accounts, StaffTokenIssuer tokens, Map<String, Object> publicKeys) {}

    Optional<BuiltIn> builtIn() {
        return Optional.ofNullable(builtIn);
    }

    /**
     * Completes if the request has a valid staff token with that role.
     *
     * @return an error {@code unauthenticated} without a good token, {@code forbidden} without the role, which no
     *     registrant has, and for a write by cookie from a page of another site, {@code unavailable} if the issuer's keys cannot be read
     */
    public Mono<Void> require(Role role, ServerHttpRequest request) {
        return Mono.<Void>fromRunnable(() -> check(role, request)).subscribeOn(verifyOn);
    }

    private void check(Role role, ServerHttpRequest request) {
        String token = tokenOf(request).orElseThrow(Problem::unauthenticated);
        // A registrant's token. Only the services have the keys to verify it.
        if (AccessTokens.isOfTheirForm(token)) {
            throw forbidden(role);
        }
        Caller.Staff staff = tokens.verify(token).orElseThrow(Problem::unauthenticated);
        if (!staff.hasAny(role)) {
            throw forbidden(role);
        }
    }

    private Optional<String> tokenOf(ServerHttpRequest request) {
        @Nullable String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? Optional.of(header.substring(BEARER.length()).strip())
                    : Optional.empty();
        }
        @Nullable HttpCookie cookie = request.getCookies().getFirst(COOKIE);
        if (cookie == null) {
            return Optional.empty();
        }
        origins.requireOwn(request);
        return Optional.of(cookie.getValue());
    }

    private static Problem forbidden(Role role) {
        return new Problem(CommonProblem.FORBIDDEN, "This requires the role " + role.wireName() + ".");
    }
}
