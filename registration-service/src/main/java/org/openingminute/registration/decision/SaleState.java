package org.openingminute.registration.decision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.RegistrationRequest.Addresses;
import tools.jackson.databind.JsonNode;

/**
 * A conference's sale as one batch sees it under the lock, with the changes of the batch's decisions. Used by one thread for
 * one transaction, and then discarded.
 */
public final class SaleState {

    /**
     * The longest time from a batch's first statement to its commit, and for any other transaction under its lock. The
     * server then ends the transaction.
     */
    public static final Duration LONGEST_BATCH = Duration.ofSeconds(2);

    /** The first result of a key, as JSON. */
    public record StoredReply(
            RequestHash requestHash, @Nullable UUID registration, Result.How how, String answer) {}

    /** A number of a waiting room, which one live registration may have. */
    public record Place(long room, long number) {

        public static Place of(Admission admission) {
            return new Place(admission.room(), admission.number());
        }
    }

    /** A line of a registration's timeline. */
    public record TimelineEntry(UUID registration, TimelineNote note) {}

    /** An audit entry: a change by a person, with a reason. */
    public record AuditEntry(
            Person actor,
            String what,
            @Nullable UUID registration,
            @Nullable JsonNode before,
            @Nullable JsonNode after,
            @Nullable String why) {

        /** Returns the row of the audit. */
        public Person.AuditEntry in(String conference) {
            return new Person.AuditEntry(actor, what, conference, registration, before, after, why);
        }
    }

    /**
     * The registrations created in one quarter of an hour, or the changes of their numbers in a batch.
     *
     * @param madeFrom start of the quarter of an hour; in every time zone in use, days consist of whole quarters
     * @param captured in minor units, as {@code refunded}
     */
    public record SaleCount(Instant madeFrom, int registrations, int confirmed, long captured, long refunded) {

        private static final long QUARTER_SECONDS = 900;

        private static SaleCount of(Registration one, int registrations, int sign) {
            long second = one.createdAt().getEpochSecond();
            return new SaleCount(
                    Instant.ofEpochSecond(second - Math.floorMod(second, QUARTER_SECONDS)),
                    registrations,
                    one.status() == Status.CONFIRMED ? sign : 0,
                    sign * one.money().captured().amount(),
                    sign * one.money().refunded().amount());
        }

        private SaleCount plus(SaleCount other) {
            return new SaleCount(
                    madeFrom,
                    registrations + other.registrations,
                    confirmed + other.confirmed,
                    captured + other.captured,
                    refunded + other.refunded);
        }

        private boolean changesNothing() {
            return registrations == 0 && confirmed == 0 && captured == 0 && refunded == 0;
        }
    }

    /** An incarnation has a thousand sequences per minute; a payment request uses one of them. */
    private static final int REQUESTS_APART = 1_000;

    /** Of the same thousand, a contact's links use twenty: they are invalidated at most five times per hour. */
    private static final int GENERATIONS_APART = 50;

    private final Instant now;
    private final Instant machineNow;
    private final long sequencesBegin;
    private @Nullable Conference conference;
    private final Inventory inventory;
    private final Map<UUID, Registration> before;
    private final Map<UUID, Registration> registrations;
    private final Map<IdempotencyKey, StoredReply> keys;
    private final Set<String> addressesTaken;
    private final Unpaid unpaid;
    private final Set<Place> placesTaken;
    private int nextReference;

    private final Set<UUID> created = new LinkedHashSet<>();
    private final Set<UUID> changed = new LinkedHashSet<>();
    private final Map<IdempotencyKey, StoredReply> newKeys = new LinkedHashMap<>();
    private final Map<UUID, Admission> used = new LinkedHashMap<>();
    private final List<TimelineEntry> timeline = new ArrayList<>();
    private final List<AuditEntry> audit = new ArrayList<>();
    private final List<Function<TicketSigner, OutgoingMessage>> messages = new ArrayList<>();
    private boolean conferenceChanged;
    private boolean clockSetBack;

    /**
     * The time of a batch, from the database's clock.
     *
     * @param machine later than the previous batch's time, unless that was too far ahead of the clock
     * @param clockSetBack whether the previous batch's time was too far ahead, so that this batch follows the clock back
     */
    public record BatchTime(Instant machine, boolean clockSetBack) {

        /** If the previous batch is further ahead of the clock than this, the clock was wrong then and has been set back. */
        private static final Duration MOST_AHEAD = Duration.ofSeconds(5);

        /**
         * The time of a batch.
         *
         * @param judgedAt the time of the batch before
         * @param clock the database's, read under the lock
         */
        public static BatchTime after(Instant judgedAt, Instant clock) {
            if (judgedAt.isAfter(clock.plus(MOST_AHEAD))) {
                return new BatchTime(clock, true);
            }
            Instant next = judgedAt.plus(1, ChronoUnit.MICROS);
            return new BatchTime(next.isAfter(clock) ? next : clock, false);
        }
    }

