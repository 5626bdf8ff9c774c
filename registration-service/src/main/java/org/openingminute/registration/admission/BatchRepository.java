package org.openingminute.registration.admission;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.OrderLock;
import org.openingminute.messaging.OrderLocks;
import org.openingminute.messaging.Outbox;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.form.Addresses;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.quota.QuotaKey;
import org.openingminute.registration.quota.Stock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

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
    private final KeyRepository keys;

    BatchRepository(
            JdbcClient jdbc,
            OrderLocks orderLocks,
            Outbox outbox,
            ConferenceRepository conferences,
            KeyRepository keys) {
        this.jdbc = jdbc;
        this.orderLocks = orderLocks;
        this.outbox = outbox;
        this.conferences = conferences;
        this.keys = keys;
    }

    /** Makes the row that batches lock, in a transaction of its own: the lock comes before a batch's first write. */
    void ensureInventory(String conference) {
        jdbc.sql("insert into inventory (conference) values (?) on conflict do nothing")
                .param(conference)
                .update();
    }

    /** For a clock that has gone where none was made for yet. */
    void makePartitions() {
        keys.makePartitions();
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

    /** Two clocks, from after the wait for the lock; neither goes back, or stands still, from one batch to the next. */
    private record Time(Instant machine, Instant business, int nextReference) {}

    SaleState read(
            String conference,
            Collection<UUID> registrations,
            Collection<ScopedKey> asked,
            Collection<String> addresses) {
        Time time = jdbc.sql("""
                select machine, machine + coalesce((select offset_millis from rehearsal_clock), 0)
                                * interval '1 millisecond' as business, next_reference
                  from (select greatest(clock_timestamp(), judged_at + interval '1 microsecond') as machine, next_reference
                          from inventory where conference = ?) as judged
                """)
                .param(conference)
                .query((rs, row) -> new Time(
                        rs.getObject("machine", OffsetDateTime.class).toInstant(),
                        rs.getObject("business", OffsetDateTime.class).toInstant(),
                        rs.getInt("next_reference")))
                .single();
        @Nullable Conference now = conferences.current(conference).orElse(null);
        boolean onePerAddress = now != null && now.definition().registration().onePerAddress();
        return new SaleState(new SaleState.Read(
                time.business().truncatedTo(ChronoUnit.MILLIS),
                time.machine(),
                now,
                quotas(conference),
                registrations(conference, registrations),
                keys.find(asked, time.machine()),
                onePerAddress ? addressesTaken(conference, addresses) : Set.of(),
                time.nextReference()));
    }

    private Map<QuotaKey, Stock.Taken> quotas(String conference) {
        Map<QuotaKey, Stock.Taken> quotas = new HashMap<>();
        jdbc.sql("select code, held, sold, freed_at from quota where conference = ?")
                .param(conference)
                .query(rs -> {
                    @Nullable OffsetDateTime freedAt = rs.getObject("freed_at", OffsetDateTime.class);
                    quotas.put(
                            QuotaKey.of(rs.getString("code")),
                            new Stock.Taken(
                                    rs.getInt("held"), rs.getInt("sold"), freedAt == null ? null : instant(freedAt)));
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
        writeQuotas(conference, sale.stock().changed());
        keys.insert(sale.newKeys(), sale.machineNow());
        insertTimeline(sale.timeline());
        sale.auditEntries().forEach(entry -> insertAudit(conference, sale.now(), entry));
        outbox.appendAll(lock, sale.messages());
        jdbc.sql("""
                update inventory set judged_at = ?, next_reference = ? where conference = ?
                """)
                .param(sale.machineNow().atOffset(ZoneOffset.UTC))
                .param(sale.nextReference())
                .param(conference)
                .update();
    }

    private void insertRegistrations(List<Registration> created) {
        if (created.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into registration (id, conference, reference, status, revision, hold_expires_at, captured, refunded,
                                          created_at, changed_at, document)
                select * from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::timestamptz[], ?::bigint[],
                                     ?::bigint[], ?::timestamptz[], ?::timestamptz[], ?::json[])
                """)
                .param(Columns.of(created, Registration::id, UUID[]::new))
                .param(Columns.of(created, Registration::conference, String[]::new))
                .param(Columns.of(created, Registration::reference, String[]::new))
                .params(columns(created))
                .param(Columns.of(created, r -> r.createdAt().toString(), String[]::new))
                .param(Columns.of(created, r -> r.changedAt().toString(), String[]::new))
                .param(Columns.of(created, Documents::json, String[]::new))
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
                              ?::json[])
                       as c (id, status, revision, hold_expires_at, captured, refunded, changed_at, document)
                 where r.id = c.id
                """)
                .param(Columns.of(changed, Registration::id, UUID[]::new))
                .params(columns(changed))
                .param(Columns.of(changed, r -> r.changedAt().toString(), String[]::new))
                .param(Columns.of(changed, Documents::json, String[]::new))
                .update();
    }

    private static List<Object> columns(List<Registration> registrations) {
        return List.of(
                Columns.of(registrations, r -> r.status().wireName(), String[]::new),
                Columns.of(registrations, Registration::revision, Long[]::new),
                Columns.of(registrations, r -> text(r.hold().expiresAt()), String[]::new),
                Columns.of(registrations, r -> r.money().captured().amount(), Long[]::new),
                Columns.of(registrations, r -> r.money().refunded().amount(), Long[]::new));
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
                .param(Columns.of(rows, row -> row.attendee().id(), UUID[]::new))
                .param(Columns.of(rows, row -> row.of().id(), UUID[]::new))
                .param(Columns.of(rows, row -> row.of().conference(), String[]::new))
                .param(Columns.of(rows, row -> Addresses.normal(row.attendee().email()), String[]::new))
                .update();
    }

    private void writeQuotas(String conference, Map<QuotaKey, Stock.Taken> changed) {
        if (changed.isEmpty()) {
            return;
        }
        List<Map.Entry<QuotaKey, Stock.Taken>> rows = List.copyOf(changed.entrySet());
        jdbc.sql("""
                insert into quota (conference, code, held, sold, freed_at)
                select ?, * from unnest(?::text[], ?::integer[], ?::integer[], ?::timestamptz[])
                on conflict (conference, code) do update
                   set held = excluded.held, sold = excluded.sold, freed_at = excluded.freed_at
                """)
                .param(conference)
                .param(Columns.of(rows, row -> row.getKey().code(), String[]::new))
                .param(Columns.of(rows, row -> row.getValue().held(), Integer[]::new))
                .param(Columns.of(rows, row -> row.getValue().sold(), Integer[]::new))
                .param(Columns.of(rows, row -> freedAt(row.getValue()), String[]::new))
                .update();
    }

    /** The driver reads {@code infinity} as the last moment that it knows, which is not the last one of all. */
    private static Instant instant(OffsetDateTime freedAt) {
        return freedAt.equals(OffsetDateTime.MAX) ? Stock.Taken.FREED_BY_THIS_BATCH : freedAt.toInstant();
    }

    private static @Nullable String freedAt(Stock.Taken taken) {
        return Stock.Taken.FREED_BY_THIS_BATCH.equals(taken.freedAt()) ? "infinity" : text(taken.freedAt());
    }

    private void insertTimeline(List<SaleState.TimelineEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into timeline (registration_id, at, what, detail)
                select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[])
                """)
                .param(Columns.of(entries, SaleState.TimelineEntry::registration, UUID[]::new))
                .param(Columns.of(entries, entry -> entry.at().toString(), String[]::new))
                .param(Columns.of(entries, SaleState.TimelineEntry::what, String[]::new))
                .param(Columns.of(entries, SaleState.TimelineEntry::detail, String[]::new))
                .update();
    }

    private void insertAudit(String conference, Instant at, SaleState.AuditEntry entry) {
        jdbc.sql("""
                insert into audit (at, who, what, conference, registration_id, before, after, why)
                values (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?)
                """)
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

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
