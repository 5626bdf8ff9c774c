package org.openingminute.gateway.waiting;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.RequestCookies;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** The admission of a request, and the cookies that store place and admission in a browser, one of each for a conference. */
@Component
final class RoomCookies {

    static final String ADMISSION_HEADER = "Admission-Token";
    private static final Duration PLACE_LASTS = Duration.ofDays(1);

    private final AdmissionTokens admissions;
    private final Clock clock;
    private final boolean https;

    RoomCookies(GatewaySettings settings, Clock clock) {
        this.admissions = new AdmissionTokens(settings.room().tokens());
        this.clock = clock;
        this.https = settings.isHttps();
    }

    /** The valid admission of a request. */
    Optional<Admission> admission(String conference, ServerHttpRequest request) {
        return admissions.read(
                conference,
                request.getHeaders().getFirst(ADMISSION_HEADER),
                RequestCookies.first(request, admissionName(conference)).orElse(null),
                clock.instant());
    }

    String sign(Admission admission) {
        return admissions.sign(admission);
    }

    Optional<String> place(String conference, ServerHttpRequest request) {
        return RequestCookies.first(request, placeName(conference));
    }

    ResponseCookie place(String conference, String token) {
        return cookie(placeName(conference), token, PLACE_LASTS);
    }

    /** The cookie that removes a browser's place. */
    ResponseCookie noPlace(String conference) {
        return cookie(placeName(conference), "", Duration.ZERO);
    }

    ResponseCookie admission(Admission admission, String token) {
        Duration lasts = Duration.between(clock.instant(), admission.until());
        return cookie(admissionName(admission.scope()), token, lasts.isNegative() ? Duration.ZERO : lasts);
    }

    Instant now() {
        return clock.instant();
    }

    private static String placeName(String conference) {
        return "place-" + conference;
    }

    private static String admissionName(String conference) {
        return "admission-" + conference;
    }

    private ResponseCookie cookie(String name, String value, Duration lasts) {
        return ResponseCookie.from(name, value)
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https)
                .maxAge(lasts)
                .build();
    }
}
