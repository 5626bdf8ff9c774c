package org.openingminute.notification.projection;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Caches conferences by revision. Statements that name a conference also return its revision. */
@Component
public class ConferenceCache {

    private record Cached(long revision, Conference conference) {}

    private final ProjectionRepository projections;
    private final Map<String, Cached> newest = new ConcurrentHashMap<>();

    ConferenceCache(ProjectionRepository projections) {
        this.projections = projections;
    }

    /**
     * Returns a conference; empty if its definition was not received yet.
     *
     * @param revision as just read; {@code null} if there is none
     */
    public Optional<Conference> find(String slug, @Nullable Long revision) {
        if (revision == null) {
            return Optional.empty();
        }
        @Nullable Cached cached = newest.get(slug);
        if (cached != null && cached.revision() == revision) {
            return Optional.of(cached.conference());
        }
        Optional<Conference> found = projections.findConference(slug);
        found.ifPresent(conference -> newest.put(slug, new Cached(revision, conference)));
        return found;
    }
}
