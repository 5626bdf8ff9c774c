package org.openingminute.registration.registrations;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads registrations; only the batches of the admission package write them. */
@Repository
public class RegistrationRepository {

    /**
     * An application event: something about these registrations has changed that none of their own events reports. It is published in the
     * transaction of the change, if there is one, and its listeners run synchronously.
     */
    public record UnpublishedChange(Set<UUID> registrations) {

        public UnpublishedChange {
            registrations = Set.copyOf(registrations);
        }
    }

    private final JdbcClient jdbc;

    RegistrationRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Registration> find(UUID id) {
        return jdbc.sql("select document from registration where id = ?")
                .param(id)
                .query((rs, row) -> Documents.registration(rs.getString("document")))
                .optional();
    }

    /** Returns the conferences of registrations by id; unknown ids are left out. */
    Map<UUID, String> conferencesOf(Collection<UUID> ids) {
        Map<UUID, String> found = new HashMap<>();
        jdbc.sql("select id, conference from registration where id = any(?)")
                .param(ids.toArray(UUID[]::new))
                .query(row -> {
                    found.put(row.getObject("id", UUID.class), row.getString("conference"));
                });
        return found;
    }

    /** Returns the revisions of registrations by id; unknown ids are left out. */
    Map<UUID, Long> revisions(Collection<UUID> ids) {
        Map<UUID, Long> found = new HashMap<>();
        jdbc.sql("select id, revision from registration where id = any(?)")
                .param(ids.toArray(UUID[]::new))
                .query(row -> {
                    found.put(row.getObject("id", UUID.class), row.getLong("revision"));
                });
        return found;
    }

    /** A registration whose document has not been parsed yet. */
    record Unparsed(UUID id, long revision, String document) {

        Registration parse() {
            return Documents.registration(document);
        }
    }

    /** Returns the registrations with these ids; unknown ids are left out. */
    List<Unparsed> findAll(Collection<UUID> ids) {
        return jdbc.sql("select id, revision, document from registration where id = any(?)")
                .param(ids.toArray(UUID[]::new))
                .query((rs, _) ->
                        new Unparsed(rs.getObject("id", UUID.class), rs.getLong("revision"), rs.getString("document")))
                .list();
    }

    /** A hold whose end has passed. */
    record EndedHold(UUID id, String conference) {}

    /**
     * Returns holds that ended at least {@code ago} before now, by the database's clock, which also decides in the batches: a machine with
     * a wrong clock ends no hold early or late.
     */
    List<EndedHold> endedHolds(Duration ago, boolean withSomethingToPay, int limit) {
        return jdbc.sql("""
                select id, conference from registration
                 where hold_expires_at <= statement_timestamp() - ? * interval '1 millisecond'
                           + coalesce((select offset_millis from rehearsal_clock), 0) * interval '1 millisecond'
                   and (? or status <> 'pending-payment')
                 order by hold_expires_at
                 limit ?
                """)
                .param(ago.toMillis())
                .param(withSomethingToPay)
                .param(limit)
                .query((rs, row) -> new EndedHold(rs.getObject("id", UUID.class), rs.getString("conference")))
                .list();
    }
}
