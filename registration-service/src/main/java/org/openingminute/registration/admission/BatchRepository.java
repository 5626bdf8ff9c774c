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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Availabilities;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import org.springframework.beans.factory.annotation.Qualifier;
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
    private final JdbcClient desk;
    private final Availabilities availabilities = new Availabilities();

    BatchRepository(
            JdbcClient jdbc,
            OrderLocks orderLocks,
            Inbox inbox,
            ConferenceCache conferences,
            IdempotencyRecords keys,
            @Qualifier("desk") JdbcClient desk) {
        this.jdbc = jdbc;
        this.desk = desk;
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

    /** Returns the conference from the cache, outside of any batch; it may be slightly outdated. */
    Optional<Conference> recentConference(String slug) {
        return conferences.find(slug);
    }

    /** Returns the current conference, read under the lock. */
    Optional<Conference> lockedConference(String slug) {
        return jdbc.sql("select revision from conference where slug = ?")
                .param(slug)
                .query(Long.class)
                .optional()
                .flatMap(revision -> conferences.at(slug, revision));
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

    /** The rows of one statement. */
    private static final class StoredSale {

        private Instant clock = Instant.EPOCH;
        private Instant judgedAt = Instant.EPOCH;
        private Duration offset = Duration.ZERO;
        private int nextReference;
        private final Map<Unpaid.Part, Integer> unpaid = new HashMap<>();
        private final Set<SaleState.Place> placesTaken = new HashSet<>();
        private @Nullable Long revision;
        private final Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        private final Map<UUID, Registration> registrations = new HashMap<>();
        private final Map<IdempotencyKey, SaleState.StoredReply> replies = new HashMap<>();

        void add(ResultSet row) throws SQLException {
            String kind = row.getString("kind");
            switch (kind) {
                case "clock" -> {
                    clock = instant(row);
                    offset = Duration.ofMillis(row.getLong("number"));
                }
                case "inventory" -> {
                    judgedAt = instant(row);
                    nextReference = row.getInt("number");
                }
                case "conference" -> revision = row.getLong("number");
                case "quota" ->
                    quotas.put(
                            QuotaKey.of(row.getString("code")),
                            new Inventory.Allocated(row.getInt("number"), row.getInt("sold"), freedAt(row)));
                case "unpaid" ->
                    unpaid.put(new Unpaid.Part(row.getObject("id", UUID.class), instant(row)), row.getInt("number"));
                case "place" ->
                    placesTaken.add(new SaleState.Place(Long.parseLong(row.getString("code")), row.getLong("number")));
                case "registration" -> {
                    Registration registration = Documents.registration(row.getString("document"));
                    registrations.put(registration.id(), registration);
                }
                case "reply" ->
                    replies.put(
                            new IdempotencyKey(row.getString("scope"), row.getString("code")),
                            new SaleState.StoredReply(
                                    new RequestHash(row.getString("body_hash")),
                                    row.getObject("id", UUID.class),
                                    Replies.how(row.getInt("number")),
                                    row.getString("document")));
                default -> throw new IllegalStateException("an unknown kind of row: " + kind);
            }
        }

        private static Instant instant(ResultSet row) throws SQLException {
            return row.getObject("at", OffsetDateTime.class).toInstant();
        }

        /**
         * Converts a time, because the driver reads {@code infinity} as the last {@code OffsetDateTime}, not as the
         * last {@code Instant}.
         */
        private static @Nullable Instant freedAt(ResultSet row) throws SQLException {
            @Nullable OffsetDateTime at = row.getObject("at", OffsetDateTime.class);
            if (at == null) {
                return null;
            }
            return at.equals(OffsetDateTime.MAX) ? Inventory.Allocated.FREED_BY_THIS_BATCH : at.toInstant();
        }
    }

    /**
     * Reads all that a batch needs, in one statement; the database's clock is read after the wait for the lock.
     *
     * @param mayCountAddresses whether a definition of the batch gives an address one registration
     */
    SaleState read(
            OrderLock lock,
            String conference,
            Collection<UUID> registrations,
            Collection<IdempotencyKey> requested,
            Collection<Command.Register> requests,
            boolean mayCountAddresses) {
        StoredSale stored = stored(jdbc, conference, registrations, requested, requests);
        SaleState.BatchTime time = SaleState.BatchTime.after(stored.judgedAt, stored.clock);
        @Nullable
        Conference now = stored.revision == null
                ? null
                : conferences.at(conference, stored.revision).orElse(null);
        boolean onePerAddress = mayCountAddresses
                || (now != null && now.definition().registration().onePerAddress());
        Instant business = time.machine().plus(stored.offset).truncatedTo(ChronoUnit.MILLIS);
        SaleState sale = new SaleState(
                new SaleState.Read(
                        business,
                        time.machine(),
                        lock.sequencesBegin(),
                        now,
                        stored.quotas,
                        stored.registrations,
                        stored.replies,
                        onePerAddress ? addressesTaken(jdbc, conference, requests) : Set.of(),
                        stored.unpaid,
                        stored.placesTaken,
                        stored.nextReference),
                now == null ? null : availabilities.of(now.definition(), business));
        if (time.clockSetBack()) {
            sale.noteClockSetBack(stored.judgedAt.plus(stored.offset));
        }
        return sale;
    }

    /**
     * Reads the current state of the sale without the lock, for the given commands; another batch may change it right away. The statement
     * runs on the desk's pool, so that previews take no connection from the sale.
     */
    SaleState readWithoutLock(
            String conference, Collection<UUID> registrations, Collection<Command.Register> requests) {
        StoredSale stored = stored(desk, conference, registrations, List.of(), requests);
        SaleState.BatchTime time = SaleState.BatchTime.after(stored.judgedAt, stored.clock);
        @Nullable
        Conference now = stored.revision == null
                ? null
                : conferences.at(conference, stored.revision).orElse(null);
        boolean onePerAddress = now != null && now.definition().registration().onePerAddress();
        Instant business = time.machine().plus(stored.offset).truncatedTo(ChronoUnit.MILLIS);
        return new SaleState(
                new SaleState.Read(
                        business,
                        time.machine(),
                        0,
                        now,
                        stored.quotas,
                        stored.registrations,
                        Map.of(),
                        onePerAddress ? addressesTaken(desk, conference, requests) : Set.of(),
                        stored.nextReference),
                now == null ? null : availabilities.of(now.definition(), business));
    }

    /** Returns the subjects for whom the unpaid seats of the requests count. */
    private static Set<UUID> subjects(Collection<Command.Register> requests) {
        Set<UUID> subjects = new HashSet<>();
        for (Command.Register request : requests) {
            Registration.@Nullable CountedBy by = request.countedBy();
            if (by != null) {
                subjects.addAll(Set.of(by.mailbox(), Unpaid.INVOICES));
            }
            if (by != null && by.address() != null) {
                subjects.addAll(Set.of(by.address(), Unpaid.UNCONFIRMED));
            }
        }
        return subjects;
    }

    private static StoredSale stored(
            JdbcClient client,
            String conference,
            Collection<UUID> registrations,
            Collection<IdempotencyKey> requested,
            Collection<Command.Register> requests) {
        StoredSale stored = new StoredSale();
        List<Admission> admissions = requests.stream()
                .flatMap(request -> Stream.ofNullable(request.admission()))
                .toList();
        client.sql("""
                select 'clock' as kind, coalesce((select offset_millis from rehearsal_clock), 0) as number, null::integer as sold,
                       clock_timestamp() as at, null as code, null::uuid as id, null as document, null as scope, null as body_hash
                union all
                select 'inventory', next_reference, null, judged_at, null, null, null, null, null
                  from inventory where conference = :conference
                union all
                select 'conference', revision, null, null, null, null, null, null, null
                  from conference where slug = :conference
                union all
                select 'quota', held, sold, freed_at, code, null, null, null, null
                  from quota where conference = :conference
                union all
                select 'unpaid', seats, null, ends_at, null, subject, null, null, null
                  from unpaid where conference = :conference and subject = any(:subjects)
                union all
                -- The limit has it read place by place, by their index, also by a plan from when the table was empty.
                select 'place', taken.room_number, null, null, taken.room::text, null, null, null, null
                  from unnest(:rooms::bigint[], :numbers::bigint[]) as borne (room, number)
                 cross join lateral (
                       select room, room_number from registration
                        where conference = :conference and room = borne.room and room_number = borne.number
                          and (status in ('pending-review', 'pending-payment', 'confirmed')
                               or (status = 'rejected' and hold_expires_at is not null))
                        limit 1) as taken
                union all
                select 'registration', null, null, null, null, null, document::text, null, null
                  from registration where conference = :conference and id = any(:registrations)
                union all
                select 'reply', status, null, null, key, registration_id, answer, scope, body_hash
                  from idempotency
                 where fingerprint = any(:keys) and admitted_at > statement_timestamp() - :kept * interval '1 second'
                """)
                .param("conference", conference)
                .param("registrations", registrations.toArray(UUID[]::new))
                .param("subjects", subjects(requests).toArray(UUID[]::new))
                .param("rooms", admissions.stream().map(Admission::room).toArray(Long[]::new))
                .param("numbers", admissions.stream().map(Admission::number).toArray(Long[]::new))
                .param("keys", requested.stream().map(IdempotencyKey::keyHash).toArray(Long[]::new))
                .param("kept", IdempotencyKey.KEPT.toSeconds())
                .query(stored::add);
        return stored;
    }

    /**
     * Returns, in the batch's order, the messages that are newer than the last applied one of their payment. Their sequences are recorded
     * in this transaction, and so under the lock.
     */
    Deque<Message> advancing(List<Message> messages) {
        return new ArrayDeque<>(inbox.advancing(messages));
    }

    /** Returns the requests' addresses that already have a live registration. */
    private static Set<String> addressesTaken(
            JdbcClient client, String conference, Collection<Command.Register> requests) {
        String[] addresses = requests.stream()
                .flatMap(request -> Addresses.of(request.request()).stream())
                .distinct()
                .toArray(String[]::new);
        if (addresses.length == 0) {
            return Set.of();
        }
        return new HashSet<>(client.sql("""
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
