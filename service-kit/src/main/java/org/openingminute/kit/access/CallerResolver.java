package org.openingminute.kit.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.ServletServerHttpRequest;

/**
 * Identifies the caller of a request, and refuses in the order of the contract: no token 401; a write by cookie from another site 403; an
 * invalid or expired token 401; a token of another registration, or an insufficient role, 403. The resource is looked up only after that.
 *
 * <p>A token in the header takes precedence over cookies. Among cookies, the session of an organiser of all scopes takes precedence over a
 * registration's link, which may have been revoked; any other staff session does not, because the link may be for another scope.
 */
public final class CallerResolver {

    private static final String BEARER = "Bearer ";
    private static final String COOKIE = "registration-";
    private static final String STAFF_COOKIE = "staff";

    private final AccessTokens accessTokens;
    private final StaffTokens staffTokens;
    private final OriginCheck origins;
    private final boolean https;

    private CallerResolver(AccessTokens accessTokens, StaffTokens staffTokens, String publicUrl) {
        this.accessTokens = accessTokens;
        this.staffTokens = staffTokens;
        this.origins = new OriginCheck(publicUrl);
        this.https = publicUrl.toLowerCase(Locale.ROOT).startsWith("https:");
    }

    /**
     * Creates a resolver. The keys of staff tokens are fetched when the first staff token arrives.
     *
     * @param clock decides when staff tokens expire
     * @throws IllegalArgumentException if the keys of access tokens cannot be used, see {@link AccessTokens#of}
     */
    public static CallerResolver of(AccessSettings settings, Clock clock) {
        return new CallerResolver(
                AccessTokens.of(settings.tokenKeys()),
                StaffTokens.fetchingKeys(settings.staff(), clock),
                settings.publicUrl());
    }

    /** The access token of a registration's contact. It is derived on each call and never stored. */
    public String contactToken(UUID registration, int generation) {
        return accessTokens.sign(AccessToken.ofContact(registration, generation));
    }

    /** The cookie that opens one registration, set by that registration's page. */
    public ResponseCookie cookie(UUID registration, String token) {
        return cookie(cookieName(registration.toString()), token).build();
    }

    /** Whether the browser has a cookie for the registration; its token may be revoked. */
    public boolean remembers(HttpServletRequest request, UUID registration) {
        return cookie(request, cookieName(registration.toString())).isPresent();
    }

    /** Cookies that make this browser forget every registration that it has opened. */
    public List<ResponseCookie> forgetting(HttpServletRequest request) {
        return cookies(request)
                .map(Cookie::getName)
                .filter(name -> name.startsWith(COOKIE))
                .distinct()
                .map(this::forgotten)
                .toList();
    }

    /** The cookie that makes a browser forget one registration. */
    public ResponseCookie forgetting(UUID registration) {
        return forgotten(cookieName(registration.toString()));
    }

    private ResponseCookie forgotten(String name) {
        return cookie(name, "").maxAge(Duration.ZERO).build();
    }

