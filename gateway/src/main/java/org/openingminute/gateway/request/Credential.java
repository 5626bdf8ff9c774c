package org.openingminute.gateway.request;

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
}
