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

        /** The audit's row. */
        public Person.AuditEntry in(String conference) {
            return new Person.AuditEntry(actor, what, conference, registration, before, after, why);
        }
    }

    /**
     * The registrations that were made in a quarter of an hour, or by how much their numbers have changed.
     *
     * @param madeFrom the begin of the quarter; every day of every time zone in use consists of whole ones
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

    /** Of the thousand sequences that an incarnation has for a minute, a payment request needs one. */
    private static final int REQUESTS_APART = 1_000;

    /** Of the same thousand, the links of a contact get twenty: they are taken back five times an hour at most. */
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
     * The time of a batch by the database's clock.
     *
     * @param machine later than that of the batch before, unless that one was too far ahead of the clock
     * @param clockSetBack whether it was, so that this batch takes the clock's time again
     */
    public record BatchTime(Instant machine, boolean clockSetBack) {

        /** A batch that is further ahead of the clock than this was judged by a wrong one. */
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
     * @param sequencesBegin the lowest revision that may be new, because an earlier incarnation of the database may have given
     *     all below it
     * @param unpaid the counts of those for whom the batch has requests
     * @param placesTaken of the places for which the batch has requests, those of live registrations
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

        /** A sale without a waiting room, in which no unpaid seats are counted. */
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

    /** @param availability of the conference's definition at that instant; {@code null} before there is one */
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

    /** The revision after another, of a registration or its conference. */
    long revisionAfter(long revision) {
        return Math.max(revision + 1, sequencesBegin);
    }

    /** The revision of a payment request after another, 0 for none. Payment-service reads 32 bits of it. */
    long requestAfter(long revision) {
        return revision == 0 ? 1 : Math.max(revision + 1, sequencesBegin / REQUESTS_APART);
    }

    /** The generation of a contact's links after another. Every service reads 32 bits of it. */
    int generationAfter(int generation) {
        return Math.toIntExact(Math.max(generation + 1L, sequencesBegin / GENERATIONS_APART));
    }

    /** The conference's quotas, held and sold. */
    public Inventory inventory() {
        return inventory;
    }

    /** The seats that nobody has paid for, of the subjects that the batch's requests concern. */
    public Unpaid unpaid() {
        return unpaid;
    }

    void define(Conference newConference) {
        conference = newConference;
        inventory.define(Availability.of(newConference.definition(), now));
        conferenceChanged = true;
    }

    /**
     * Replaces the conference, with other things for sale or other times. An order that was refused by the former
     * definition may succeed now, so nothing is for sale until no instance can still refuse by it.
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

    /** Quotas of which every order needs one. */
    private List<QuotaKey> categories() {
        return requireConference().definition().registration().categories().stream()
                .map(category -> (QuotaKey) new QuotaKey.OfCategory(category.code()))
                .toList();
    }

    /**
     * Notes that the database's clock was set back, so that this batch is earlier than the one before. By that one's
     * time the sale may have been over, and instances may still refuse because of it.
     *
     * @param before business time of the batch before
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

    /** The conference. A command that needs one, which is any except a definition, is refused without it. */
    Conference requireConference() {
        return requireNonNull(conference, "a command for an unknown conference is refused");
    }

    /** The limit that another definition would set below the allocated and reserved amount. */
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

    /** Whether a live registration has the place of an admission. */
    boolean isTaken(Admission admission) {
        return placesTaken.contains(Place.of(admission));
    }

    /** Gives the place of an admission to a registration that this batch has created. */
    void take(Admission admission, UUID registration) {
        placesTaken.add(Place.of(admission));
        used.put(registration, admission);
    }

    /** The admissions with which registrations were created, by these. */
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

    /** Adds the messages from an index on to the trace of their command's caller. */
    public void traceMessages(Map<String, String> trace, int from) {
        messages.subList(from, messages.size()).replaceAll(message -> message.andThen(built -> built.within(trace)));
    }

    void publish(OutgoingMessage message) {
        messages.add(_ -> message);
    }

    /**
     * Publishes a registration's present state. The event is built when it is saved, because its tickets are signed
     * then.
     */
    void publish(Effect.EventType type, Registration registration) {
        messages.add(signer -> Messages.event(type, registration, signer));
    }

    public List<Registration> created() {
        return created.stream().map(registrations::get).toList();
    }

    public List<Registration> changed() {
        return changed.stream().map(registrations::get).toList();
    }

    /** By how much the batch changes the counts of the sale. */
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

    /** The messages to be published, in order; built on all processors, because other batches wait for the lock. */
    public List<OutgoingMessage> messages(TicketSigner signer) {
        return messages.parallelStream().map(message -> message.apply(signer)).toList();
    }
}