    private ResponseCookie.ResponseCookieBuilder cookie(String name, String token) {
        return ResponseCookie.from(name, token)
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https);
    }

    private static String cookieName(String registration) {
        return COOKIE + registration;
    }

    /**
     * Returns a caller who may see a registration: its contact, one of its attendees, or a member of staff with the permission. The caller
     * of this method narrows staff to the registration's scope once it is known, see {@link Caller#in}.
     *
     * @throws Problem {@code unauthenticated} without a valid token, {@code forbidden} for everybody else and for a write by cookie
     *     from another site, {@code unavailable} if a staff token cannot be verified
     */
    public Caller forRegistration(HttpServletRequest request, UUID registration, Permission staff) {
        return require(resolve(request, registration.toString()), registration.toString(), staff);
    }

    /**
     * Returns a caller who may act on a registration: its contact, or a member of staff with the permission; see
     * {@link #forRegistration}.
     *
     * @param registration the id as it stands in the path; only staff learn that it is not a valid id
     * @throws Problem as {@link #forRegistration}
     */
    public Caller forContact(HttpServletRequest request, String registration, Permission staff) {
        Caller caller = require(resolve(request, registration), registration, staff);
        if (caller instanceof Caller.Registrant(AccessToken token) && token.attendee() != null) {
            throw forbidden("Only the registration's contact may do this.").because("contact-only");
        }
        return caller;
    }

    /**
     * Returns a caller who may see an attendee's own data: the attendee, the registration's contact, or a member of staff with
     * the permission; see {@link #forRegistration}.
     *
     * @param registration the id as it stands in the path
     * @param attendee the id as it stands in the path
     * @throws Problem as {@link #forRegistration}
     */
    public Caller forAttendee(HttpServletRequest request, String registration, String attendee, Permission staff) {
        Caller caller = require(resolve(request, registration), registration, staff);
        if (caller instanceof Caller.Registrant(AccessToken token)
                && token.attendee() != null
                && !token.attendee().toString().equals(attendee)) {
            throw forbidden("This token belongs to another attendee.");
        }
        return caller;
    }

    /**
     * Returns a member of staff who has a permission in some scope, for calls that have to look up the scope first; see {@link Caller#in}.
     *
     * @throws Problem as {@link #forRegistration}
     */
    public Caller.Staff staff(HttpServletRequest request, Permission permission) {
        return require(resolve(request, null), permission);
    }

    /**
     * Returns a member of staff who has a permission in the given scope.
     *
     * @throws Problem as {@link #forRegistration}
     */
    public Caller.Staff staff(HttpServletRequest request, Permission permission, String scope) {
        return staff(request, permission).in(scope);
    }

    private static Caller require(Caller caller, String registration, Permission staff) {
        if (caller instanceof Caller.Registrant(AccessToken token)) {
            if (!token.registration().toString().equals(registration)) {
                throw forbidden("This token belongs to another registration.").because("other-registration");
            }
            return caller;
        }
        return require(caller, staff);
    }

    private static Caller.Staff require(Caller caller, Permission permission) {
        if (caller instanceof Caller.Staff staff) {
            return staff.with(permission);
        }
        throw forbidden(permission.sentence());
    }

    private static Problem forbidden(String why) {
        return new Problem(CommonProblem.FORBIDDEN, why);
    }

    private Caller resolve(HttpServletRequest request, @Nullable String registration) {
        @Nullable String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                throw Problem.unauthenticated();
            }
            return verified(authorization.substring(BEARER.length()).strip());
        }
        Optional<String> link = Optional.ofNullable(registration).flatMap(id -> cookie(request, cookieName(id)));
        Optional<String> session = cookie(request, STAFF_COOKIE);
        String token = link.or(() -> session).orElseThrow(Problem::unauthenticated);
        origins.requireOwn(new ServletServerHttpRequest(request));
        return session.filter(_ -> link.isPresent())
                .flatMap(staffTokens::verify)
                .filter(staff -> staff.grants().contains(Role.Grant.of(Role.ORGANISER)))
                .<Caller>map(staff -> staff)
                .orElseGet(() -> verified(token));
    }

    /**
     * Refuses a write that may set a cookie if a page of another site sent it. A request that names no page does not come from a browser
     * and passes.
     *
     * @throws Problem {@code forbidden}
     */
    public void refuseForeignPage(HttpServletRequest request) {
        origins.refuseForeign(new ServletServerHttpRequest(request));
    }

    private Caller verified(String token) {
        long dots = token.chars().filter(c -> c == '.').count();
        Optional<? extends Caller> caller = dots == 4
                ? accessTokens.read(token).map(Caller.Registrant::new)
                : dots == 2 ? staffTokens.verify(token) : Optional.empty();
        return caller.orElseThrow(Problem::unauthenticated);
    }

    private static Optional<String> cookie(HttpServletRequest request, String name) {
        return cookies(request)
                .filter(cookie -> cookie.getName().equals(name))
                .map(Cookie::getValue)
                .findFirst();
    }

    private static Stream<Cookie> cookies(HttpServletRequest request) {
        Cookie @Nullable [] cookies = request.getCookies();
        return cookies == null ? Stream.empty() : Arrays.stream(cookies);
    }
}
