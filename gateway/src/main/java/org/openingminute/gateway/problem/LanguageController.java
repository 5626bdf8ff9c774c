package org.openingminute.gateway.problem;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.PageForm;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Stores the language that a reader selects in the footer of a page, and redirects back to that page. */
@RestController
class LanguageController {

    private static final Duration KEPT = Duration.ofDays(365);

    private final OriginCheck origins;
    private final boolean https;

    LanguageController(GatewaySettings settings) {
        origins = new OriginCheck(settings.publicUrl());
        https = settings.isHttps();
    }

    @PostMapping(path = "/language", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    Mono<ResponseEntity<Void>> choose(ServerHttpRequest request) {
        origins.requireOwn(request);
        return PageForm.of(request).map(form -> {
            String code = ChosenLanguage.named(Objects.toString(form.getFirst(ChosenLanguage.COOKIE), ""))
                    .orElseThrow(() -> Problem.invalid(ChosenLanguage.COOKIE, "unknown", "is no language of our pages"))
                    .getLanguage();
            ResponseCookie cookie = ResponseCookie.from(ChosenLanguage.COOKIE, code)
                    .path("/")
                    .httpOnly(true)
                    .sameSite("Lax")
                    .secure(https)
                    .maxAge(KEPT)
                    .build();
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .location(URI.create(SafeReferer.path(request.getHeaders())))
                    .header(HttpHeaders.SET_COOKIE, cookie.toString())
                    .build();
        });
    }
}