    /**
     * The data that the batch has read under the lock.
     *
     * @param now business time
     * @param machineNow the database's own time at that instant
     * @param sequencesBegin the lowest revision that is certainly unused: an earlier incarnation of the database may have used all below it
     * @param unpaid counts of unpaid seats for the subjects of the batch's requests
     * @param placesTaken those places of the batch's admissions that a live registration has
     */
    public record Read(
            Instant now,
            Instant machineNow,
            long sequencesBegin,
            @Nullable Conference conference,
            Map<QuotaKey, Inventory.Allocated> quotas,
            Map<UUID, Registration> registrations,
            Map<IdempotencyKey, StoredReply> keys,
            Set<String> addressesTaken,
            Map<Unpaid.Part, Integer> unpaid,
            Set<Place> placesTaken,
            int nextReference) {

        /** Creates the data of a sale without a waiting room and without counts of unpaid seats. */
        public Read(
                Instant now,
                Instant machineNow,
                long sequencesBegin,
                @Nullable Conference conference,
                Map<QuotaKey, Inventory.Allocated> quotas,
                Map<UUID, Registration> registrations,
                Map<IdempotencyKey, StoredReply> keys,
                Set<String> addressesTaken,
                int nextReference) {
            this(
                    now,
                    machineNow,
                    sequencesBegin,
                    conference,
                    quotas,
                    registrations,
                    keys,
                    addressesTaken,
                    Map.of(),
                    Set.of(),
                    nextReference);
        }
    }

    /** @param availability under the conference's definition at that instant; {@code null} if there is no definition yet */
    public SaleState(Read read, @Nullable Availability availability) {
        this.now = read.now();
        this.conference = read.conference();
        this.machineNow = read.machineNow();
        this.sequencesBegin = read.sequencesBegin();
        this.inventory = new Inventory(read.quotas(), availability, read.machineNow());
        this.before = read.registrations();
        this.registrations = new HashMap<>(before);
        this.keys = new HashMap<>(read.keys());
        this.addressesTaken = new LinkedHashSet<>(read.addressesTaken());
        this.unpaid = new Unpaid(read.unpaid(), read.now());
        this.placesTaken = new HashSet<>(read.placesTaken());
        this.nextReference = read.nextReference();
    }

    /** Business time, the same for the whole batch. */
    public Instant now() {
        return now;
    }

    public @Nullable Conference conference() {
        return conference;
    }

    /** The database's own time of the batch, later than that of the previous batch. */
    public Instant machineNow() {
        return machineNow;
    }

    /** Returns the next revision of a registration or a conference. */
    long revisionAfter(long revision) {
        return Math.max(revision + 1, sequencesBegin);
    }

    /** Returns the next revision of a payment request; {@code revision} is 0 before the first. Payment-service reads it as 32 bits. */
    long requestAfter(long revision) {
        return revision == 0 ? 1 : Math.max(revision + 1, sequencesBegin / REQUESTS_APART);
    }

    /** Returns the next generation of a contact's links. All services read it as 32 bits. */
    int generationAfter(int generation) {
        return Math.toIntExact(Math.max(generation + 1L, sequencesBegin / GENERATIONS_APART));
    }

    /** The conference's quotas, held and sold. */
    public Inventory inventory() {
        return inventory;
    }

    /** Returns the counts of unpaid seats of the subjects that the batch's requests concern. */
    public Unpaid unpaid() {
        return unpaid;
    }

    void define(Conference newConference) {
        conference = newConference;
        inventory.define(Availability.of(newConference.definition(), now));
        conferenceChanged = true;
    }

    /**
     * Replaces the definition by one with other limits or times. An order that the previous definition refused may succeed now, so nothing
     * is sold until no instance can still refuse it from a cache.
     */
    void redefine(Conference newConference) {
        boolean mayRefuse = inventory.mayRefuseFromCaches() || wasNotOpen();
        define(newConference);
        if (mayRefuse) {
            inventory.withhold(categories());
        }
    }

    private boolean wasNotOpen() {
        return !isOpen(now) || !isOpen(now.minus(Inventory.SOLD_AGAIN_AFTER));
    }

    private boolean isOpen(Instant at) {
        return requireConference()
                .definition()
                .registration()
                .sale()
                .openPhase(at)
                .isPresent();
    }

    /** Returns the categories' quotas; every order needs at least one of them. */
    private List<QuotaKey> categories() {
        return requireConference().definition().registration().categories().stream()
                .map(category -> (QuotaKey) new QuotaKey.OfCategory(category.code()))
                .toList();
    }

    /**
     * Notes that the database's clock was set back, so that this batch is earlier than the previous one. At the previous batch's time the
     * sale may have been closed, and other instances may still refuse requests for that reason.
     *
     * @param before business time of the previous batch
     */
    public void noteClockSetBack(Instant before) {
        clockSetBack = true;
        if (conference != null && !isOpen(before)) {
            inventory.withhold(categories());
        }
    }

