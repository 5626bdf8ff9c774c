package org.openingminute.gateway.session;

import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.LimitedBody;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.gateway.staff.LocalSignIn;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.access.StaffTokens;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Replaces the credentials of staff with the gateway's own token, the only kind that services accept: a browser's session becomes the
 * cookie {@code staff} with a token, and a token of the OpenID Connect issuer becomes one of the gateway's. An invalid credential is passed
 * on unchanged, and refused where staff are required. The headers are changed in place, in the connection's own request, so that everything
 * after this filter sees the change.
 */
@Component
@Order(CredentialExchange.ORDER)
final class CredentialExchange implements WebFilter {

    /** Runs after the edge, which answers this filter's errors. */
    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

    private static final String BEARER = "Bearer ";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String SET_COOKIE = "Set-Cookie";
    private static final String COOKIE_OF_SERVICES = "staff";

    private final SessionCookies cookies;
    private final EndedSessions ended;
    private final StaffTokenIssuer tokens;
    private final LocalSignIn local;
    private final String issuer;
    private final Optional<StaffTokens> provider;
    /** Verifying may wait for the issuer's keys. A thread for each verification ensures that other requests do not wait behind it. */
    private final Scheduler verifyOn = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    CredentialExchange(
            SessionCookies cookies,
            EndedSessions ended,
            StaffTokenIssuer tokens,
            LocalSignIn local,
            GatewaySettings settings,
            Clock clock) {
        this.cookies = cookies;
        this.ended = ended;
        this.tokens = tokens;
        this.local = local;
        this.issuer = settings.staff().oidcIssuer();
        this.provider = settings.providerTrust().map(trust -> StaffTokens.fetchingKeys(trust, clock));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(exchange.getRequest())
                .requestHeaders();
        @Nullable String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? ofProvider(authorization.substring(BEARER.length()).strip())
                            .doOnNext(token -> headers.set(HttpHeaderNames.AUTHORIZATION, BEARER + token))
                            .then(chain.filter(exchange))
                    : chain.filter(exchange);
        }
        Optional<String> cookie = value(headers, cookies.name());
        if (cookie.isEmpty()) {
            // With https the session's cookie has another name. A cookie with the services' name may then come from a
            // page of another host.
            value(headers, COOKIE_OF_SERVICES).ifPresent(_ -> setCookie(headers, null));
            return withoutSession(exchange, chain);
        }
        return ofSession(cookie.get(), exchange)
                .switchIfEmpty(ofProvider(cookie.get()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(token -> {
                    if (token.isPresent() || !cookies.name().equals(COOKIE_OF_SERVICES)) {
                        setCookie(headers, token.or(() -> cookie).orElseThrow());
                    }
                    return token.isEmpty() ? withoutSession(exchange, chain) : chain.filter(exchange);
                });
    }

    /** Issues the staff token for a browser's session; empty if the cookie is not a session, or the session has ended. */
    private Mono<String> ofSession(String cookie, ServerWebExchange exchange) {
        return Mono.justOrEmpty(cookies.read(cookie))
                .filterWhen(session -> ended.isEnded(session).map(isEnded -> !isEnded))
                .flatMap(session -> Mono.justOrEmpty(local.now(session.member()).map(session::heldBy)))
                .map(session -> {
                    session.putInto(exchange);
                    renew(session, exchange.getResponse());
                    return tokens.forSession(session.member(), session.id()).accessToken();
                });
    }

    /**
     * Issues the staff token for a token of the OpenID Connect issuer; empty for any other token, which does not wait for the issuer's
     * keys.
     */
    private Mono<String> ofProvider(String token) {
        return Mono.justOrEmpty(provider)
                .filter(_ -> claimsToBeProviders(token))
                .flatMap(keys -> Mono.fromCallable(() -> keys.verify(token)).subscribeOn(verifyOn))
                .flatMap(verified -> Mono.justOrEmpty(verified))
                .map(staff -> tokens.issue(
                                new Member(staff.person(), claim(token, "email").orElse(null), staff.grants()))
                        .accessToken());
    }

    private boolean claimsToBeProviders(String token) {
        return claim(token, "iss").filter(issuer::equals).isPresent();
    }

    /** A claim of a token, verified or not. */
    private static Optional<String> claim(String token, String name) {
        try {
            return Optional.ofNullable(SignedJWT.parse(token).getJWTClaimsSet().getClaim(name))
                    .filter(String.class::isInstance)
                    .map(String.class::cast);
        } catch (ParseException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> value(HttpHeaders headers, String cookie) {
        return headers.getAll(HttpHeaderNames.COOKIE).stream()
                .flatMap(CredentialExchange::pairs)
                .filter(pair -> isCookie(pair, cookie))
                .map(pair -> pair.substring(cookie.length() + 1))
                .findFirst();
    }

    /** Sets or removes the cookie that services read, and removes the session's cookie and any other cookie with the services' name. */
    private void setCookie(HttpHeaders headers, @Nullable String token) {
        List<String> pairs = Stream.concat(
                        headers.getAll(HttpHeaderNames.COOKIE).stream()
                                .flatMap(CredentialExchange::pairs)
                                .filter(pair -> !isCookie(pair, cookies.name()) && !isCookie(pair, COOKIE_OF_SERVICES)),
                        Stream.ofNullable(token).map(value -> COOKIE_OF_SERVICES + "=" + value))
                .toList();
        headers.remove(HttpHeaderNames.COOKIE);
        if (!pairs.isEmpty()) {
            headers.set(HttpHeaderNames.COOKIE, String.join("; ", pairs));
        }
    }

    private static Stream<String> pairs(String header) {
        return Arrays.stream(header.split(";", -1)).map(String::strip).filter(pair -> !pair.isEmpty());
    }

    private static boolean isCookie(String pair, String name) {
        return pair.startsWith(name + "=");
    }

    /** Renews the session's cookie, unless the response is public or sets that cookie already. */
    private void renew(StaffSession session, ServerHttpResponse response) {
        if (session.isToBeNoted(tokens.now())) {
            response.beforeCommit(() -> {
                @Nullable String kept = response.getHeaders().getCacheControl();
                boolean setAnew = response.getHeaders().getOrEmpty(SET_COOKIE).stream()
                        .anyMatch(cookie -> isCookie(cookie, cookies.name()));
                if ((kept == null || !kept.contains("public")) && !setAnew) {
                    response.addCookie(cookies.cookie(session.used(tokens.now())));
                }
                return Mono.empty();
            });
        }
    }

    /**
     * Handles a request without a session. A read of a page for staff is redirected to the sign-in form. An upload is refused, because
     * unlike other forms it cannot be kept until after sign-in.
     */
    private static Mono<Void> withoutSession(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!StaffPaths.isAny(request.getURI().getRawPath())) {
            return chain.filter(exchange);
        }
        if (HttpMethod.GET.equals(request.getMethod()) || HttpMethod.HEAD.equals(request.getMethod())) {
            return toSignIn(exchange);
        }
        return hasFile(request)
                ? LimitedBody.ignore(request).then(Mono.error(Problem::unauthenticated))
                : chain.filter(exchange);
    }

    private static boolean hasFile(ServerHttpRequest request) {
        @Nullable String type = request.getHeaders().getFirst(CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
    }

    private static Mono<Void> toSignIn(ServerWebExchange exchange) {
        @Nullable String query = exchange.getRequest().getURI().getRawQuery();
        String to = exchange.getRequest().getURI().getRawPath() + (query == null ? "" : "?" + query);
        ServerHttpResponse response = exchange.getResponse();
        if (exchange.getRequest().getHeaders().containsHeader("HX-Request")) {
            // A request for a part of a page makes the browser reload the whole page, which then leads to sign-in.
            // Otherwise the form would be inserted in place of the part.
            response.setStatusCode(HttpStatus.UNAUTHORIZED);
            response.getHeaders().set("HX-Refresh", "true");
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.SEE_OTHER);
        response.getHeaders().set("Location", "/sign-in?to=" + UriUtils.encode(to, StandardCharsets.UTF_8));
        return response.setComplete();
    }
}
