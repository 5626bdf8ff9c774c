package org.openingminute.notification.caller;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Finds out who is calling and whether they may. A token in the header goes before one in a cookie; a write by cookie needs
 * to come from our own pages. Safe for all threads.
 */
@Component
public class Callers {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String BEARER = "bearer ";

    private final AccessTokens accessTokens;
    private final StaffTokens staffTokens;
    private final String publicUrl;

    Callers(AccessTokens accessTokens, StaffTokens staffTokens, NotificationSettings settings) {
        this.accessTokens = accessTokens;
        this.staffTokens = staffTokens;
        this.publicUrl = settings.publicUrl();
    }

    /**
     * An organiser.
     *
     * @throws ApiProblem {@code unauthenticated} for nobody, {@code forbidden} for others
     */
    public StaffMember organiser(HttpServletRequest request) {
        return switch (caller(request, null)) {
            case StaffMember staff when staff.isOrganiser() -> staff;
            case StaffMember ignored -> throw forbidden("This needs the role organiser.");
            case Registrant ignored -> throw forbidden("This needs the role organiser.");
        };
    }

    /**
     * An operator.
     *
     * @throws ApiProblem {@code unauthenticated} for nobody, {@code forbidden} for others
     */
    public StaffMember operator(HttpServletRequest request) {
        return switch (caller(request, null)) {
            case StaffMember staff when staff.isOperator() -> staff;
            case StaffMember ignored -> throw forbidden("This needs the role operator.");
            case Registrant ignored -> throw forbidden("This needs the role operator.");
        };
    }

    /**
     * The contact of a registration, or any of the staff.
     *
     * @param registration as it stands in the path
     * @throws ApiProblem {@code unauthenticated} for nobody, {@code forbidden} for others
     */
    public Caller contactOrStaff(HttpServletRequest request, String registration) {
        return switch (caller(request, registration)) {
            case StaffMember staff when !staff.roles().isEmpty() -> staff;
            case StaffMember ignored -> throw forbidden("This needs a role.");
            case Registrant registrant when isOf(registrant, registration) -> registrant;
            case Registrant ignored -> throw forbidden("This access token does not open it.");
        };
    }

    /**
     * Whom an attendee's documents are for: the attendee, the contact of the registration, or an organiser.
     *
     * @param registration as it stands in the path
     * @param attendee as it stands in the path
     * @throws ApiProblem {@code unauthenticated} for nobody, {@code forbidden} for others
     */
    public Caller attendeeOrOrganiser(HttpServletRequest request, String registration, String attendee) {
        return switch (caller(request, registration)) {
            case StaffMember staff when staff.isOrganiser() -> staff;
            case StaffMember ignored -> throw forbidden("This needs the role organiser.");
            case Registrant registrant
            when isOf(registrant, registration) || isAttendee(registrant, registration, attendee) -> registrant;
            case Registrant ignored -> throw forbidden("This access token does not open it.");
        };
    }

    private static boolean isAttendee(Registrant registrant, String registration, String attendee) {
        return registrant.attendee() != null
                && registrant.registration().toString().equals(registration)
                && registrant.attendee().toString().equals(attendee);
    }

    private static boolean isOf(Registrant registrant, String registration) {
        return registrant.attendee() == null
                && registrant.registration().toString().equals(registration);
    }

    private Caller caller(HttpServletRequest request, @Nullable String registration) {
        @Nullable String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                throw unauthenticated();
            }
            return verified(authorization.substring(BEARER.length()).strip());
        }
        String token = cookie(request, registration == null ? "staff" : "registration-" + registration)
                .or(() -> cookie(request, "staff"))
                .orElseThrow(Callers::unauthenticated);
        Caller caller = verified(token);
        if (!READS.contains(request.getMethod()) && !comesFromOurPages(request)) {
            throw forbidden("A write by cookie needs the Origin of our own pages.");
        }
        return caller;
    }

    private Caller verified(String token) {
        long dots = token.chars().filter(c -> c == '.').count();
        Optional<? extends Caller> caller =
                dots == 2 ? staffTokens.verify(token) : dots == 4 ? accessTokens.verify(token) : Optional.empty();
        return caller.orElseThrow(Callers::unauthenticated);
    }

    private boolean comesFromOurPages(HttpServletRequest request) {
        @Nullable String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return origin.equals(publicUrl);
        }
        @Nullable String referer = request.getHeader(HttpHeaders.REFERER);
        return referer != null && (referer.equals(publicUrl) || referer.startsWith(publicUrl + "/"));
    }

    private static Optional<String> cookie(HttpServletRequest request, String name) {
        Cookie @Nullable [] cookies = request.getCookies();
        if (cookies == null) {
            return Optional.empty();
        }
        for (Cookie cookie : cookies) {
            if (cookie.getName().equals(name)) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    /** The registration that a path names; asked after who is calling. */
    public static Optional<UUID> id(String fromPath) {
        try {
            UUID id = UUID.fromString(fromPath);
            return id.toString().equals(fromPath) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What a token that is none, or has ended, is answered. */
    public static ApiProblem unauthenticated() {
        return new ApiProblem(ProblemCode.UNAUTHENTICATED, "A valid token is needed.");
    }

    private static ApiProblem forbidden(String why) {
        return new ApiProblem(ProblemCode.FORBIDDEN, why);
    }
}
