package org.openingminute.gateway.cache;

import java.time.Duration;
import java.util.List;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.http.MediaType;

/**
 * What a route declares about its reads, which are the same for everyone. Immutable.
 *
 * @param route the route's name in the log and in metrics
 * @param parameters the query parameters on which the answer depends; the service receives no others
 * @param fresh how long an answer may be used without asking the service, at most; its own {@code max-age} may be shorter
 * @param stale the maximum age of an answer when it is sent, even while the service fails
 */
record CacheableRead(String route, Kind kind, List<String> parameters, Duration fresh, Duration stale) {

    /** The maximum age of pages and definitions while their service is unavailable, as the HTTP contract promises. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** @throws CannotStart if {@code fresh} and {@code stale} contradict each other or exceed the maximum */
    CacheableRead {
        if (fresh.isNegative() || fresh.compareTo(stale) > 0 || stale.compareTo(LONGEST) > 0) {
            throw new CannotStart("of Cache, fresh is not from 0 to stale, or stale is above 5 minutes");
        }
        parameters = List.copyOf(parameters);
    }

    /** The kind of the content. */
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

    /** Whether an answer may be sent although the service fails. */
    boolean outlivesItsService() {
        return stale.compareTo(fresh) > 0;
    }
}
