package org.openingminute.registration.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Component;

/**
 * Finds out who is calling, and says no in the order of the contract: no, bad or ended token 401; another registration's
 * token 403; a role that is not enough 403. Only after that is anything looked for. Safe for all threads.
 */
@Component
public class Callers {

    private static final String STAFF_COOKIE = "staff";

    private final AccessTokens tokens;
    private final JwtDecoder staffTokens;
    private final String publicUrl;

    Callers(AccessTokens tokens, JwtDecoder staffTokens, AccessSettings settings) {
        this.tokens = tokens;
        this.staffTokens = staffTokens;
        this.publicUrl = settings.publicUrl();
    }

    /** The name of the cookie that holds a registration's token. */
    public static String cookieName(UUID registration) {
        return "registration-" + registration;
    }

    /** The token of a registration's contact; derived each time, never stored. */
    public String contactToken(UUID registration, int generation) {
        return tokens.sign(AccessToken.ofContact(registration, generation));
    }

    /** The cookie that a registration's page sets for that registration alone. */
    public ResponseCookie cookie(UUID registration, String token) {
        return ResponseCookie.from(cookieName(registration), token)
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(publicUrl.startsWith("https:"))
                .build();
    }

    /**
     * The one who may see a registration: its contact, one of its attendees, or staff with a role that is enough.
     *
     * @throws Problem 401 or 403
     */
    public Caller forRegistration(HttpServletRequest request, UUID registration, Role... staff) {
        Caller caller = caller(request, registration);
        return switch (caller) {
            case Caller.Anonymous() -> throw unauthenticated();
            case Caller.Registrant(AccessToken token) -> {
                if (!token.registration().equals(registration)) {
                    throw new Problem(ProblemCode.FORBIDDEN, "This token is for another registration.");
                }
                yield caller;
            }
            case Caller.Staff member -> require(member, staff);
        };
    }

    /**
     * A member of staff with one of the roles.
     *
     * @throws Problem 401 or 403
     */
    public Caller.Staff staff(HttpServletRequest request, Role... roles) {
        return switch (caller(request, null)) {
            case Caller.Anonymous() -> throw unauthenticated();
            case Caller.Registrant ignored ->
                throw new Problem(ProblemCode.FORBIDDEN, "This is for those who run the conference.");
            case Caller.Staff member -> require(member, roles);
        };
    }

    /** No, bad or ended token. */
    public static Problem unauthenticated() {
        return new Problem(ProblemCode.UNAUTHENTICATED, "A valid token is needed.");
    }

    private static Caller.Staff require(Caller.Staff member, Role... roles) {
        if (Arrays.stream(roles).noneMatch(member.roles()::contains)) {
            throw new Problem(
                    ProblemCode.FORBIDDEN,
                    "This needs the role "
                            + Arrays.stream(roles).map(Role::wireName).collect(Collectors.joining(" or ")) + ".");
        }
        return member;
    }

    private Caller caller(HttpServletRequest request, @Nullable UUID registration) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? read(authorization.substring(7).strip())
                    : new Caller.Anonymous();
        }
        Optional<String> cookie =
                registration == null ? Optional.empty() : cookieValue(request, cookieName(registration));
        Optional<String> either = cookie.or(() -> cookieValue(request, STAFF_COOKIE));
        if (either.isEmpty()) {
            return new Caller.Anonymous();
        }
        requireSameOrigin(request);
        return read(either.get());
    }

    /** A cookie is sent by the browser whoever's page asks it to: a write by cookie must come from a page of ours. */
    private void requireSameOrigin(HttpServletRequest request) {
        if (List.of(HttpMethod.GET.name(), HttpMethod.HEAD.name()).contains(request.getMethod())) {
            return;
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String referer = request.getHeader(HttpHeaders.REFERER);
        boolean ours = origin != null
                ? origin.equals(publicUrl)
                : referer != null && (referer.equals(publicUrl) || referer.startsWith(publicUrl + "/"));
        if (!ours) {
            throw new Problem(ProblemCode.FORBIDDEN, "A change by cookie must come from a page of this site.");
        }
    }

    private Caller read(String token) {
        return switch ((int) token.chars().filter(c -> c == '.').count()) {
            case 4 -> tokens.read(token).<Caller>map(Caller.Registrant::new).orElseThrow(Callers::unauthenticated);
            case 2 -> staffMember(token);
            default -> throw unauthenticated();
        };
    }

    private Caller staffMember(String token) {
        try {
            Jwt jwt = staffTokens.decode(token);
            List<String> names = jwt.getClaimAsStringList("roles");
            Set<Role> roles = EnumSet.noneOf(Role.class);
            for (Role role : Role.values()) {
                if (names != null && names.contains(role.wireName())) {
                    roles.add(role);
                }
            }
            return new Caller.Staff(String.valueOf(jwt.getSubject()), roles);
        } catch (BadJwtException e) {
            throw unauthenticated();
        } catch (JwtException e) {
            throw new Problem(ProblemCode.UNAVAILABLE, "Sign-in cannot be checked at the moment.");
        }
    }

    private static Optional<String> cookieValue(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? Optional.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(name))
                        .map(Cookie::getValue)
                        .findFirst();
    }
}
