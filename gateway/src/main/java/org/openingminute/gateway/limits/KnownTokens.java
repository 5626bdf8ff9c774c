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
 * Tokens that are known to be valid. Only a service can tell: a token is known once a call that requires a valid one has succeeded with it.
 * Until then it is ignored, because a client that invents tokens would otherwise get a bucket for each. The tokens of a registration that
 * was just created are an exception: they share one bucket, so that its contact can continue at once. Thread-safe.
 */
final class KnownTokens {

    /** The lifetime of a staff token. A token that is revoked meanwhile keeps its bucket; the service refuses it. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(15);

    private static final int KNOWN_AT_MOST = 200_000;
    /** The form of access tokens and of staff tokens: parts between dots, matched without backtracking. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]++(?:\\.[A-Za-z0-9_-]++)++");

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
     * The key by which the calls with a token are counted: its signed part, because a signature can be written in several ways, or its
     * registration. Empty if the token is not known to be valid.
     */
    Optional<String> countedBy(String token) {
        if (tokens.getIfPresent(token) != null) {
            return Optional.of(token.substring(0, token.lastIndexOf('.')));
        }
        return AccessTokens.isOfTheirForm(token)
                ? Optional.of(token.split("\\.", 3)[1]).filter(id -> registrations.getIfPresent(id) != null)
                : Optional.empty();
    }

    /** Called when a call that requires a valid token was answered. */
    void onAnswered(String token, @Nullable HttpStatusCode status) {
        boolean good = status != null && (status.is2xxSuccessful() || HttpStatus.NOT_MODIFIED.equals(status));
        // A service may ignore a text that does not have the form of a token, and use another cookie instead.
        if (good && (tokens.getIfPresent(token) != null || TOKEN.matcher(token).matches())) {
            tokens.put(token, true);
        }
    }

    /** Called when a registration call was answered; a successful answer contains the new registration's location. */
    void onCreated(HttpHeaders answer) {
        @Nullable String location = answer.getFirst(HttpHeaders.LOCATION);
        Matcher registration = REGISTRATION.matcher(location == null ? "" : location);
        if (registration.matches()) {
            registrations.put(registration.group(1), true);
        }
    }
}
