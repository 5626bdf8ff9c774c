package org.openingminute.gateway.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What a route says of a read that is the same for everyone.
 *
 * @param route the name in the log and in metrics
 * @param parameters the names on which the answer depends; it must not depend on others
 * @param accepts what a client must accept
 * @param byLanguage whether the answer depends on the reader's language
 * @param fresh how long an answer is used without asking, at most: its own {@code max-age} may be shorter
 * @param stale how old an answer may be when it is given, also while its service fails
 */
record CacheableRead(
        String route,
        List<Path> paths,
        List<String> parameters,
        MediaType accepts,
        boolean byLanguage,
        Duration fresh,
        Duration stale) {

    /** A service's view of what is left is up to a second old, and two seconds are promised. */
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    /** The contract: so old pages and definitions may be while their service is away. */
    private static final Duration WHILE_AWAY = Duration.ofMinutes(5);

    private static final Duration OF_KEYS = Duration.ofSeconds(10);
    private static final Duration OF_FILES = Duration.ofMinutes(1);

    /** The reads of all routes; the first that matches counts. */
    static final List<CacheableRead> ALL = List.of(
            page("registration", "/", "/conferences/{slug}"),
            json("registration", A_SECOND, A_SECOND, "/api/conferences/{slug}/availability"),
            json("registration", A_SECOND, WHILE_AWAY, "/api/conferences/{slug}"),
            json("registration", A_SECOND, WHILE_AWAY, "/api/conferences").by("limit", "after"),
            json("registration", OF_KEYS, WHILE_AWAY, "/.well-known/ticket-keys"),
            json("/.well-known/jwks.json", OF_KEYS, OF_KEYS, "/.well-known/jwks.json"),
            files("/assets/gateway/{name}", "/assets/gateway/{name}"),
            files("registration", "/assets/**"));

    /**
     * A path, or many.
     *
     * @param fixed with which all begin
     */
    record Path(String fixed, PathPattern pattern) {

        static Path of(String pattern) {
            return new Path(pattern.split("[{*]", 2)[0], PathPatternParser.defaultInstance.parse(pattern));
        }

        boolean matches(String path) {
            return path.startsWith(fixed)
                    && (path.equals(pattern.getPatternString()) || pattern.matches(PathContainer.parsePath(path)));
        }
    }

    private static CacheableRead page(String route, String... paths) {
        return new CacheableRead(route, at(paths), List.of(), MediaType.TEXT_HTML, true, A_SECOND, WHILE_AWAY);
    }

    private static CacheableRead json(String route, Duration fresh, Duration stale, String... paths) {
        return new CacheableRead(route, at(paths), List.of(), MediaType.APPLICATION_JSON, false, fresh, stale);
    }

    private static CacheableRead files(String route, String... paths) {
        return new CacheableRead(route, at(paths), List.of(), MediaType.ALL, false, OF_FILES, WHILE_AWAY);
    }

    private static List<Path> at(String... patterns) {
        return Arrays.stream(patterns).map(Path::of).toList();
    }

    private CacheableRead by(String... names) {
        return new CacheableRead(route, paths, List.of(names), accepts, byLanguage, fresh, stale);
    }

    boolean isAt(String path) {
        return paths.stream().anyMatch(one -> one.matches(path));
    }

    /** Whether an answer may be given although its service fails. */
    boolean outlivesItsService() {
        return stale.compareTo(fresh) > 0;
    }
}
