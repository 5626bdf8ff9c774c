package org.openingminute.gateway.session;

import java.util.Map;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.OriginCheck;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Ends a browser's session, and shows that it has ended. */
@RestController
@RequestMapping(SignOutController.PATH)
class SignOutController {

    static final String PATH = "/sign-out";

    private final SessionCookies cookies;
    private final EndedSessions ended;
    private final StaffPages pages;
    private final OriginCheck origins;

    SignOutController(SessionCookies cookies, EndedSessions ended, StaffPages pages, GatewaySettings settings) {
        this.cookies = cookies;
        this.ended = ended;
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
                .flatMap(ended::end)
                .then(Mono.fromSupplier(() -> StaffPages.seeOther(PATH, cookies.forgotten())));
    }
}
