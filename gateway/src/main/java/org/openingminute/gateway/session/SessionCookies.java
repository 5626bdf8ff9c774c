package org.openingminute.gateway.session;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.runtime.Ids;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/** The cookie that contains a session. Its token is signed, and has a type that is valid for this cookie only. */
@Component
final class SessionCookies {

    private static final String TYPE = "staff-session+jwt";
    static final String ID_TOKEN = "staff-id-token";
    /** The maximum length of the token; browsers limit a cookie to 4 kB. */
    private static final int LONGEST = 3_500;

    private static final String STARTED = "auth_time";
    private static final String BY = "by";

    private final StaffTokenIssuer tokens;
    private final Ids ids;
    private final boolean https;
    /** The OpenID Connect issuer with which staff sign in at present; empty for local accounts. */
    private final String by;

    SessionCookies(StaffTokenIssuer tokens, Ids ids, GatewaySettings settings) {
        this.tokens = tokens;
        this.ids = ids;
        this.https = settings.isHttps();
        this.by = settings.staff().oidcIssuer();
    }

    /** The cookie's name. With https its prefix prevents pages of other hosts from setting it. */
    String name() {
        return https ? "__Host-staff" : "staff";
    }

    /** The cookie of a new session. */
    ResponseCookie begin(Member member) {
        return cookie(new StaffSession(ids.next(), member, tokens.now(), tokens.now()));
    }

    /** The cookie of a session that continues. */
    ResponseCookie cookie(StaffSession session) {
        JWTClaimsSet.Builder claims = StaffTokenIssuer.claims(session.member())
                .claim("sid", session.id().toString())
                .claim(BY, by)
                .claim(STARTED, session.startedAt().getEpochSecond())
                .issueTime(Date.from(session.usedAt()))
                .expirationTime(Date.from(session.endsAt()));
        return cookie(tokens.sign(TYPE, claims), Duration.between(tokens.now(), session.endsAt()));
    }

    /** The cookie that makes a browser forget its session. */
    ResponseCookie forgotten() {
        return cookie("", Duration.ZERO);
    }

    /**
     * Reads a session from its cookie; empty if the session has expired or the cookie is invalid. Sessions from before an issuer was
     * configured, or from another issuer, are invalid, because the same subject may be another person.
     */
    Optional<StaffSession> read(String value) {
        return tokens.read(TYPE, value)
                .filter(claims -> by.equals(claims.getClaim(BY)))
                .map(SessionCookies::session);
    }

    private static StaffSession session(JWTClaimsSet claims) {
        try {
            @Nullable Long started = claims.getLongClaim(STARTED);
            if (started == null) {
                throw new IllegalStateException("a session that was signed here has a beginning");
            }
            return new StaffSession(
                    UUID.fromString(claims.getStringClaim("sid")),
                    StaffTokenIssuer.member(claims),
                    Instant.ofEpochSecond(started),
                    claims.getIssueTime().toInstant());
        } catch (ParseException e) {
            throw new IllegalStateException("a session that was signed here can be read", e);
        }
    }

    /** The cookie with the issuer's ID token, by which the session at the issuer can be ended as well. */
    ResponseCookie idToken(String token) {
        return cookie(ID_TOKEN, token.length() > LONGEST ? "" : token, SignOutController.PATH, StaffSession.LONGEST);
    }

    ResponseCookie forgottenIdToken() {
        return cookie(ID_TOKEN, "", SignOutController.PATH, Duration.ZERO);
    }

    private ResponseCookie cookie(String value, Duration lasts) {
        return cookie(name(), value, "/", lasts);
    }

    private ResponseCookie cookie(String name, String value, String path, Duration lasts) {
        return ResponseCookie.from(name, value)
                .path(path)
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https)
                .maxAge(lasts)
                .build();
    }
}
