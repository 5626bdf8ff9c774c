package org.openingminute.registration.admission;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.DefinitionReader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** Caches conferences as they are in force. A definition is read again only if its revision has changed. */
@Repository
public class ConferenceCache {

    /** Longer than the refusal cache keeps a sale, because the polls of that cache renew this one as well. */
    private static final Duration FRESH = Duration.ofMillis(1_500);

    private final JdbcClient jdbc;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** A conference and when it was read, by {@link System#nanoTime}. */
    private record Known(Conference conference, long readAt) {

        boolean fresh() {
            return System.nanoTime() - readAt < FRESH.toNanos();
        }
    }

    public ConferenceCache(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the conference; another instance's change shows within 1.5 s, this instance's change at once. */
    public Optional<Conference> find(String slug) {
        @Nullable Known last = known.get(slug);
        if (last == null) {
            return current(slug);
        }
        if (last.fresh()) {
            return Optional.of(last.conference());
        }
        // One caller reads for all callers that found the entry outdated.
        synchronized (last) {
            @Nullable Known now = known.get(slug);
            return now != null && now.fresh() ? Optional.of(now.conference()) : current(slug);
        }
    }

    /** Returns the current conference: reads its revision, and its definition only if the revision has changed. */
    public Optional<Conference> current(String slug) {
        long readAt = System.nanoTime();
        return jdbc.sql("select revision from conference where slug = ?")
                .param(slug)
                .query(Long.class)
                .optional()
                .flatMap(revision -> at(slug, revision, readAt));
    }

    /** Returns the conference of a revision that the caller has just read. */
    public Optional<Conference> at(String slug, long revision) {
        return at(slug, revision, System.nanoTime());
    }

    private Optional<Conference> at(String slug, long revision, long readAt) {
        @Nullable Known last = known.get(slug);
        if (last != null && last.conference().revision() == revision) {
            cache(new Known(last.conference(), readAt));
            return Optional.of(last.conference());
        }
        Optional<Conference> read = jdbc.sql("""
                select slug, revision, definition, sale_state, sale_message from conference where slug = ?
                """)
                .param(slug)
                .query((rs, row) -> {
                    JsonNode source = Documents.tree(rs.getString("definition"));
                    return new Conference(
                            rs.getString("slug"),
                            rs.getLong("revision"),
                            definition(source, slug),
                            source,
                            rs.getString("sale_state").equals("open"),
                            rs.getString("sale_message"));
                })
                .optional();
        read.ifPresent(conference -> cache(new Known(conference, readAt)));
        return read;
    }

    /** Caches a conference that a batch has changed, once it is committed. */
    public void changed(Conference conference) {
        cache(new Known(conference, System.nanoTime()));
    }

    /** Caches a conference. A read that began before a change and returns after it does not replace the newer revision. */
    private void cache(Known read) {
        known.merge(
                read.conference().slug(),
                read,
                (before, now) -> before.readAt() > now.readAt()
                                && before.conference().revision()
                                        > now.conference().revision()
                        ? before
                        : now);
    }

    /** Returns the slugs of all conferences, in order. */
    public List<String> slugs() {
        return jdbc.sql("select slug from conference order by slug")
                .query((rs, row) -> rs.getString("slug"))
                .list();
    }

    /** Saves the conference inside the batch's transaction. */
    public void save(Conference conference) {
        jdbc.sql("""
                insert into conference (slug, revision, definition, sale_state, sale_message)
                values (?, ?, ?::json, ?, ?)
                on conflict (slug) do update
                   set revision = excluded.revision, definition = excluded.definition, sale_state = excluded.sale_state,
                       sale_message = excluded.sale_message, changed_at = clock_timestamp(),
                       notices_due_at = '-infinity'
                """)
                .param(conference.slug())
                .param(conference.revision())
                .param(conference.source().toString())
                .param(conference.open() ? "open" : "paused")
                .param(conference.saleMessage())
                .update();
    }

    private static Definition definition(JsonNode source, String slug) {
        return switch (DefinitionReader.readStored(source, slug)) {
            case DefinitionReader.ReadDefinition.Ok(Definition definition) -> definition;
            case DefinitionReader.ReadDefinition.Wrong wrong ->
                throw new IllegalStateException("the stored definition of " + slug + " cannot be read: " + wrong);
        };
    }
}
