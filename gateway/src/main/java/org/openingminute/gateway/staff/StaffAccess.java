package org.openingminute.gateway.staff;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import io.netty.channel.ChannelOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.OwnPage;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * Authenticates staff: checks a token, signed by the gateway itself or, where one is configured, by the OpenID Connect
 * issuer.
 */
@Component
public class StaffAccess {

    private static final String BEARER = "Bearer ";
    private static final String COOKIE = "staff";
    private static final Duration NO_LENIENCE = Duration.ZERO;
    private static final Duration KEYS_WITHIN = Duration.ofSeconds(2);

    private final OwnPage ownPage;
    private final @Nullable BuiltIn builtIn;
    private final NimbusReactiveJwtDecoder decoder;

    StaffAccess(GatewaySettings settings, Clock clock) {
        ownPage = new OwnPage(settings.publicUrl());
        GatewaySettings.StaffSettings staff = settings.staff();
        if (staff.hasOidcIssuer()) {
            builtIn = null;
            decoder = NimbusReactiveJwtDecoder.withJwkSetUri(staff.jwksUri())
                    .webClient(patientFor(KEYS_WITHIN))
                    .jwsAlgorithms(algorithms ->
                            algorithms.addAll(List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256)))
                    .build();
        } else {
            ECKey key = StaffKey.read(staff.signingKey());
            builtIn = new BuiltIn(
                    new Accounts(staff.passwords()),
                    new StaffTokens(key, staff.issuer(), clock),
                    new JWKSet(key).toJSONObject());
            decoder = NimbusReactiveJwtDecoder.withJwkSource(ignored -> Flux.just(key.toPublicJWK()))
                    .jwsAlgorithm(SignatureAlgorithm.ES256)
                    .build();
        }
        JwtTimestampValidator inTime = new JwtTimestampValidator(NO_LENIENCE);
        inTime.setClock(clock);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(inTime, new JwtIssuerValidator(staff.issuer())));
    }

    private static WebClient patientFor(Duration time) {
        return WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create()
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(time.toMillis()))
                        .responseTimeout(time)))
                .build();
    }

    /** Parts that exist only while no OpenID Connect issuer is configured. */
    record BuiltIn(Accounts accounts, StaffTokens tokens, Map<String, Object> publicKeys) {}

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
        return Mono.defer(() -> Mono.justOrEmpty(tokenOf(request)))
                .switchIfEmpty(Mono.error(Problem::unauthenticated))
                // A registrant's token. Only the services have the keys to verify it.
                .flatMap(token -> AccessTokens.isOfTheirForm(token)
                        ? Mono.error(forbidden(role))
                        : Mono.defer(() -> decoder.decode(token))
                                // Every failure except a bad token means that the keys cannot be read, whatever the
                                // library calls it.
                                .onErrorMap(error ->
                                        error instanceof BadJwtException ? Problem.unauthenticated() : keysAway()))
                .flatMap(token -> has(role, token) ? Mono.empty() : Mono.error(forbidden(role)));
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
        ownPage.require(request);
        return Optional.of(cookie.getValue());
    }

    private static boolean has(Role role, Jwt token) {
        return token.getClaims().get("roles") instanceof List<?> roles && roles.contains(role.wireName());
    }

    private static Problem forbidden(Role role) {
        return new Problem(CommonProblem.FORBIDDEN, "This needs the role " + role.wireName() + ".");
    }

    private static Problem keysAway() {
        return Problem.unavailable("Sign-in cannot be checked at the moment.");
    }
}
