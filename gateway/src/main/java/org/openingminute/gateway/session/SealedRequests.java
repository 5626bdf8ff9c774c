package org.openingminute.gateway.session;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.server.ServerAuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Stores a sign-in that was begun at the OpenID Connect issuer, with its state, nonce and verifier, in an encrypted cookie of the browser.
 * All gateways have the key, so any of them can handle the callback, and none stores anything.
 */
@Component
final class SealedRequests implements ServerAuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    private static final String TYPE = "staff-request+jwt";
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final String STATE = "state";
    private static final String ATTRIBUTES = "attributes";
    private static final String PARAMETERS = "parameters";

    private final StaffTokenIssuer tokens;
    private final boolean https;

    SealedRequests(StaffTokenIssuer tokens, GatewaySettings settings) {
        this.tokens = tokens;
        this.https = settings.isHttps();
    }

    @Override
    public Mono<Void> saveAuthorizationRequest(
            @Nullable OAuth2AuthorizationRequest request, ServerWebExchange exchange) {
        if (request != null) {
            JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                    .claim("uri", request.getAuthorizationUri())
                    .claim("client", request.getClientId())
                    .claim("redirect", request.getRedirectUri())
                    .claim("scope", String.join(" ", request.getScopes()))
                    .claim(STATE, request.getState())
                    .claim(ATTRIBUTES, texts(request.getAttributes()))
                    .claim(PARAMETERS, texts(request.getAdditionalParameters()))
                    .expirationTime(Date.from(tokens.now().plus(LASTS)));
            exchange.getResponse().addCookie(cookie(tokens.seal(TYPE, claims), LASTS));
        }
        return Mono.empty();
    }

    /** The sign-in to which a callback belongs; empty unless its state matches. */
    @Override
    public Mono<OAuth2AuthorizationRequest> loadAuthorizationRequest(ServerWebExchange exchange) {
        @Nullable HttpCookie cookie = exchange.getRequest().getCookies().getFirst(name());
        @Nullable String state = exchange.getRequest().getQueryParams().getFirst(OAuth2ParameterNames.STATE);
        return Mono.justOrEmpty(Optional.ofNullable(cookie)
                .flatMap(sent -> tokens.open(TYPE, sent.getValue()))
                .filter(claims -> claims.getClaim(STATE).equals(state))
                .map(SealedRequests::request));
    }

    @Override
    public Mono<OAuth2AuthorizationRequest> removeAuthorizationRequest(ServerWebExchange exchange) {
        exchange.getResponse().addCookie(cookie("", Duration.ZERO));
        return loadAuthorizationRequest(exchange);
    }

    private static OAuth2AuthorizationRequest request(JWTClaimsSet claims) {
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(text(claims, "uri"))
                .clientId(text(claims, "client"))
                .redirectUri(text(claims, "redirect"))
                .scopes(new LinkedHashSet<>(List.of(text(claims, "scope").split(" ", -1))))
                .state(text(claims, STATE))
                .attributes(attributes -> attributes.putAll(map(claims, ATTRIBUTES)))
                .additionalParameters(map(claims, PARAMETERS))
                .build();
    }

    private static String text(JWTClaimsSet claims, String name) {
        return String.valueOf(claims.getClaim(name));
    }

    private static Map<String, Object> map(JWTClaimsSet claims, String name) {
        Map<String, Object> map = new HashMap<>();
        if (claims.getClaim(name) instanceof Map<?, ?> saved) {
            saved.forEach((key, value) -> map.put(String.valueOf(key), String.valueOf(value)));
        }
        return map;
    }

    private static Map<String, String> texts(Map<String, Object> map) {
        Map<String, String> texts = new HashMap<>();
        map.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    private String name() {
        return https ? "__Host-staff-request" : "staff-request";
    }

    private ResponseCookie cookie(String value, Duration lasts) {
        return ResponseCookie.from(name(), value)
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https)
                .maxAge(lasts)
                .build();
    }
}
