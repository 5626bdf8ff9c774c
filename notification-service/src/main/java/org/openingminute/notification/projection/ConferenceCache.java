package org.openingminute.notification.projection;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Conferences by their revisions, which the statements that name a conference return as well. */
@Component
public class ConferenceCache {

    private record Cached(long revision, Conference conference) {}

    private final ProjectionRepository projections;
    private final Map<String, Cached> newest = new ConcurrentHashMap<>();

    ConferenceCache(ProjectionRepository projections) {
        this.projections = projections;
    }

    /**
     * A conference; empty before its definition was received.
     *
     * @param revision as it was just read; {@code null} if there was none
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
