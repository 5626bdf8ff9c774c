package org.openingminute.registration.admission;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.registration.admission.UnnestBatch.Columns;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the changes of a batch's decisions, with one statement for each table. */
@Repository
class BatchWriter {

    private static final int FILLED_AT_ONCE = 1_000;

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final ConferenceCache conferences;
    private final TicketSigner tickets;
    private final AuditLog audit;

    BatchWriter(JdbcClient jdbc, Outbox outbox, ConferenceCache conferences, TicketSigner tickets, AuditLog audit) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.conferences = conferences;
        this.tickets = tickets;
        this.audit = audit;
    }

    /** Writes the changes of a sale inside the batch's transaction. */
    void write(String conference, OrderLock lock, SaleState sale) {
        if (sale.conferenceChanged() && sale.conference() != null) {
            conferences.save(sale.conference());
        }
        UnnestBatch batch = new UnnestBatch();
        insertRegistrations(batch, conference, sale);
        updateRegistrations(batch, sale.now(), sale.changed());
        if (sale.conference() != null
                && sale.conference().definition().registration().onePerAddress()) {
            insertAttendees(batch, conference, sale.created());
        }
        writeQuotas(batch, conference, sale.inventory().changed());
        IdempotencyRecords.insert(batch, sale.newKeys(), sale.machineNow());
        insertTimeline(batch, sale.now(), sale.timeline());
        List<SaleState.SaleCount> counts = sale.countChanges();
        List<Map.Entry<Unpaid.Part, Integer>> unpaid = sale.unpaid().changes();
        batch.add(
                """
                with counted as (
                    insert into sale_count as c (conference, made_from, registrations, confirmed, captured, refunded)
                    select ?, * from unnest(?::timestamptz[], ?::integer[], ?::integer[], ?::bigint[], ?::bigint[])
                    on conflict (conference, made_from) do update
                       set registrations = c.registrations + excluded.registrations,
                           confirmed = c.confirmed + excluded.confirmed,
                           captured = c.captured + excluded.captured, refunded = c.refunded + excluded.refunded),
                moved as (
                    select ?::text as conference, * from unnest(?::uuid[], ?::timestamptz[], ?::integer[])
                        as m (subject, ends_at, seats)),
                ended as (
                    delete from unpaid u using moved m
                     where u.conference = m.conference and u.subject = m.subject and u.ends_at = m.ends_at
                       and m.seats < 0 and u.seats + m.seats <= 0),
                fewer as (
                    update unpaid u set seats = u.seats + m.seats from moved m
                     where u.conference = m.conference and u.subject = m.subject and u.ends_at = m.ends_at
                       and m.seats < 0 and u.seats + m.seats > 0),
                more as (
                    insert into unpaid as u (conference, subject, ends_at, seats)
                    select conference, subject, ends_at, seats from moved where seats > 0
                    on conflict (conference, subject, ends_at) do update set seats = u.seats + excluded.seats)
                update inventory
                   set judged_at = ?, next_reference = ?, set_backs = set_backs + ?
                 where conference = ?
                """,
                conference,
                Columns.of(counts, count -> count.madeFrom().toString(), String[]::new),
                Columns.of(counts, SaleState.SaleCount::registrations, Integer[]::new),
                Columns.of(counts, SaleState.SaleCount::confirmed, Integer[]::new),
                Columns.of(counts, SaleState.SaleCount::captured, Long[]::new),
                Columns.of(counts, SaleState.SaleCount::refunded, Long[]::new),
                conference,
                Columns.of(unpaid, change -> change.getKey().subject(), UUID[]::new),
                Columns.of(unpaid, change -> change.getKey().endsAt().toString(), String[]::new),
                Columns.of(unpaid, Map.Entry::getValue, Integer[]::new),
                sale.machineNow().atOffset(ZoneOffset.UTC),
                sale.nextReference(),
                sale.clockSetBack() ? 1 : 0,
                conference);
        batch.run(jdbc);
        sale.auditEntries().forEach(entry -> audit.write(entry.in(conference), sale.now()));
        outbox.appendAll(lock, sale.messages(tickets));
    }

    /**
     * Inserts the rows of attendees who registered while the conference did not limit registrations per address. Before a conference
     * introduces that limit, its batch does this under the lock. The caller does it once before, so that little is left to do under the
     * lock.
     */
    void fillAttendees(String conference) {
        List<UUID> missing = jdbc.sql("""
                select id from registration r
                 where conference = ? and not exists (select from attendee a where a.registration_id = r.id)
                """)
                .param(conference)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list();
        for (int from = 0; from < missing.size(); from += FILLED_AT_ONCE) {
            List<UUID> some = missing.subList(from, Math.min(from + FILLED_AT_ONCE, missing.size()));
            UnnestBatch batch = new UnnestBatch();
            insertAttendees(
                    batch,
                    conference,
                    jdbc.sql("select document from registration where id = any(?)")
                            .param(some.toArray(UUID[]::new))
                            .query((row, _) -> Documents.registration(row.getString("document")))
                            .list());
            batch.run(jdbc);
        }
    }

    private static void insertRegistrations(UnnestBatch batch, String conference, SaleState sale) {
        List<Registration> created = sale.created();
        Instant now = sale.now();
        if (created.isEmpty()) {
            return;
        }
        batch.add(
                """
                insert into registration (conference, created_at, changed_at, number, id, began_as, status, revision,
                                          hold_expires_at, captured, refunded, document, room, room_number)
                select ?, ?, ?, ? + place - 1, id, status, status, revision, hold_expires_at, captured, refunded,
                       convert_from(document, 'UTF8')::json, room, room_number
                  from unnest(?::uuid[], ?::text[], ?::bigint[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::bytea[],
                              ?::bigint[], ?::bigint[])
                       with ordinality
                       as r (id, status, revision, hold_expires_at, captured, refunded, document, room, room_number, place)
                """,
                conference,
                now.atOffset(ZoneOffset.UTC),
                now.atOffset(ZoneOffset.UTC),
                sale.firstReference(),
                Columns.of(created, Registration::id, UUID[]::new),
                Columns.of(created, r -> r.status().wireName(), String[]::new),
                Columns.of(created, Registration::revision, Long[]::new),
                Columns.of(created, r -> text(r.hold().expiresAt()), String[]::new),
                Columns.of(created, r -> r.money().captured().amount(), Long[]::new),
                Columns.of(created, r -> r.money().refunded().amount(), Long[]::new),
                Columns.utf8(created, Documents::json),
                Columns.of(created, r -> room(sale, r), Long[]::new),
                Columns.of(created, r -> roomNumber(sale, r), Long[]::new));
    }

    private static @Nullable Long room(SaleState sale, Registration registration) {
        @Nullable Admission admission = sale.used().get(registration.id());
        return admission == null ? null : admission.room();
    }

    private static @Nullable Long roomNumber(SaleState sale, Registration registration) {
        @Nullable Admission admission = sale.used().get(registration.id());
        return admission == null ? null : admission.number();
    }

    private static void updateRegistrations(UnnestBatch batch, Instant now, List<Registration> changed) {
        if (changed.isEmpty()) {
            return;
        }
        batch.add(
                """
                update registration r
                   set status = c.status, revision = c.revision, hold_expires_at = c.hold_expires_at,
                       captured = c.captured, refunded = c.refunded, changed_at = ?,
                       document = convert_from(c.document, 'UTF8')::json
                  from unnest(?::uuid[], ?::text[], ?::bigint[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::bytea[])
                       as c (id, status, revision, hold_expires_at, captured, refunded, document)
                 where r.id = c.id
                """,
                now.atOffset(ZoneOffset.UTC),
                Columns.of(changed, Registration::id, UUID[]::new),
                Columns.of(changed, r -> r.status().wireName(), String[]::new),
                Columns.of(changed, Registration::revision, Long[]::new),
                Columns.of(changed, r -> text(r.hold().expiresAt()), String[]::new),
                Columns.of(changed, r -> r.money().captured().amount(), Long[]::new),
                Columns.of(changed, r -> r.money().refunded().amount(), Long[]::new),
                Columns.utf8(changed, Documents::json));
    }

    private static void insertAttendees(UnnestBatch batch, String conference, List<Registration> created) {
        record Row(Registration of, Attendee attendee) {}
        List<Row> rows = created.stream()
                .flatMap(r -> r.attendees().stream().map(a -> new Row(r, a)))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        batch.add(
                """
                insert into attendee (conference, id, registration_id, email)
                select ?, * from unnest(?::uuid[], ?::uuid[], ?::text[])
                on conflict do nothing
                """,
                conference,
                Columns.of(rows, row -> row.attendee().id(), UUID[]::new),
                Columns.of(rows, row -> row.of().id(), UUID[]::new),
                Columns.of(rows, row -> Addresses.normal(row.attendee().email()), String[]::new));
    }

    private static void writeQuotas(UnnestBatch batch, String conference, Map<QuotaKey, Inventory.Allocated> changed) {
        if (changed.isEmpty()) {
            return;
        }
        List<Map.Entry<QuotaKey, Inventory.Allocated>> rows = List.copyOf(changed.entrySet());
        batch.add(
                """
                insert into quota (conference, code, held, sold, freed_at)
                select ?, * from unnest(?::text[], ?::integer[], ?::integer[], ?::timestamptz[])
                on conflict (conference, code) do update
                   set held = excluded.held, sold = excluded.sold, freed_at = excluded.freed_at
                """,
                conference,
                Columns.of(rows, row -> row.getKey().code(), String[]::new),
                Columns.of(rows, row -> row.getValue().held(), Integer[]::new),
                Columns.of(rows, row -> row.getValue().sold(), Integer[]::new),
                Columns.of(rows, row -> freedAt(row.getValue()), String[]::new));
    }

    private static @Nullable String freedAt(Inventory.Allocated allocated) {
        return Inventory.Allocated.FREED_BY_THIS_BATCH.equals(allocated.freedAt())
                ? "infinity"
                : text(allocated.freedAt());
    }

    private static void insertTimeline(UnnestBatch batch, Instant now, List<SaleState.TimelineEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        batch.add(
                """
                insert into timeline (at, registration_id, what, detail, code, parameters)
                select ?, registration_id, what, detail, code, parameters::json
                  from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[])
                       as t (registration_id, what, detail, code, parameters)
                """,
                now.atOffset(ZoneOffset.UTC),
                Columns.of(entries, SaleState.TimelineEntry::registration, UUID[]::new),
                Columns.of(entries, entry -> entry.note().what(), String[]::new),
                Columns.of(entries, entry -> entry.note().detail(), String[]::new),
                Columns.of(entries, entry -> entry.note().code().wireName(), String[]::new),
                Columns.of(entries, entry -> parameters(entry.note()), String[]::new));
    }

    private static @Nullable String parameters(TimelineNote note) {
        return note.parameters().equals(TimelineNote.Parameters.NONE) ? null : Documents.json(note.parameters());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
