package org.openingminute.gateway.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Finds by path the reads that are the same for everyone: those of the gateway itself, and those that a route declares with {@code Cache}.
 * The first route that may match a path decides. The reads of a route with predicates other than path and method cannot be cached, because
 * the path alone does not tell whether the route matches. Thread-safe.
 */
@Component
final class PublicReads {

    private static final String PATH = "Path";
    private static final String NOT_PATH = "NotPath";
    private static final String METHOD = "Method";

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration OF_KEYS = Duration.ofSeconds(10);
    private static final Duration OF_FILES = Duration.ofMinutes(1);

    private final List<OwnRead> own = List.of(
            own(Kind.JSON, OF_KEYS, OF_KEYS, "/.well-known/jwks.json"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/assets/gateway/{name}"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/assets/ui/{file}"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/favicon.ico"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/api/docs"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/api/asyncapi.yaml"),
            own(Kind.FILE, OF_FILES, CacheableRead.LONGEST, "/api/schemas/{name}"),
            own(Kind.JSON, SOON, CacheableRead.LONGEST, "/api/openapi.json"));
    private final List<Candidate> candidates;
    private final Map<String, CacheableRead> declared = new ConcurrentHashMap<>();

    @Autowired
    PublicReads(RouteDefinitionLocator routes) {
        this(routes.getRouteDefinitions().toStream().toList());
    }

    PublicReads(List<RouteDefinition> routes) {
        candidates = routes.stream()
                .sorted(Comparator.comparingInt(RouteDefinition::getOrder))
                .map(Candidate::of)
                .filter(Candidate::hasReads)
                .toList();
    }

    /** A public read that the gateway answers itself. */
    private record OwnRead(Path path, CacheableRead read) {}

    private static OwnRead own(Kind kind, Duration fresh, Duration stale, String path) {
        return new OwnRead(Path.of(path), new CacheableRead(path, kind, List.of(), fresh, stale));
    }

    /**
     * A path or a pattern of paths.
     *
     * @param fixed the prefix with which all matching paths begin, for a fast check
     */
    private record Path(String fixed, PathPattern pattern) {

        static Path of(String pattern) {
            return new Path(pattern.split("[{*?]", 2)[0], PathPatternParser.defaultInstance.parse(pattern));
        }

        boolean matches(String path) {
            return path.startsWith(fixed)
                    && (path.equals(pattern.getPatternString()) || pattern.matches(PathContainer.parsePath(path)));
        }
    }

    /**
     * A route that may match public reads.
     *
     * @param paths the paths that the route accepts; empty if it accepts all
     * @param isCertain whether path and method alone decide that the route matches
     */
    private record Candidate(String route, List<Path> paths, List<Path> others, boolean hasReads, boolean isCertain) {

        static Candidate of(RouteDefinition route) {
            return new Candidate(
                    String.valueOf(route.getId()),
                    valuesOf(route, PATH)
                            .filter(Candidate::isPath)
                            .map(Path::of)
                            .toList(),
                    valuesOf(route, NOT_PATH)
                            .filter(Candidate::isPath)
                            .map(Path::of)
                            .toList(),
                    valuesOf(route, METHOD).findAny().isEmpty()
                            || valuesOf(route, METHOD).anyMatch("GET"::equals),
                    route.getPredicates().stream()
                            .map(PredicateDefinition::getName)
                            .allMatch(List.of(PATH, NOT_PATH, METHOD)::contains));
        }

        /** Predicates on paths have other arguments, too, such as flags; a path begins with a slash. */
        private static boolean isPath(String value) {
            return value.startsWith("/");
        }

        private static Stream<String> valuesOf(RouteDefinition route, String predicate) {
            return route.getPredicates().stream()
                    .filter(one -> predicate.equals(one.getName()))
                    .flatMap(one -> one.getArgs().values().stream())
                    .flatMap(values -> Arrays.stream(values.split(",")))
                    .map(String::strip);
        }

        boolean mayTake(String path) {
            return (paths.isEmpty() || matches(paths, path)) && !matches(others, path);
        }

        private static boolean matches(List<Path> paths, String path) {
            for (Path one : paths) {
                if (one.matches(path)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Registers the declaration of a route.
     *
     * @throws CannotStart if the route's reads cannot be cached
     */
    void declare(CacheableRead read) {
        candidates.stream()
                .filter(one -> one.route().equals(read.route()) && !one.isCertain())
                .findAny()
                .ifPresent(_ -> {
                    throw new CannotStart("Cache needs a route that path and method alone choose");
                });
        declared.put(read.route(), read);
    }

    /** The public read at a path; {@code null} if the answer may be private to its caller. */
    @Nullable
    CacheableRead at(String path) {
        for (OwnRead one : own) {
            if (one.path().matches(path)) {
                return one.read();
            }
        }
        for (Candidate one : candidates) {
            if (one.mayTake(path)) {
                return declared.get(one.route());
            }
        }
        return null;
    }
}
