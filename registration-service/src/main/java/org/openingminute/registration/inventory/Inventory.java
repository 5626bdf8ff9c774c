package org.openingminute.registration.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The allocated amount of each quota, as one batch sees and changes it under the lock. Used by one thread for one batch.
 *
 * <p><b>No cached refusal outlives an admission.</b> An instance may refuse an order without a voucher from a snapshot of the sale for
 * {@link #SOLD_AGAIN_AFTER}, and does not see commits in that time. If a commit turns a "no" into a "yes", its seats are therefore sold
 * only that long after the commit, when every snapshot from before it has expired. Otherwise one instance would sell them while another
 * still refuses earlier callers, and even the repeated request of an admitted registrant. Such a commit withholds the quotas concerned: if
 * it returns seats to an exhausted quota or uses a voucher whose reservation exhausted it ({@link #change}), if it raises an exhausted
 * limit ({@link #define}), or if it changes what is sold or when, while a caller may still be refused by the previous rules ({@link
 * #withhold}). If no caller can be refused, nothing is withheld.
 *
 * <p>No batch knows the time of its own commit. A withheld quota therefore gets {@link Allocated#FREED_BY_THIS_BATCH}, and the next batch,
 * which begins after that commit, replaces this value by its own time. The database's clock must not be moved forward within {@link
 * #SOLD_AGAIN_AFTER} of such a commit; moving it back is harmless.
 */
public final class Inventory {

    /** The time for which an instance may refuse from its cache. */
    public static final Duration SOLD_AGAIN_AFTER = Duration.ofMillis(200);

    /**
     * The allocated amount of a quota.
     *
     * @param freedAt the machine's time at which a sold-out quota had seats again; {@code null} if never
     */
    public record Allocated(int held, int sold, @Nullable Instant freedAt) {

        /** The latest possible time, because the commit is still to come. */
        public static final Instant FREED_BY_THIS_BATCH = Instant.MAX;

        public static final Allocated NOTHING = new Allocated(0, 0, null);

        /** @throws IllegalStateException if more is given back than was allocated */
        public Allocated {
            if (held < 0 || sold < 0) {
                throw new IllegalStateException("more was given back than was allocated");
            }
        }

        public int sum() {
            return held + sold;
        }
    }

    private final Instant machineNow;
    private final Map<QuotaKey, Allocated> allocated;
    private final Map<QuotaKey, Integer> sums = new HashMap<>();
    private final Set<QuotaKey> changed = new LinkedHashSet<>();
    private @Nullable Stock stock;

    /**
     * The availability, and the amounts that it reserves now in addition to the allocated ones.
     *
     * @param lasting the reserved amounts without reservations that end soon: seats returned now may become visible only when these end
     */
    private record Stock(Availability availability, Reserved reserved, Reserved lasting) {

        static Stock of(Availability availability, Map<QuotaKey, Integer> sums) {
            Reserved reserved = availability.reserved(sums);
            Availability lasting = availability.lasting();
            return new Stock(availability, reserved, lasting == availability ? reserved : lasting.reserved(sums));
        }

        void change(QuotaKey key, int before, int after) {
            reserved.change(key, before, after);
            if (lasting != reserved) {
                lasting.change(key, before, after);
            }
        }
    }

    /**
     * @param allocated an absent quota has nothing allocated
     * @param availability of the conference's definition; {@code null} before there is one
     * @param machineNow the time of the batch
     */
    public Inventory(Map<QuotaKey, Allocated> allocated, @Nullable Availability availability, Instant machineNow) {
        this.allocated = new HashMap<>(allocated);
        this.machineNow = machineNow;
        allocated.forEach((key, count) -> sums.put(key, count.sum()));
        this.stock = availability == null ? null : Stock.of(availability, sums);
        allocated.forEach((key, count) -> {
            // Freed by the previous batch, or at a time that is in the future because the clock has been set back.
            if (count.freedAt() != null && count.freedAt().isAfter(machineNow)) {
                put(key, new Allocated(count.held(), count.sold(), machineNow));
            }
        });
    }

    public Allocated allocated(QuotaKey key) {
        return allocated.getOrDefault(key, Allocated.NOTHING);
    }

    /** Held and sold together. */
    public Map<QuotaKey, Integer> sums() {
        return sums;
    }

    /** The limit that has no room for an order, if there is one. */
    public Optional<QuotaKey> firstShort(Allocation wanted) {
        return stock().availability().firstShort(sums, stock().reserved(), wanted);
    }

    /** Whether an order fits after another allocation is given back. */
    public boolean allFreeInsteadOf(Allocation givenBack, Allocation wanted) {
        Map<QuotaKey, Integer> without = new HashMap<>(sums);
        Reserved reserved = stock().reserved().copy();
        givenBack.amounts().forEach((key, count) -> {
            int before = without.getOrDefault(key, 0);
            without.put(key, before - count);
            reserved.change(key, before, before - count);
        });
        return stock().availability().firstShort(without, reserved, wanted).isEmpty();
    }

    /** Whether a new order without a voucher needs a quota that is still withheld because it was freed a moment ago. */
    public boolean isWithheld(Allocation wanted) {
        return wanted.amounts().keySet().stream().anyMatch(key -> isWithheld(allocated(key)));
    }

    private boolean isWithheld(Allocated count) {
        return count.freedAt() != null && count.freedAt().isAfter(machineNow.minus(SOLD_AGAIN_AFTER));
    }

    /**
     * Whether an instance may currently refuse a caller from its cache because of a limit, that is, whether a limit was exhausted within
     * the last {@link #SOLD_AGAIN_AFTER}.
     */
    public boolean mayRefuseFromCaches() {
        return !nothingLeft().isEmpty() || allocated.values().stream().anyMatch(this::isWithheld);
    }

    /** The quotas with nothing left for an order without a voucher, in the order in which they are named. */
    public List<QuotaKey> nothingLeft() {
        return emptyOf(stock().availability().sold());
    }

    private List<QuotaKey> emptyOf(Collection<QuotaKey> limits) {
        return stock().availability().nothingLeft(sums, stock().reserved(), limits);
    }

    /**
     * Allocates seats or gives them back.
     *
     * @param amounts the amount of each quota, multiplied by {@code held} and {@code sold}, which may be negative
     * @throws IllegalStateException if more would be given back than was allocated
     */
    public void change(Map<QuotaKey, Integer> amounts, int held, int sold) {
        // Using a voucher in one category releases its reservation in the others.
        boolean mayFree = held + sold < 0 || amounts.keySet().stream().anyMatch(QuotaKey.OfVoucher.class::isInstance);
        List<QuotaKey> emptyBefore = mayFree ? emptyOf(concernedBy(amounts.keySet())) : List.of();
        amounts.forEach((key, count) -> {
            Allocated before = allocated(key);
            put(key, new Allocated(before.held() + held * count, before.sold() + sold * count, before.freedAt()));
        });
        noteFreed(emptyBefore);
    }

    /**
     * Withholds quotas although no limit was freed: an order that an instance still refuses from its cache may now succeed because limits
     * or times have changed.
     *
     * @param sold quotas of which every order needs at least one
     */
    public void withhold(Collection<QuotaKey> sold) {
        sold.forEach(key -> {
            Allocated count = allocated(key);
            put(key, new Allocated(count.held(), count.sold(), Allocated.FREED_BY_THIS_BATCH));
        });
    }

    /** Applies other limits. A limit that was sold out and has seats now is treated as if a seat had been given back. */
    public void define(Availability newAvailability) {
        List<QuotaKey> emptyBefore = stock == null ? List.of() : nothingLeft();
        stock = Stock.of(newAvailability, sums);
        noteFreed(emptyBefore);
    }

    /** Returns the limits whose rest for orders without a voucher may change. */
    private Set<QuotaKey> concernedBy(Set<QuotaKey> keys) {
        Set<QuotaKey> limits = new HashSet<>();
        keys.forEach(key -> limits.addAll(stock().reserved().concernedBy(key)));
        limits.removeIf(QuotaKey.OfVoucher.class::isInstance);
        return limits;
    }

    private void noteFreed(List<QuotaKey> emptyBefore) {
        withhold(emptyBefore.stream()
                .filter(key -> stock().availability()
                                .free(sums, stock().lasting(), key)
                                .orElse(1)
                        > 0)
                .toList());
    }

    private void put(QuotaKey key, Allocated count) {
        allocated.put(key, count);
        Integer before = sums.put(key, count.sum());
        if (stock != null) {
            stock.change(key, before == null ? 0 : before, count.sum());
        }
        changed.add(key);
    }

    /** The changed quotas, to be written. */
    public Map<QuotaKey, Allocated> changed() {
        Map<QuotaKey, Allocated> changes = new LinkedHashMap<>();
        changed.forEach(key -> changes.put(key, allocated(key)));
        return changes;
    }

    /** Whether another batch should follow, because this one frees something for sale. */
    public boolean freesForOthers() {
        return changed.stream()
                .anyMatch(key ->
                        Allocated.FREED_BY_THIS_BATCH.equals(allocated(key).freedAt()));
    }

    private Stock stock() {
        if (stock == null) {
            throw new IllegalStateException("nothing is sold without a definition");
        }
        return stock;
    }
}
