package org.openingminute.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * The tokens that are good. Only a service can tell: a token is known once a call that needs one was answered well with it. Until then
 * it counts for nothing, or a client that makes up tokens would have a bucket for each; only the tokens of a registration that was just
 * made have one together, so that its maker goes on at once. Thread-safe.
 */
final class KnownTokens {

    /** As long as a staff token is good. One that ends meanwhile keeps its bucket, and its service refuses it. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(15);

    private static final int KNOWN_AT_MOST = 200_000;
    /** The form of registrants' and of staff's. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.-]+\\.[A-Za-z0-9_-]+");

    private static final Pattern REGISTRATION =
            Pattern.compile(".*/registrations/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?].*)?");

    private final Cache<String, Boolean> tokens = cache();
    private final Cache<String, Boolean> registrations = cache();

    private static Cache<String, Boolean> cache() {
        return Caffeine.newBuilder()
                .expireAfterWrite(KNOWN_FOR)
                .maximumSize(KNOWN_AT_MOST)
                .build();
    }

    /**
     * What a token is counted by: what is signed of it, because a signature can be written in several ways, or its registration; empty if
     * nobody has said that it is good.
     */
    Optional<String> countedBy(String token) {
        if (tokens.getIfPresent(token) != null) {
            return Optional.of(token.substring(0, token.lastIndexOf('.')));
        }
        return AccessTokens.isOfTheirForm(token)
                ? Optional.of(token.split("\\.", 3)[1]).filter(id -> registrations.getIfPresent(id) != null)
                : Optional.empty();
    }

    /** A token was sent with a call that needs one. */
    void answered(String token, @Nullable HttpStatusCode status) {
        boolean good = status != null && (status.is2xxSuccessful() || HttpStatus.NOT_MODIFIED.equals(status));
        // A service may read past what has not the form of a token, and take another cookie.
        if (good && TOKEN.matcher(token).matches()) {
            tokens.put(token, true);
        }
    }

    /** A call was answered that makes a registration where it succeeds, and then says where that is. */
    void made(HttpHeaders answer) {
        @Nullable String location = answer.getFirst(HttpHeaders.LOCATION);
        Matcher registration = REGISTRATION.matcher(location == null ? "" : location);
        if (registration.matches()) {
            registrations.put(registration.group(1), true);
        }
    }
}
