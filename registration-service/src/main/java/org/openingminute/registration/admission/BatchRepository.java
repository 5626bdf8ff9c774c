package org.openingminute.registration.admission;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Takes the lock for a batch and reads the data that it needs, in a few statements whatever the batch's size. Everything except
 * {@link #ensureInventory} runs inside the batch's transaction.
 */
@Repository
class BatchRepository {

    private static final Duration LOCK_WAIT = Duration.ofSeconds(1);

    private final JdbcClient jdbc;
    private final OrderLocks orderLocks;
    private final Inbox inbox;
    private final ConferenceCache conferences;
    private final IdempotencyRecords keys;

    BatchRepository(
            JdbcClient jdbc, OrderLocks orderLocks, Inbox inbox, ConferenceCache conferences, IdempotencyRecords keys) {
        this.jdbc = jdbc;
        this.orderLocks = orderLocks;
        this.inbox = inbox;
        this.conferences = conferences;
        this.keys = keys;
    }

    /**
     * Inserts the row that batches lock, in a separate transaction, because the lock comes before a batch's first
     * write.
     */
    void ensureInventory(String conference) {
        jdbc.sql("insert into inventory (conference) values (?) on conflict do nothing")
                .param(conference)
                .update();
    }

    /** Creates partitions of the keys' table after the clock has moved past the last one. */
    void makePartitions() {
        keys.makePartitions();
    }

    /**
     * Locks the conference's inventory row, by a statement that does nothing else: a statement that locked and read
     * would see the new row but older data elsewhere. The server ends a paused batch, so that it does not hold up the
     * others.
     */
    OrderLock lock(String conference) {
        return orderLocks.takeWithin(
                LOCK_WAIT,
                SaleState.LONGEST_BATCH,
                "select 1 from inventory where conference = ? for update",
                conference);
    }

    /**
     * One row with the inventory, the conference and its quotas.
     *
     * @param clock the database's, read after the wait for the lock
     * @param judgedAt the time of the batch before
     * @param offset of business time
     */
    private record StoredRow(
            Instant clock,
            Instant judgedAt,
            Duration offset,
            int nextReference,
            @Nullable Long revision,
            @Nullable QuotaKey quota,
            Inventory.Allocated allocated) {

        static StoredRow of(ResultSet rs) throws SQLException {
            @Nullable String code = rs.getString("code");
            @Nullable OffsetDateTime freedAt = rs.getObject("freed_at", OffsetDateTime.class);
            return new StoredRow(
                    rs.getObject("clock", OffsetDateTime.class).toInstant(),
                    rs.getObject("judged_at", OffsetDateTime.class).toInstant(),
                    Duration.ofMillis(rs.getLong("offset_millis")),
                    rs.getInt("next_reference"),
                    rs.getObject("revision", Long.class),
                    code == null ? null : QuotaKey.of(code),
                    new Inventory.Allocated(
                            rs.getInt("held"), rs.getInt("sold"), freedAt == null ? null : instant(freedAt)));
        }

        /**
         * Converts a time, because the driver reads {@code infinity} as the last {@code OffsetDateTime}, not as the
         * last {@code Instant}.
         */
        private static Instant instant(OffsetDateTime freedAt) {
            return freedAt.equals(OffsetDateTime.MAX) ? Inventory.Allocated.FREED_BY_THIS_BATCH : freedAt.toInstant();
        }
    }

    SaleState read(
            OrderLock lock,
            String conference,
            Collection<UUID> registrations,
            Collection<IdempotencyKey> requested,
            Collection<RegistrationRequest> requests) {
        List<StoredRow> rows = jdbc.sql("""
                select clock, judged_at, offset_millis, next_reference, revision, code, held, sold, freed_at
                  from (select conference, next_reference, judged_at, clock_timestamp() as clock,
                               coalesce((select offset_millis from rehearsal_clock), 0) as offset_millis
                          from inventory where conference = ?) as locked
                  left join conference on slug = conference
                  left join quota using (conference)
                """)
                .param(conference)
                .query((rs, number) -> StoredRow.of(rs))
                .list();
        StoredRow first = rows.getFirst();
        SaleState.BatchTime time = SaleState.BatchTime.after(first.judgedAt(), first.clock());
        Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        rows.forEach(row -> {
            if (row.quota() != null) {
                quotas.put(row.quota(), row.allocated());
            }
        });
        @Nullable
        Conference now = first.revision() == null
                ? null
                : conferences.at(conference, first.revision()).orElse(null);
        boolean onePerAddress = now != null && now.definition().registration().onePerAddress();
        SaleState sale = new SaleState(new SaleState.Read(
                time.machine().plus(first.offset()).truncatedTo(ChronoUnit.MILLIS),
                time.machine(),
                lock.sequencesBegin(),
                now,
                quotas,
                registrations(conference, registrations),
                keys.find(requested, time.machine()),
                onePerAddress ? addressesTaken(conference, requests) : Set.of(),
                first.nextReference()));
        if (time.clockSetBack()) {
            sale.noteClockSetBack(first.judgedAt().plus(first.offset()));
        }
        return sale;
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

    /**
     * Of messages in the order of a batch those that are newer than the last one applied before them; their sequences are
     * noted in this transaction, and so under the lock.
     */
    Deque<Message> advancing(List<Message> messages) {
        return new ArrayDeque<>(inbox.advancing(messages));
    }

    /** The requests' addresses that already have a live registration. */
    private Set<String> addressesTaken(String conference, Collection<RegistrationRequest> requests) {
        String[] addresses = requests.stream()
                .flatMap(request -> Addresses.of(request).stream())
                .distinct()
                .toArray(String[]::new);
        if (addresses.length == 0) {
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
                .param(addresses)
                .query((rs, row) -> rs.getString(1))
                .list());
    }
}
