package org.openingminute.gateway.session;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.PageForm;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Ends a browser's session, at the OpenID Connect issuer too, and confirms it. */
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
    ResponseEntity<byte[]> signedOut(ServerWebExchange exchange) {
        @Nullable StaffSession session = StaffSession.of(exchange);
        return session == null
                ? pages.page("signed-out", exchange.getRequest(), Map.of())
                : pages.signedIn(session, exchange.getRequest());
    }

    @PostMapping
    Mono<ResponseEntity<byte[]>> signOut(ServerWebExchange exchange) {
        @Nullable StaffSession session = StaffSession.of(exchange);
        if (session == null) {
            // A browser sends no session from another site, and would forget it by the answer.
            origins.refuseForeign(exchange.getRequest());
        } else {
            origins.requireOwn(exchange.getRequest());
        }
        return PageForm.of(exchange.getRequest())
                .flatMap(_ -> end(session, exchange)
                        .onErrorResume(
                                Problem.class,
                                why -> Mono.just(
                                        pages.refusal(why, "sign-out-failed", exchange.getRequest(), Map.of()))));
    }

    private Mono<ResponseEntity<byte[]>> end(@Nullable StaffSession session, ServerWebExchange exchange) {
        return Mono.justOrEmpty(session)
                .flatMap(ended::end)
                .then(Mono.defer(() -> atIssuer(session, exchange)))
                .map(place -> pages.leadingOn(
                        "signed-out-here",
                        place,
                        exchange.getRequest(),
                        cookies.forgotten(),
                        cookies.forgottenIdToken()))
                .switchIfEmpty(Mono.fromSupplier(
                        () -> StaffPages.seeOther(PATH, cookies.forgotten(), cookies.forgottenIdToken())));
    }

    /** The issuer's address that ends its own session, even if the session here has expired; empty if there is no issuer. */
    private Mono<String> atIssuer(@Nullable StaffSession session, ServerWebExchange exchange) {
        Optional<String> idToken = Optional.ofNullable(
                        exchange.getRequest().getCookies().getFirst(SessionCookies.ID_TOKEN))
                .map(HttpCookie::getValue)
                .filter(value -> !value.isEmpty());
        return provider.isConfigured() && (session != null || idToken.isPresent())
                ? provider.endSession(idToken)
                : Mono.empty();
    }
}
