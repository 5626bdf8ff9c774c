package org.openingminute.gateway.session;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeReactiveAuthenticationManager;
import org.springframework.security.oauth2.client.web.server.DefaultServerOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.server.ServerOAuth2AuthorizationCodeAuthenticationTokenConverter;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sign-in with the OpenID Connect issuer, built from the parts of Spring Security's {@code oauth2Login}: authorization code flow with PKCE,
 * state and nonce. Spring Security's own filter chain is not used, because it would run before every request and create sessions.
 */
@Component
final class ProviderSignIn {

    private static final Logger log = LoggerFactory.getLogger(ProviderSignIn.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String TO = "to";
    private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");

    private final SealedRequests requests;
    private final String rolesClaim;
    private final DefaultServerOAuth2AuthorizationRequestResolver resolver;
    private final ServerOAuth2AuthorizationCodeAuthenticationTokenConverter callbacks;
    private final OidcAuthorizationCodeReactiveAuthenticationManager codes;

    ProviderSignIn(ProviderClient provider, SealedRequests requests, GatewaySettings settings) {
        this.requests = requests;
        this.rolesClaim = settings.staff().oidcRolesClaim();
        this.resolver = new DefaultServerOAuth2AuthorizationRequestResolver(provider);
        this.callbacks = new ServerOAuth2AuthorizationCodeAuthenticationTokenConverter(provider);
        callbacks.setAuthorizationRequestRepository(requests);
        this.codes = new OidcAuthorizationCodeReactiveAuthenticationManager(
                new WebClientReactiveAuthorizationCodeTokenResponseClient(),
                login -> Mono.just(
                        new DefaultOidcUser(List.of(new SimpleGrantedAuthority("staff")), login.getIdToken())));
    }

    /**
     * A completed sign-in.
     *
     * @param idToken the token by which the issuer identifies the session
     */
    record Login(Member member, String idToken, String to) {}

    /**
     * Begins a sign-in, whose state is stored in a cookie of the response.
     *
     * @param to where to continue after sign-in; empty for no particular page
     * @return the issuer's page, or an error {@code unavailable}
     */
    Mono<URI> begin(String to, ServerWebExchange exchange) {
        return resolver.resolve(exchange, ProviderClient.ID)
                .map(request -> OAuth2AuthorizationRequest.from(request)
                        .attributes(attributes -> attributes.put(TO, to))
                        .build())
                .flatMap(request -> requests.saveAuthorizationRequest(request, exchange)
                        .thenReturn(URI.create(request.getAuthorizationRequestUri())));
    }

    /**
     * Completes a sign-in after the issuer has redirected back.
     *
     * @return an error {@code unauthenticated} if this browser did not begin the sign-in or the issuer's answer is invalid,
     *     {@code forbidden} for a person without a role, {@code unavailable} if the issuer does not answer
     */
    Mono<Login> end(ServerWebExchange exchange) {
        return requests.loadAuthorizationRequest(exchange)
                .map(request -> Objects.toString(request.getAttributes().get(TO), ""))
                .defaultIfEmpty("")
                .flatMap(to -> callbacks
                        .convert(exchange)
                        .flatMap(codes::authenticate)
                        .switchIfEmpty(Mono.error(ProviderSignIn::refusal))
                        .map(login -> login(login, to)))
                .timeout(PATIENCE)
                .onErrorMap(
                        error -> error instanceof WebClientException || error instanceof TimeoutException,
                        _ -> ProviderClient.away())
                .onErrorMap(
                        OAuth2AuthorizationException.class,
                        e -> refused(e.getError().getErrorCode()))
                .onErrorMap(
                        OAuth2AuthenticationException.class,
                        e -> refused(e.getError().getErrorCode()));
    }

    private Login login(Object authenticated, String to) {
        if (!(authenticated instanceof OAuth2LoginAuthenticationToken login)
                || !(login.getPrincipal() instanceof OidcUser user)) {
            throw refusal();
        }
        OidcIdToken token = user.getIdToken();
        String name = Optional.ofNullable(user.getFullName())
                .or(() -> Optional.ofNullable(user.getPreferredUsername()))
                .orElse("");
        Set<Role.Grant> roles = new HashSet<>();
        switch (token.getClaims().get(rolesClaim)) {
            case Collection<?> several -> several.forEach(one -> add(one, roles));
            case String one -> add(one, roles);
            case null, default -> {}
        }
        if (roles.isEmpty()) {
            throw new Problem(CommonProblem.FORBIDDEN, "This account has no role here.");
        }
        return new Login(
                new Member(new Person(user.getName(), name), user.getEmail(), roles), token.getTokenValue(), to);
    }

    private static void add(Object role, Set<Role.Grant> roles) {
        Role.Grant.read(String.valueOf(role)).ifPresent(roles::add);
    }

    /** @param code the error code; a browser may have supplied it, so it must not be logged as it is */
    private static Problem refused(String code) {
        log.warn(
                "A sign-in at the OpenID Connect issuer was refused: {}",
                CODE.matcher(code).matches() ? code : "for a reason of its own");
        return refusal();
    }

    private static Problem refusal() {
        return new Problem(CommonProblem.UNAUTHENTICATED, "The sign-in did not succeed.");
    }
}
