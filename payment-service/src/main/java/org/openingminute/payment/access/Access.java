package org.openingminute.payment.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.springframework.http.HttpHeaders;

/** Decides whether a caller may act on a registration's payment, or operate this service. Safe for use by all threads. */
public final class Access {

    private static final String ORGANISER = "organiser";
    private static final String OPERATOR = "operator";
    private static final String BEARER = "Bearer ";

    private final AccessTokens accessTokens;
    private final StaffTokens staffTokens;
    private final String publicUrl;

    /**
     * Reads its keys.
     *
     * @param accessTokenKeys {@code id:base64url-secret}, comma separated
     * @param jwksUri where the keys of staff tokens are; {@code null} where none are taken
     * @param publicUrl the origin from which a cookie may be used to write
     */
    public Access(String accessTokenKeys, @Nullable String jwksUri, String issuer, String publicUrl) {
        this.accessTokens = new AccessTokens(accessTokenKeys);
        this.staffTokens = new StaffTokens(jwksUri, issuer);
        this.publicUrl = publicUrl;
    }

    /** A caller who may, and what the path's id is. */
    public record Granted(Caller caller, UUID registration) {}

    /**
     * Verifies the caller before anything about the registration is looked at.
     *
     * @param registration as it stands in the path
     * @throws Problem 401, 403, or 404 for staff who name no id
     */
    public Granted require(HttpServletRequest request, String registration) {
        return switch (caller(request, registration)) {
            case Caller.Contact contact -> {
                if (!contact.registration().toString().equals(registration)) {
                    throw new Problem(ProblemCode.FORBIDDEN, "This token is another registration's.");
                }
                yield new Granted(contact, contact.registration());
            }
            case Caller.Staff staff -> {
                if (!staff.roles().contains(ORGANISER)) {
                    throw new Problem(ProblemCode.FORBIDDEN, "This needs the role of an organiser.");
                }
                yield new Granted(
                        staff,
                        id(registration)
                                .orElseThrow(
                                        () -> new Problem(ProblemCode.NOT_FOUND, "There is no such registration.")));
            }
        };
    }

    /**
     * An operator.
     *
     * @throws Problem 401 or 403
     */
    public Caller.Staff operator(HttpServletRequest request) {
        return staff(request, OPERATOR, "an operator");
    }

    /**
     * An organiser.
     *
     * @throws Problem 401 or 403
     */
    public Caller.Staff organiser(HttpServletRequest request) {
        return staff(request, ORGANISER, "an organiser");
    }

    private Caller.Staff staff(HttpServletRequest request, String role, String who) {
        return switch (caller(request, null)) {
            case Caller.Staff staff when staff.roles().contains(role) -> staff;
            case Caller.Staff _, Caller.Contact _ ->
                throw new Problem(ProblemCode.FORBIDDEN, "This needs the role of " + who + ".");
        };
    }

    private Caller caller(HttpServletRequest request, @Nullable String registration) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                throw unauthenticated();
            }
            return verify(authorization.substring(BEARER.length()).strip());
        }
        Optional<String> registrants =
                registration == null ? Optional.empty() : cookie(request, "registration-" + registration);
        String token = registrants.or(() -> cookie(request, "staff")).orElseThrow(Access::unauthenticated);
        Caller caller = verify(token);
        if (writes(request) && !comesFromUs(request)) {
            throw new Problem(ProblemCode.FORBIDDEN, "This page is not allowed to act for you.");
        }
        return caller;
    }

    private Caller verify(String token) {
        return switch ((int) token.chars().filter(c -> c == '.').count()) {
            case 2 -> staffTokens.verify(token).orElseThrow(Access::unauthenticated);
            case 4 -> contact(accessTokens.verify(token).orElseThrow(Access::unauthenticated));
            default -> throw unauthenticated();
        };
    }

    /** Payments are the contact's business: an attendee's own token does not open them. */
    private static Caller contact(AccessTokens.Token token) {
        if (token.attendee() != null) {
            throw new Problem(ProblemCode.FORBIDDEN, "Only the registration's contact can see and pay this.");
        }
        return new Caller.Contact(token.registration());
    }

    private static boolean writes(HttpServletRequest request) {
        return !request.getMethod().equals("GET") && !request.getMethod().equals("HEAD");
    }

    private boolean comesFromUs(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return origin.equals(publicUrl);
        }
        String referer = request.getHeader(HttpHeaders.REFERER);
        return referer != null && (referer.equals(publicUrl) || referer.startsWith(publicUrl + "/"));
    }

    private static Optional<String> cookie(HttpServletRequest request, String name) {
        if (request.getCookies() == null) {
            return Optional.empty();
        }
        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals(name)) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<UUID> id(String text) {
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Problem unauthenticated() {
        return new Problem(ProblemCode.UNAUTHENTICATED, "A valid token is needed.");
    }
}
