package org.openingminute.registration.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The numbers of held but unpaid seats of a conference, by subject, as one batch read them under the lock and has changed them since. Used
 * by one thread for one batch.
 */
public final class Unpaid {

    /** The subject of all contacts who have not opened a mailed link. */
    public static final UUID UNCONFIRMED = new UUID(0, 1);

    /** The subject of all unpaid invoices. */
    public static final UUID INVOICES = new UUID(0, 2);

    /** The end of a hold that has none. */
    public static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

    /**
     * The time within which a hold that has expired is actually ended; payment-service may delay that. A hold still counted after that time
     * was ended by a version that does not count.
     */
    private static final Duration ENDED_WITHIN = Duration.ofMinutes(15);

    /**
     * A part of a count: seats whose holds end together.
     *
     * @param subject for whom they count: a keyed hash of a mailbox or a client address, or one of the constants
     * @param endsAt end of the holds, in business time
     */
    public record Part(UUID subject, Instant endsAt) {}

    private final Instant now;
    private final Map<UUID, Map<Instant, Integer>> seats = new HashMap<>();
    private final Map<Part, Integer> changes = new HashMap<>();

    /**
     * @param read the parts of all subjects that the batch's requests concern
     * @param now business time
     */
    public Unpaid(Map<Part, Integer> read, Instant now) {
        this.now = now;
        read.forEach((part, count) -> {
            if (part.endsAt().plus(ENDED_WITHIN).isAfter(now)) {
                add(part, count);
            }
        });
    }

    /**
     * Replaces a registration's contribution. {@code before} is empty for a new registration, {@code after} if it no longer holds unpaid
     * seats.
     */
    public void move(Map<Part, Integer> before, Map<Part, Integer> after) {
        before.forEach((part, count) -> change(part, -count));
        after.forEach(this::change);
    }

    private void change(Part part, int by) {
        add(part, by);
        changes.merge(part, by, Integer::sum);
    }

    private void add(Part part, int count) {
        seats.computeIfAbsent(part.subject(), _ -> new HashMap<>()).merge(part.endsAt(), count, Integer::sum);
    }

    /** Returns how many seats a subject holds; the subject's count must have been read. */
    public int held(UUID subject) {
        return seats.getOrDefault(subject, Map.of()).values().stream()
                .mapToInt(count -> Math.max(0, count))
                .sum();
    }

    /** Returns how long it takes until the first hold of a subject ends; empty if no hold has an end. */
    public Optional<Duration> firstEnd(UUID subject) {
        return seats.getOrDefault(subject, Map.of()).entrySet().stream()
                .filter(part -> part.getValue() > 0 && part.getKey().isBefore(NEVER))
                .map(Map.Entry::getKey)
                .min(Instant::compareTo)
                .map(end -> Duration.between(now, end));
    }

    /** Returns the changes of the counts in this batch, in the order in which all batches write them. */
    public List<Map.Entry<Part, Integer>> changes() {
        return changes.entrySet().stream()
                .filter(change -> change.getValue() != 0)
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(Part::subject).thenComparing(Part::endsAt)))
                .toList();
    }
}