    public boolean clockSetBack() {
        return clockSetBack;
    }

    public boolean conferenceChanged() {
        return conferenceChanged;
    }

    /** Returns the conference. All commands except a definition are refused earlier if there is none. */
    Conference requireConference() {
        return requireNonNull(conference, "a command for an unknown conference is refused");
    }

    /** Returns the first limit that another definition would set below the allocated and reserved amount. */
    Optional<QuotaKey> firstBelowAllocated(Definition other) {
        Availability after = Availability.of(other, now);
        return conference == null
                ? after.firstBelowAllocated(inventory.sums())
                : after.firstBelowAllocated(inventory.sums(), Availability.of(conference.definition(), now));
    }

    /** A registration after the decisions so far; {@code null} if there is none. */
    public @Nullable Registration registration(UUID id) {
        return registrations.get(id);
    }

    Registration requireRegistration(UUID id) {
        return requireNonNull(registrations.get(id), "a command for an unknown registration is refused");
    }

    void create(Registration registration) {
        registrations.put(registration.id(), registration);
        unpaid.move(Map.of(), registration.unpaid());
        created.add(registration.id());
        registration.attendees().forEach(attendee -> addressesTaken.add(Addresses.normal(attendee.email())));
    }

    void change(Registration registration) {
        unpaid.move(requireRegistration(registration.id()).unpaid(), registration.unpaid());
        registrations.put(registration.id(), registration);
        if (!created.contains(registration.id())) {
            changed.add(registration.id());
        }
    }

    boolean addressTaken(String email) {
        return addressesTaken.contains(Addresses.normal(email));
    }

    /** Whether a live registration already used this admission. */
    boolean isTaken(Admission admission) {
        return placesTaken.contains(Place.of(admission));
    }

    /** Notes that a registration of this batch has used the admission. */
    void take(Admission admission, UUID registration) {
        placesTaken.add(Place.of(admission));
        used.put(registration, admission);
    }

    /** Returns the admissions used in this batch, by registration. */
    public Map<UUID, Admission> used() {
        return used;
    }

    /** Takes the number of the next reference, for a registration that this batch then creates. */
    int takeReference() {
        return nextReference++;
    }

    /** The number of the first created registration's reference; the others follow in the order of {@link #created}. */
    public int firstReference() {
        return nextReference - created.size();
    }

    public int nextReference() {
        return nextReference;
    }

    @Nullable
    StoredReply storedReply(IdempotencyKey key) {
        return keys.get(key);
    }

    void record(IdempotencyKey key, StoredReply first) {
        keys.put(key, first);
        newKeys.put(key, first);
    }

    void note(UUID registration, TimelineNote note) {
        timeline.add(new TimelineEntry(registration, note));
    }

    void note(UUID registration, TimelineNote.Code what) {
        note(registration, TimelineNote.of(what));
    }

    void audit(AuditEntry entry) {
        audit.add(entry);
    }

    /** Attaches the command's trace headers to the messages from an index on. */
    public void traceMessages(Map<String, String> trace, int from) {
        messages.subList(from, messages.size()).replaceAll(message -> message.andThen(built -> built.within(trace)));
    }

    void publish(OutgoingMessage message) {
        messages.add(_ -> message);
    }

    /** Publishes a registration's current state. The event is built when the batch is saved, because tickets are signed then. */
    void publish(Effect.EventType type, Registration registration) {
        messages.add(signer -> Messages.event(type, registration, signer));
    }

    public List<Registration> created() {
        return created.stream().map(registrations::get).toList();
    }

    public List<Registration> changed() {
        return changed.stream().map(registrations::get).toList();
    }

    /** Returns the changes of the sale's counts in this batch. */
    public List<SaleCount> countChanges() {
        Stream<SaleCount> made = created().stream().map(one -> SaleCount.of(one, 1, 1));
        Stream<SaleCount> moved = changed.stream()
                .flatMap(id -> Stream.of(
                        SaleCount.of(requireRegistration(id), 0, 1),
                        SaleCount.of(requireNonNull(before.get(id), "what is changed was read"), 0, -1)));
        return Stream.concat(made, moved)
                .collect(Collectors.toMap(SaleCount::madeFrom, Function.identity(), SaleCount::plus, TreeMap::new))
                .values()
                .stream()
                .filter(change -> !change.changesNothing())
                .toList();
    }

    public Map<IdempotencyKey, StoredReply> newKeys() {
        return newKeys;
    }

    public List<TimelineEntry> timeline() {
        return timeline;
    }

    public List<AuditEntry> auditEntries() {
        return audit;
    }

    /** The number of messages to publish. */
    public int messageCount() {
        return messages.size();
    }

    /** Builds the messages to publish, in order. Uses all processors, because other batches are waiting for the lock. */
    public List<OutgoingMessage> messages(TicketSigner signer) {
        return messages.parallelStream().map(message -> message.apply(signer)).toList();
    }
}
