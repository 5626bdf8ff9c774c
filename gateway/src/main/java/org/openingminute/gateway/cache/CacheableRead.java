package org.openingminute.gateway.cache;

import java.time.Duration;
import java.util.List;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.http.MediaType;

/**
 * What a route says of its reads, which are the same for everyone.
 *
 * @param route the name in the log and in metrics
 * @param parameters the names on which the answer depends; the service sees no others
 * @param fresh how long an answer is used without asking, at most: its own {@code max-age} may be shorter
 * @param stale how old an answer may be when it is given, also while its service fails
 */
record CacheableRead(String route, Kind kind, List<String> parameters, Duration fresh, Duration stale) {

    /** The contract: so old pages and definitions may be while their service is away. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** @throws CannotStart if the times cannot be kept */
    CacheableRead {
        if (fresh.isNegative() || fresh.compareTo(stale) > 0 || stale.compareTo(LONGEST) > 0) {
            throw new CannotStart("of Cache, fresh is not from 0 to stale, or stale is above 5 minutes");
        }
        parameters = List.copyOf(parameters);
    }

    /** What is read. */
    enum Kind {
        /** A page of the website, in the reader's language. */
        PAGE(MediaType.TEXT_HTML_VALUE),
        JSON(MediaType.APPLICATION_JSON_VALUE),
        FILE(MediaType.ALL_VALUE);

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        /** The media type that a client must accept. */
        String type() {
            return type;
        }
    }

    boolean byLanguage() {
        return kind == Kind.PAGE;
    }

    /** Whether an answer may be given although its service fails. */
    boolean outlivesItsService() {
        return stale.compareTo(fresh) > 0;
    }
}
