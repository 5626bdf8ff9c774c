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

/** The cookie that bears a session. Its token is signed, and of a type that is good for nothing but this cookie. */
@Component
final class SessionCookies {

    private static final String TYPE = "staff-session+jwt";
    static final String ID_TOKEN = "staff-id-token";
    /** A browser takes no cookie of more than 4 kB. */
    private static final int LONGEST = 3_500;

    private static final String STARTED = "auth_time";
    private static final String BY = "by";

    private final StaffTokenIssuer tokens;
    private final Ids ids;
    private final boolean https;
    /** The OpenID Connect issuer at which staff sign in now; empty for local accounts. */
    private final String by;

    SessionCookies(StaffTokenIssuer tokens, Ids ids, GatewaySettings settings) {
        this.tokens = tokens;
        this.ids = ids;
        this.https = settings.isHttps();
        this.by = settings.staff().oidcIssuer();
    }

    /** Its name; on https no page of another host can set a cookie of that name. */
    String name() {
        return https ? "__Host-staff" : "staff";
    }

    /** The cookie of a new session. */
    ResponseCookie begin(Member member) {
        return cookie(new StaffSession(ids.next(), member, tokens.now(), tokens.now()));
    }

    /** The cookie of a session that goes on. */
    ResponseCookie cookie(StaffSession session) {
        JWTClaimsSet.Builder claims = StaffTokenIssuer.claims(session.member())
                .claim("sid", session.id().toString())
                .claim(BY, by)
                .claim(STARTED, session.startedAt().getEpochSecond())
                .issueTime(Date.from(session.usedAt()))
                .expirationTime(Date.from(session.endsAt()));
        return cookie(tokens.sign(TYPE, claims), Duration.between(tokens.now(), session.endsAt()));
    }

    /** The cookie by which a browser forgets its session. */
    ResponseCookie forgotten() {
        return cookie("", Duration.ZERO);
    }

    /**
     * The session of a cookie; empty if it has ended by itself, or is none. One from before an issuer was set up, or another, is
     * none any more: the same subject may be somebody else.
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

    /** The cookie of the issuer's token, by which it knows the session that is to be ended there, too. */
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
