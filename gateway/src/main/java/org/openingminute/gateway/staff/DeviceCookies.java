package org.openingminute.gateway.staff;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.runtime.Ids;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * The cookie of a browser that has signed in to an account before. Failures of such a browser are counted separately, so that somebody who
 * guesses passwords from the owner's address does not lock the owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 * The cookie does not sign anybody in.
 */
@Component
public final class DeviceCookies {

    private static final String TYPE = "staff-device+jwt";
    private static final Duration LASTS = Duration.ofDays(365);

    private final StaffTokenIssuer tokens;
    private final Ids ids;
    private final boolean https;

    DeviceCookies(StaffTokenIssuer tokens, Ids ids, GatewaySettings settings) {
        this.tokens = tokens;
        this.ids = ids;
        this.https = settings.isHttps();
    }

    /** Creates the cookie for the browser of a member who has signed in. */
    public ResponseCookie cookie(Member member) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(member.person().subject())
                .jwtID(ids.next().toString())
                .expirationTime(Date.from(tokens.now().plus(LASTS)));
        return ResponseCookie.from(name(), tokens.sign(TYPE, claims))
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https)
                .maxAge(LASTS)
                .build();
    }

    /** The id of a browser that has signed in to that account before; empty for any other browser. */
    Optional<String> device(String account, ServerHttpRequest request) {
        @Nullable HttpCookie cookie = request.getCookies().getFirst(name());
        return Optional.ofNullable(cookie)
                .flatMap(sent -> tokens.read(TYPE, sent.getValue()))
                .filter(claims -> account.equals(claims.getSubject()))
                .map(JWTClaimsSet::getJWTID);
    }

    private String name() {
        return https ? "__Host-staff-device" : "staff-device";
    }
}
