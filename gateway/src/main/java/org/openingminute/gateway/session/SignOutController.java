package org.openingminute.gateway.session;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.OriginCheck;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Ends a browser's session, at the OpenID Connect issuer too, and shows that it has ended. */
@RestController
@RequestMapping(SignOutController.PATH)
class SignOutController {

    static final String PATH = "/sign-out";

    private final SessionCookies cookies;
    private final EndedSessions ended;
    private final ProviderClient provider;
    private final StaffPages pages;
    private final OriginCheck origins;

    SignOutController(
            SessionCookies cookies,
            EndedSessions ended,
            ProviderClient provider,
            StaffPages pages,
            GatewaySettings settings) {
        this.cookies = cookies;
        this.ended = ended;
        this.provider = provider;
        this.pages = pages;
        this.origins = new OriginCheck(settings.publicUrl());
    }

    @GetMapping
    ResponseEntity<byte[]> signedOut(ServerHttpRequest request) {
        return pages.page("signed-out", request, Map.of());
    }

    @PostMapping
    Mono<ResponseEntity<byte[]>> signOut(ServerWebExchange exchange) {
        return Mono.justOrEmpty(StaffSession.of(exchange))
                .doOnNext(_ -> origins.requireOwn(exchange.getRequest()))
                .flatMap(session -> ended.end(session).then(Mono.defer(() -> atIssuer(exchange))))
                .defaultIfEmpty(PATH)
                .map(place -> StaffPages.seeOther(place, cookies.forgotten(), cookies.forgottenIdToken()));
    }

    private Mono<String> atIssuer(ServerWebExchange exchange) {
        @Nullable HttpCookie idToken = exchange.getRequest().getCookies().getFirst(SessionCookies.ID_TOKEN);
        return provider.isConfigured()
                ? provider.endSession(
                        Optional.ofNullable(idToken).map(HttpCookie::getValue).filter(value -> !value.isEmpty()))
                : Mono.empty();
    }
}
