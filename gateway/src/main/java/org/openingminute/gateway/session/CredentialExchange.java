package org.openingminute.gateway.session;

import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.gateway.staff.LocalSignIn;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.access.StaffTokens;
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
 * Exchanges at the door what staff bring for the gateway's own token, so that services know no other: a browser's session, which
 * becomes the cookie {@code staff} of a token, and a token of the OpenID Connect issuer. What is no good goes on as it is, and is
 * refused where staff is wanted. The headers are changed where they are, in the connection's own, which all that follows reads.
 */
@Component
@Order(CredentialExchange.ORDER)
final class CredentialExchange implements WebFilter {

    /** After the edge, which answers its errors. */
    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

    private static final String BEARER = "Bearer ";
    private static final String SET_COOKIE = "Set-Cookie";
    private static final String COOKIE_OF_SERVICES = "staff";

    private final SessionCookies cookies;
    private final EndedSessions ended;
    private final StaffTokenIssuer tokens;
    private final LocalSignIn local;
    private final String issuer;
    private final Optional<StaffTokens> provider;
    /** The provider's keys are waited for, and nobody else behind those who wait. */
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
            // On https a page of another host may have set a cookie of the services' name.
            value(headers, COOKIE_OF_SERVICES).ifPresent(_ -> setCookie(headers, null));
            return isPageOfStaff(exchange.getRequest()) ? toSignIn(exchange) : chain.filter(exchange);
        }
        return ofSession(cookie.get(), exchange)
                .switchIfEmpty(ofProvider(cookie.get()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(token -> {
                    if (token.isPresent() || !cookies.name().equals(COOKIE_OF_SERVICES)) {
                        setCookie(headers, token.or(() -> cookie).orElseThrow());
                    }
                    return token.isEmpty() && isPageOfStaff(exchange.getRequest())
                            ? toSignIn(exchange)
                            : chain.filter(exchange);
                });
    }

    /** The staff token for a browser's session; empty for one that is none or has ended. */
    private Mono<String> ofSession(String cookie, ServerWebExchange exchange) {
        return Mono.justOrEmpty(cookies.read(cookie))
                .filterWhen(session -> ended.isEnded(session).map(isEnded -> !isEnded))
                .flatMap(session -> Mono.justOrEmpty(local.now(session.member()).map(session::heldBy)))
                .map(session -> {
                    session.putInto(exchange);
                    renew(session, exchange.getResponse());
                    return tokens.issue(session.member(), session.id()).accessToken();
                });
    }

    /** The staff token for one of the OpenID Connect issuer; empty for any other, which does not wait for the issuer's keys. */
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

    /** A text that a token says, verified or not. */
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

    /** Puts a token, if there is one, into the cookie that services know, in place of the session's and of any of that name. */
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

    /** Not with an answer that others may keep. */
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

    private static boolean isPageOfStaff(ServerHttpRequest request) {
        return HttpMethod.GET.equals(request.getMethod())
                && StaffPaths.isAny(request.getURI().getRawPath());
    }

    private static Mono<Void> toSignIn(ServerWebExchange exchange) {
        @Nullable String query = exchange.getRequest().getURI().getRawQuery();
        String to = exchange.getRequest().getURI().getRawPath() + (query == null ? "" : "?" + query);
        ServerHttpResponse response = exchange.getResponse();
        if (exchange.getRequest().getHeaders().containsHeader("HX-Request")) {
            // A part of a page: the form would stand in its place. The whole page is asked for again, and leads there.
            response.setStatusCode(HttpStatus.UNAUTHORIZED);
            response.getHeaders().set("HX-Refresh", "true");
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.SEE_OTHER);
        response.getHeaders().set("Location", "/sign-in?to=" + UriUtils.encode(to, StandardCharsets.UTF_8));
        return response.setComplete();
    }
}
