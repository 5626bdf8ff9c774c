package org.openingminute.registration.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much of each quota is taken, as one batch sees it under the lock and changes it.
 *
 * <p>A quota of which nothing was left is sold again {@link #SOLD_AGAIN_AFTER} after the commit that freed some of it, and no
 * earlier: instances remember for that long, without asking, that there is nothing. Otherwise one of them could sell it while
 * another still says no, and refuse the repeated request of somebody who was let in. When that commit was, no batch knows of
 * its own; so what it frees is {@link Taken#FREED_BY_THIS_BATCH}, and the next batch, which begins after it, puts its own
 * time in place of that. For one thread and one batch.
 */
public final class Inventory {

    /** How long an instance may say that nothing is left without looking. */
    public static final Duration SOLD_AGAIN_AFTER = Duration.ofSeconds(1);

    /**
     * How much of a limited number is taken.
     *
     * @param freedAt the machine's time by which something was left again after nothing was; {@code null} if never
     */
    public record Taken(int held, int sold, @Nullable Instant freedAt) {

        /** As late as can be: its commit is still to come. */
        public static final Instant FREED_BY_THIS_BATCH = Instant.MAX;

        public static final Taken NOTHING = new Taken(0, 0, null);

        /** @throws IllegalStateException if more is given back than was taken */
        public Taken {
            if (held < 0 || sold < 0) {
                throw new IllegalStateException("more is given back than was taken");
            }
        }

        public int sum() {
            return held + sold;
        }
    }

    private final Instant machineNow;
    private final Map<QuotaKey, Taken> taken;
    private final Map<QuotaKey, Integer> sums = new HashMap<>();
    private final Set<QuotaKey> changed = new LinkedHashSet<>();
    private @Nullable Availability availability;

    /**
     * @param taken what is absent is not taken at all
     * @param availability of the conference's definition; {@code null} before there is one
     * @param machineNow the time of the batch
     */
    public Inventory(Map<QuotaKey, Taken> taken, @Nullable Availability availability, Instant machineNow) {
        this.taken = new HashMap<>(taken);
        this.availability = availability;
        this.machineNow = machineNow;
        taken.forEach((key, count) -> {
            sums.put(key, count.sum());
            if (Taken.FREED_BY_THIS_BATCH.equals(count.freedAt())) {
                put(key, new Taken(count.held(), count.sold(), machineNow));
            }
        });
    }

    public Taken taken(QuotaKey key) {
        return taken.getOrDefault(key, Taken.NOTHING);
    }

    /** Held and sold together. */
    public Map<QuotaKey, Integer> sums() {
        return sums;
    }

    /** The limit that stands in the way, if one does. */
    public Optional<QuotaKey> firstShort(Allocation wanted) {
        return available().firstShort(sums, wanted);
    }

    /** Whether there is room once something else was given back. */
    public boolean allFreeInsteadOf(Allocation givenBack, Allocation wanted) {
        Map<QuotaKey, Integer> without = new HashMap<>(sums);
        givenBack.amounts().forEach((key, count) -> without.merge(key, -count, Integer::sum));
        return available().firstShort(without, wanted).isEmpty();
    }

    /** How long somebody who comes anew, and without a voucher, has to wait until all that they want is for sale again. */
    public Duration notForSaleYet(Allocation wanted) {
        return wanted.amounts().keySet().stream()
                .map(this::notForSaleYet)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The limit that {@link #notForSaleYet(Takes)} waits for. */
    public Optional<QuotaKey> firstNotForSaleYet(Allocation wanted) {
        return wanted.amounts().keySet().stream()
                .filter(key -> !notForSaleYet(key).isZero())
                .min(Availability.ORDER);
    }

    private Duration notForSaleYet(QuotaKey key) {
        @Nullable Instant freedAt = taken(key).freedAt();
        if (freedAt == null || !freedAt.isAfter(machineNow.minus(SOLD_AGAIN_AFTER))) {
            return Duration.ZERO;
        }
        return freedAt.equals(Taken.FREED_BY_THIS_BATCH)
                ? SOLD_AGAIN_AFTER
                : Duration.between(machineNow, freedAt.plus(SOLD_AGAIN_AFTER));
    }

    /** Quotas of which somebody without a voucher gets nothing, in the order in which they are named. */
    public List<QuotaKey> nothingLeft() {
        return available().nothingLeft(sums);
    }

    /**
     * Takes or gives back.
     *
     * @param amounts how much of each; times {@code held} and {@code sold}, which may be negative
     * @throws IllegalStateException if more would be given back than was taken
     */
    public void change(Map<QuotaKey, Integer> amounts, int held, int sold) {
        boolean frees = held + sold < 0;
        Set<QuotaKey> emptyBefore = frees ? Set.copyOf(nothingLeft()) : Set.of();
        amounts.forEach((key, count) -> {
            Taken before = taken(key);
            put(key, new Taken(before.held() + held * count, before.sold() + sold * count, before.freedAt()));
        });
        if (frees) {
            noteFreed(emptyBefore);
        }
    }

    /**
     * Another definition of what is sold. Under it somebody may get what an instance still refuses from memory without any limit
     * being freed, so that all of it is for sale a second later.
     *
     * @param sold all that an order may take, vouchers aside, under this definition
     */
    public void redefine(Availability newAvailability, Collection<QuotaKey> sold) {
        availability = newAvailability;
        sold.forEach(key -> {
            Taken count = taken(key);
            put(key, new Taken(count.held(), count.sold(), Taken.FREED_BY_THIS_BATCH));
        });
    }

    /** Other limits: what had nothing left under the former ones and has now is freed like a seat that was given back. */
    public void define(Availability newAvailability) {
        Set<QuotaKey> emptyBefore = availability == null ? Set.of() : Set.copyOf(nothingLeft());
        availability = newAvailability;
        noteFreed(emptyBefore);
    }

    private void noteFreed(Set<QuotaKey> emptyBefore) {
        if (emptyBefore.isEmpty()) {
            return;
        }
        Set<QuotaKey> emptyNow = Set.copyOf(nothingLeft());
        for (QuotaKey key : emptyBefore) {
            if (!emptyNow.contains(key)) {
                Taken count = taken(key);
                put(key, new Taken(count.held(), count.sold(), Taken.FREED_BY_THIS_BATCH));
            }
        }
    }

    private void put(QuotaKey key, Taken count) {
        taken.put(key, count);
        sums.put(key, count.sum());
        changed.add(key);
    }

    /** What is to be written. */
    public Map<QuotaKey, Taken> changed() {
        Map<QuotaKey, Taken> changes = new LinkedHashMap<>();
        changed.forEach(key -> changes.put(key, taken(key)));
        return changes;
    }

    /** Whether another batch should follow, because something is for sale again after the commit of this one. */
    public boolean freesForOthers() {
        return changed.stream()
                .anyMatch(key -> Taken.FREED_BY_THIS_BATCH.equals(taken(key).freedAt()));
    }

    private Availability available() {
        if (availability == null) {
            throw new IllegalStateException("nothing is sold without a definition");
        }
        return availability;
    }
}
