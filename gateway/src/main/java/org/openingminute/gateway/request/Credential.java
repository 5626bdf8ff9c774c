package org.openingminute.gateway.request;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Finds the token that a request carries, valid or not: the one in the header, otherwise the cookie of the registration in the path,
 * otherwise the cookie of staff.
 */
public final class Credential {

    private static final String BEARER = "Bearer ";
    private static final Pattern REGISTRATION =
            Pattern.compile("/(?:api/)?(?:registrations|payments)/(?<id>[A-Za-z0-9-]+)(?:/.*)?");
    /** A path that services parse as the gateway does; the id is written as in the cookie's name. */
    private static final Pattern CANONICAL = Pattern.compile(
            "/(?:api/)?(?:registrations|payments)/" + "(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/.*)?");

    /** Matches the name of the staff cookie but not longer names, such as that of the device cookie. */
    private static final String STAFF = "staff(?!-)";

    private Credential() {}

    public static Optional<String> of(ServerHttpRequest request) {
        @Nullable String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? Optional.of(header.substring(BEARER.length()).strip())
                    : Optional.empty();
        }
        if (!request.getHeaders().containsHeader(HttpHeaders.COOKIE)) {
            return Optional.empty();
        }
        Matcher path = REGISTRATION.matcher(request.getURI().getRawPath());
        return (path.matches()
                        ? RequestCookies.first(request, "registration-" + path.group("id"))
                        : Optional.<String>empty())
                .or(() -> RequestCookies.first(request, "__Host-staff"))
                .or(() -> RequestCookies.first(request, "staff"));
    }

    /**
     * Whether a request carries exactly one token that its service could use. Cookie names are searched anywhere in the header, because
     * another parser may find a cookie where ours does not. If the path is not canonical, the cookies of all registrations count; for a
     * path that only staff may use, none does.
     */
    public static boolean isOnlyOne(ServerHttpRequest request) {
        List<String> headers = request.getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION);
        if (!headers.isEmpty()) {
            return headers.size() == 1;
        }
        String path = request.getURI().getRawPath();
        Matcher canonical = CANONICAL.matcher(path);
        String registration =
                isForStaffAlone(path) ? "" : "|registration-" + (canonical.matches() ? canonical.group("id") : "");
        return request.getHeaders().getOrEmpty(HttpHeaders.COOKIE).stream()
                        .flatMap(header -> Pattern.compile(STAFF + registration)
                                .matcher(header)
                                .results())
                        .limit(2)
                        .count()
                == 1;
    }

    private static boolean isForStaffAlone(String path) {
        return path.startsWith("/api/admin/") || path.startsWith("/api/ops/") || StaffPaths.isOfDesk(path);
    }
}
