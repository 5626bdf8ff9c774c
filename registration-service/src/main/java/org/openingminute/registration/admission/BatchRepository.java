package org.openingminute.registration.admission;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Ids;
import org.openingminute.messaging.OrderLock;
import org.openingminute.messaging.OrderLocks;
import org.openingminute.messaging.Outbox;
import org.openingminute.registration.decision.BodyHash;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.form.Addresses;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/**
 * Reads and writes what a batch needs, a few statements whatever the batch's size. Everything but {@link #ensureInventory}
 * runs inside the batch's transaction.
 */
@Repository
class BatchRepository {

    private final JdbcClient jdbc;
    private final OrderLocks orderLocks;
    private final Outbox outbox;
    private final ConferenceRepository conferences;
    private final Ids ids;

    BatchRepository(JdbcClient jdbc, OrderLocks orderLocks, Outbox outbox, ConferenceRepository conferences, Ids ids) {
        this.jdbc = jdbc;
        this.orderLocks = orderLocks;
        this.outbox = outbox;
        this.conferences = conferences;
        this.ids = ids;
    }

    /** Makes the row that batches lock, in a transaction of its own: the lock comes before a batch's first write. */
    void ensureInventory(String conference) {
        jdbc.sql("insert into inventory (conference) values (?) on conflict do nothing")
                .param(conference)
                .update();
    }

    /**
     * Locks the conference's inventory row, by a statement that does nothing else: one that locked and read would see the row
     * new and the rest old. A batch that is paused ends by itself, on the server, and does not hold up the others.
     */
    OrderLock lock(String conference) {
        // The connection's own limit is running already, and a running one is not changed: it is stopped first.
        jdbc.sql("""
                select set_config('lock_timeout', '1s', true),
                       set_config('transaction_timeout', '0', true),
                       set_config('transaction_timeout', '2s', true)
                """).query().listOfRows();
        return orderLocks.take("select 1 from inventory where conference = ? for update", conference);
    }

    /** Business time, from after the wait for the lock; it does not go back when the machine's clock does. */
    private record Time(Instant machine, Instant business, int nextReference) {}

    SaleState read(
            String conference,
            Collection<UUID> registrations,
            Collection<ScopedKey> keys,
            Collection<String> addresses) {
        Time time = jdbc.sql("""
                select machine, machine + coalesce((select offset_millis from rehearsal_clock), 0)
                                * interval '1 millisecond' as business, next_reference
                  from (select greatest(clock_timestamp(), judged_at) as machine, next_reference
                          from inventory where conference = ?) as judged
                """)
                .param(conference)
                .query((rs, row) -> new Time(
                        rs.getTimestamp("machine").toInstant(),
                        rs.getTimestamp("business").toInstant(),
                        rs.getInt("next_reference")))
                .single();
        return new SaleState(new SaleState.Read(
                time.business().truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                conferences.find(conference).orElse(null),
                quotas(conference),
                registrations(conference, registrations),
                keys(keys),
                addressesTaken(conference, addresses),
                time.nextReference()));
    }

    private Map<String, SaleState.Taken> quotas(String conference) {
        Map<String, SaleState.Taken> quotas = new HashMap<>();
        jdbc.sql("select code, held, sold from quota where conference = ?")
                .param(conference)
                .query(rs -> {
                    quotas.put(rs.getString("code"), new SaleState.Taken(rs.getInt("held"), rs.getInt("sold")));
                });
        return quotas;
    }

    private Map<UUID, Registration> registrations(String conference, Collection<UUID> ids) {
        Map<UUID, Registration> found = new HashMap<>();
        if (!ids.isEmpty()) {
            jdbc.sql("select document from registration where conference = ? and id = any(?)")
                    .param(conference)
                    .param(ids.toArray(UUID[]::new))
                    .query(rs -> {
                        Registration registration = Documents.registration(rs.getString("document"));
                        found.put(registration.id(), registration);
                    });
        }
        return found;
    }

