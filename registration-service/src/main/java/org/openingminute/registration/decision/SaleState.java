package org.openingminute.registration.decision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.OutgoingMessage;
import org.openingminute.registration.form.Addresses;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.quota.Availability;
import org.openingminute.registration.quota.QuotaKey;
import org.openingminute.registration.quota.Takes;
import org.openingminute.registration.web.Problem;
import tools.jackson.databind.JsonNode;

/**
 * A conference's sale as one batch sees it under the lock, and what the batch's decisions add to it. Used by one thread, for
 * one transaction, and thrown away.
 */
public final class SaleState {

    /** How much of a limited number is taken. */
    public record Taken(int held, int sold) {

        public static final Taken NOTHING = new Taken(0, 0);

        int sum() {
            return held + sold;
        }
    }

    /** A first answer that is remembered. */
    public record Remembered(BodyHash bodyHash, @Nullable UUID registration, int status, JsonNode answer) {}

    /** A line of a registration's timeline. */
    public record TimelineEntry(
            UUID registration,
            Instant at,
            String what,
            @Nullable String detail) {}

    /** A change by somebody with a name and a reason. */
    public record AuditEntry(
            String who,
            String what,
            @Nullable UUID registration,
            @Nullable JsonNode before,
            @Nullable JsonNode after,
            @Nullable String why) {}

    private final Instant now;
    private @Nullable Conference conference;
    private final Map<String, Taken> quotas;
    private final Map<UUID, Registration> registrations;
    private final Map<ScopedKey, Remembered> keys;
    private final Set<String> addressesTaken;
    private int nextReference;
    private @Nullable Availability availability;

    private final Set<UUID> created = new LinkedHashSet<>();
    private final Set<UUID> changed = new LinkedHashSet<>();
    private final Set<String> changedQuotas = new LinkedHashSet<>();
    private final Map<ScopedKey, Remembered> newKeys = new LinkedHashMap<>();
    private final List<TimelineEntry> timeline = new ArrayList<>();
    private final List<AuditEntry> audit = new ArrayList<>();
    private final List<OutgoingMessage> messages = new ArrayList<>();
    private boolean conferenceChanged;

    /** What the locking batch has read. */
    public record Read(
            Instant now,
            @Nullable Conference conference,
            Map<String, Taken> quotas,
            Map<UUID, Registration> registrations,
            Map<ScopedKey, Remembered> keys,
            Set<String> addressesTaken,
            int nextReference) {}

    public SaleState(Read read) {
        this.now = read.now();
        this.conference = read.conference();
        this.quotas = new HashMap<>(read.quotas());
        this.registrations = new HashMap<>(read.registrations());
        this.keys = new HashMap<>(read.keys());
        this.addressesTaken = new LinkedHashSet<>(read.addressesTaken());
        this.nextReference = read.nextReference();
    }

    /** Business time, the same for the whole batch. */
    public Instant now() {
        return now;
    }

    public @Nullable Conference conference() {
        return conference;
    }

    void define(Conference newConference) {
        conference = newConference;
        availability = null;
        conferenceChanged = true;
    }

    public boolean conferenceChanged() {
        return conferenceChanged;
    }

    Taken taken(String quota) {
        return quotas.getOrDefault(quota, Taken.NOTHING);
    }

    /** The conference that every ask but a definition needs. */
    Conference requireConference() {
        if (conference == null) {
            throw Problem.notFound();
        }
        return conference;
    }

    /** How much of each quota is taken, held or sold. */
    Map<QuotaKey, Integer> takenByKey() {
        Map<QuotaKey, Integer> sums = new HashMap<>();
        quotas.forEach((quota, taken) -> sums.put(QuotaKey.of(quota), taken.sum()));
        return sums;
    }

    /** The limit that stands in the way, if one does. */
    Optional<QuotaKey> firstShort(Takes wanted) {
        return availability().firstShort(takenByKey(), wanted);
    }

    private Availability availability() {
        if (availability == null) {
            availability = Availability.of(requireConference().definition(), now);
        }
        return availability;
    }

    boolean allFree(Takes wanted) {
        return firstShort(wanted).isEmpty();
    }

    /** Whether there is room once something else was given back. */
    boolean allFreeInsteadOf(Takes givenBack, Takes wanted) {
        Map<QuotaKey, Integer> taken = takenByKey();
        givenBack.amounts().forEach((quota, count) -> taken.merge(quota, -count, Integer::sum));
        return availability().firstShort(taken, wanted).isEmpty();
    }

    void change(String quota, int held, int sold) {
        Taken before = taken(quota);
        Taken after = new Taken(before.held() + held, before.sold() + sold);
        if (after.held() < 0 || after.sold() < 0) {
            throw new IllegalStateException("more of " + quota + " would be given back than was taken");
        }
        quotas.put(quota, after);
        changedQuotas.add(quota);
    }

    @Nullable
    Registration registration(UUID id) {
        return registrations.get(id);
    }

    Registration requireRegistration(UUID id) {
        Registration registration = registrations.get(id);
        if (registration == null) {
            throw Problem.notFound();
        }
        return registration;
    }

    void create(Registration registration) {
        registrations.put(registration.id(), registration);
        created.add(registration.id());
        registration.attendees().forEach(attendee -> addressesTaken.add(Addresses.normal(attendee.email())));
    }

    void change(Registration registration) {
        registrations.put(registration.id(), registration);
        if (!created.contains(registration.id())) {
            changed.add(registration.id());
        }
    }

    boolean addressTaken(String email) {
        return addressesTaken.contains(Addresses.normal(email));
    }

    int takeReference() {
        return nextReference++;
    }

    public int nextReference() {
        return nextReference;
    }

    @Nullable
    Remembered remembered(ScopedKey key) {
        return keys.get(key);
    }

    void remember(ScopedKey key, Remembered first) {
        keys.put(key, first);
        newKeys.put(key, first);
    }

    void note(UUID registration, String what, @Nullable String detail) {
        timeline.add(new TimelineEntry(registration, now, what, detail));
    }

    void audit(AuditEntry entry) {
        audit.add(entry);
    }

    void say(OutgoingMessage message) {
        messages.add(message);
    }

    public List<Registration> created() {
        return created.stream().map(registrations::get).toList();
    }

    public List<Registration> changed() {
        return changed.stream().map(registrations::get).toList();
    }

    public Map<String, Taken> changedQuotas() {
        Map<String, Taken> changes = new LinkedHashMap<>();
        changedQuotas.forEach(quota -> changes.put(quota, taken(quota)));
        return changes;
    }

    public Map<ScopedKey, Remembered> newKeys() {
        return newKeys;
    }

    public List<TimelineEntry> timeline() {
        return timeline;
    }

    public List<AuditEntry> auditEntries() {
        return audit;
    }

    public List<OutgoingMessage> messages() {
        return messages;
    }
}
