package org.openingminute.gateway.request;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The token that a request bears, good or not: that of its header, or the cookie of the registration in its path, or that of staff. */
public final class Credential {

    private static final String BEARER = "Bearer ";
    private static final Pattern REGISTRATION =
            Pattern.compile("/(?:api/)?(?:registrations|payments)/(?<id>[A-Za-z0-9-]+)(?:/.*)?");
    /** A path that services read as we do, with the id as it is in the cookie's name. */
    private static final Pattern CANONICAL = Pattern.compile(
            "/(?:api/)?(?:registrations|payments)/" + "(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/.*)?");

    private static final Pattern OF_STAFF = Pattern.compile("/api/(?:admin|ops)/.*");
    /** The name of their cookie, and of none that goes on, as that of their device. */
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
     * Whether a request bears no more than one token that its service may take. The names of cookies are looked for anywhere, because
     * another parser may find one where ours does not, and where the path is not plain those of all registrations count; where staff alone
     * are let in, none does.
     */
    public static boolean isOnlyOne(ServerHttpRequest request) {
        List<String> headers = request.getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION);
        if (!headers.isEmpty()) {
            return headers.size() == 1;
        }
        String path = request.getURI().getRawPath();
        Matcher canonical = CANONICAL.matcher(path);
        String registration = OF_STAFF.matcher(path).matches() || StaffPaths.isOfDesk(path)
                ? ""
                : "|registration-" + (canonical.matches() ? canonical.group("id") : "");
        return request.getHeaders().getOrEmpty(HttpHeaders.COOKIE).stream()
                        .flatMap(header -> Pattern.compile(STAFF + registration)
                                .matcher(header)
                                .results())
                        .limit(2)
                        .count()
                == 1;
    }
}