    private Map<ScopedKey, SaleState.Remembered> keys(Collection<ScopedKey> keys) {
        Map<ScopedKey, SaleState.Remembered> found = new HashMap<>();
        if (!keys.isEmpty()) {
            jdbc.sql("""
                    select scope, key, body_hash, registration_id, status, answer
                      from idempotency
                     where (scope, key) in (select * from unnest(?::text[], ?::text[]))
                    """)
                    .param(keys.stream().map(ScopedKey::scope).toArray(String[]::new))
                    .param(keys.stream().map(ScopedKey::key).toArray(String[]::new))
                    .query(rs -> {
                        found.put(
                                new ScopedKey(rs.getString("scope"), rs.getString("key")),
                                new SaleState.Remembered(
                                        new BodyHash(rs.getString("body_hash")),
                                        rs.getObject("registration_id", UUID.class),
                                        rs.getInt("status"),
                                        Documents.tree(rs.getString("answer"))));
                    });
        }
        return found;
    }

    /** Which of the addresses have a live registration already. */
    private Set<String> addressesTaken(String conference, Collection<String> addresses) {
        if (addresses.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(jdbc.sql("""
                select distinct a.email
                  from attendee a join registration r on r.id = a.registration_id
                 where a.conference = ? and a.email = any(?)
                   and (r.status in ('pending-review', 'pending-payment', 'confirmed')
                        or (r.status = 'rejected' and r.hold_expires_at is not null))
                """)
                .param(conference)
                .param(addresses.toArray(String[]::new))
                .query((rs, row) -> rs.getString(1))
                .list());
    }

    /** Writes everything that the batch's decisions changed. */
    void write(String conference, OrderLock lock, SaleState sale) {
        if (sale.conferenceChanged() && sale.conference() != null) {
            conferences.save(sale.conference());
        }
        insertRegistrations(sale.created());
        updateRegistrations(sale.changed());
        insertAttendees(sale.created());
        writeQuotas(conference, sale.changedQuotas());
        insertKeys(sale.newKeys());
        insertTimeline(sale.timeline());
        sale.auditEntries().forEach(entry -> insertAudit(conference, sale.now(), entry));
        outbox.appendAll(lock, sale.messages());
        jdbc.sql("""
                update inventory set judged_at = greatest(clock_timestamp(), judged_at), next_reference = ?
                 where conference = ?
                """).param(sale.nextReference()).param(conference).update();
    }

    private void insertRegistrations(List<Registration> created) {
        if (created.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into registration (id, conference, reference, status, revision, hold_expires_at, captured, refunded,
                                          created_at, changed_at, document)
                select * from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::timestamptz[], ?::bigint[],
                                     ?::bigint[], ?::timestamptz[], ?::timestamptz[], ?::jsonb[])
                """)
                .param(array(created, Registration::id, UUID[]::new))
                .param(array(created, Registration::conference, String[]::new))
                .param(array(created, Registration::reference, String[]::new))
                .params(columns(created))
                .param(array(created, r -> r.createdAt().toString(), String[]::new))
                .param(array(created, r -> r.changedAt().toString(), String[]::new))
                .param(array(created, Documents::json, String[]::new))
                .update();
    }

    private void updateRegistrations(List<Registration> changed) {
        if (changed.isEmpty()) {
            return;
        }
        jdbc.sql("""
                update registration r
                   set status = c.status, revision = c.revision, hold_expires_at = c.hold_expires_at,
                       captured = c.captured, refunded = c.refunded, changed_at = c.changed_at, document = c.document
                  from unnest(?::uuid[], ?::text[], ?::bigint[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::timestamptz[],
                              ?::jsonb[])
                       as c (id, status, revision, hold_expires_at, captured, refunded, changed_at, document)
                 where r.id = c.id
                """)
                .param(array(changed, Registration::id, UUID[]::new))
                .params(columns(changed))
                .param(array(changed, r -> r.changedAt().toString(), String[]::new))
                .param(array(changed, Documents::json, String[]::new))
                .update();
    }

    private static List<Object> columns(List<Registration> registrations) {
        return List.of(
                array(registrations, r -> r.status().wireName(), String[]::new),
                array(registrations, Registration::revision, Long[]::new),
                array(
                        registrations,
                        r -> r.hold().expiresAt() == null
                                ? null
                                : r.hold().expiresAt().toString(),
                        String[]::new),
                array(registrations, r -> r.money().captured().amount(), Long[]::new),
                array(registrations, r -> r.money().refunded().amount(), Long[]::new));
    }

    private void insertAttendees(List<Registration> created) {
        record Row(Registration of, org.openingminute.registration.lifecycle.Attendee attendee) {}
        List<Row> rows = created.stream()
                .flatMap(r -> r.attendees().stream().map(a -> new Row(r, a)))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into attendee (id, registration_id, conference, email)
                select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[])
                """)
                .param(array(rows, row -> row.attendee().id(), UUID[]::new))
                .param(array(rows, row -> row.of().id(), UUID[]::new))
                .param(array(rows, row -> row.of().conference(), String[]::new))
                .param(array(rows, row -> Addresses.normal(row.attendee().email()), String[]::new))
                .update();
    }

    private void writeQuotas(String conference, Map<String, SaleState.Taken> changed) {
        if (changed.isEmpty()) {
            return;
        }
        List<Map.Entry<String, SaleState.Taken>> rows = List.copyOf(changed.entrySet());
        jdbc.sql("""
                insert into quota (conference, code, held, sold)
                select ?, * from unnest(?::text[], ?::integer[], ?::integer[])
                on conflict (conference, code) do update set held = excluded.held, sold = excluded.sold
                """)
                .param(conference)
                .param(array(rows, Map.Entry::getKey, String[]::new))
                .param(array(rows, row -> row.getValue().held(), Integer[]::new))
                .param(array(rows, row -> row.getValue().sold(), Integer[]::new))
                .update();
    }

    private void insertKeys(Map<ScopedKey, SaleState.Remembered> keys) {
        if (keys.isEmpty()) {
            return;
        }
        List<Map.Entry<ScopedKey, SaleState.Remembered>> rows = List.copyOf(keys.entrySet());
        jdbc.sql("""
                insert into idempotency (scope, key, body_hash, registration_id, status, answer)
                select * from unnest(?::text[], ?::text[], ?::text[], ?::uuid[], ?::integer[], ?::json[])
                """)
                .param(array(rows, row -> row.getKey().scope(), String[]::new))
                .param(array(rows, row -> row.getKey().key(), String[]::new))
                .param(array(rows, row -> row.getValue().bodyHash().hex(), String[]::new))
                .param(array(rows, row -> row.getValue().registration(), UUID[]::new))
                .param(array(rows, row -> row.getValue().status(), Integer[]::new))
                .param(array(rows, row -> row.getValue().answer().toString(), String[]::new))
                .update();
    }

    private void insertTimeline(List<SaleState.TimelineEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into timeline (registration_id, at, what, detail)
                select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[])
                """)
                .param(array(entries, SaleState.TimelineEntry::registration, UUID[]::new))
                .param(array(entries, entry -> entry.at().toString(), String[]::new))
                .param(array(entries, SaleState.TimelineEntry::what, String[]::new))
                .param(array(entries, SaleState.TimelineEntry::detail, String[]::new))
                .update();
    }

    private void insertAudit(String conference, Instant at, SaleState.AuditEntry entry) {
        jdbc.sql("""
                insert into audit (id, at, who, what, conference, registration_id, before, after, why)
                values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?)
                """)
                .param(ids.next())
                .param(Timestamp.from(at))
                .param(entry.who())
                .param(entry.what())
                .param(conference)
                .param(entry.registration())
                .param(text(entry.before()))
                .param(text(entry.after()))
                .param(entry.why())
                .update();
    }

    private static @Nullable String text(@Nullable JsonNode tree) {
        return Optional.ofNullable(tree).map(JsonNode::toString).orElse(null);
    }

    private static <R, T extends @Nullable Object> T[] array(
            List<R> rows, java.util.function.Function<R, T> column, java.util.function.IntFunction<T[]> array) {
        return rows.stream().map(column).toArray(array);
    }
}
