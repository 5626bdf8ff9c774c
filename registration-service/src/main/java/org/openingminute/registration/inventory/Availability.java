package org.openingminute.registration.inventory;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.inventory.Reserved.Reservation;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.Voucher;

/**
 * The availability of a conference's quotas at an instant.
 *
 * <p>A voucher that reserves withholds its unused uses from all other orders: from the capacity and from the quota of
 * each of its categories, so that its holders may choose any of these. An order with such a voucher is limited by the
 * amounts that are really allocated, every other order by the allocated and reserved amounts. An ended voucher reserves
 * nothing.
 *
 * <p>{@code allocated} is always the amount that registrations hold or have bought, including uses of vouchers; an
 * absent quota has 0. Immutable.
 */
public final class Availability {

    /** The order in which quotas are named if several are exhausted. */
    static final Comparator<QuotaKey> ORDER =
            Comparator.comparingInt(Availability::rank).thenComparing(QuotaKey::code);

    /** Longer than a batch and {@link Inventory#SOLD_AGAIN_AFTER}. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private final Limits limits;
    private final Map<QuotaKey, Reservation> reservations;
    /** The amount reserved from each limit while no voucher has been used. */
    private final Map<QuotaKey, Integer> unused;
    /** All limits except vouchers' uses. These may be thousands, and never refuse an order without the code. */
    private final List<QuotaKey> sold;

    private final Instant since;
    private final Instant until;
    private final @Nullable Availability lasting;

    /**
     * @param reservations the reservations in force, by voucher
     * @param since start of the interval in which this availability is valid
     * @param until end of the interval, exclusive
     */
    private Availability(Limits limits, Map<QuotaKey, Reservation> reservations, Instant since, Instant until) {
        this.limits = limits;
        this.reservations = reservations;
        this.since = since;
        this.until = until;
        this.unused = new HashMap<>();
        reservations
                .values()
                .forEach(one -> one.from().forEach(limit -> unused.merge(limit, one.uses(), Integer::sum)));
        this.sold = limits.byKey().keySet().stream()
                .filter(key -> !(key instanceof QuotaKey.OfVoucher))
                .sorted(ORDER)
                .toList();
        Map<QuotaKey, Reservation> longer = reservations.values().stream()
                .filter(reservation -> !reservation.endsSoon())
                .collect(Collectors.toUnmodifiableMap(Reservation::voucher, Function.identity()));
        this.lasting = longer.size() == reservations.size() ? null : new Availability(limits, longer, since, until);
    }

    /** The availability for one batch. */
    public static Availability of(Definition definition, Instant now) {
        SaleTerms terms = definition.registration();
        List<Voucher> reserving = terms.vouchers().stream()
                .filter(voucher -> voucher.reserves() && voucher.uses() != null)
                .toList();
        NavigableSet<Instant> changes = new TreeSet<>(List.of(Instant.MIN, Instant.MAX));
        reserving.stream()
                .map(Voucher::until)
                .filter(Objects::nonNull)
                .map(Phase::end)
                .forEach(end -> {
                    changes.add(end.minus(SOON));
                    changes.add(end);
                });
        Map<Set<QuotaKey>, Set<QuotaKey>> reaches = new HashMap<>();
        return new Availability(
                Limits.of(definition),
                reserving.stream()
                        .filter(voucher -> !voucher.endedAt(now))
                        .map(voucher -> new Reservation(
                                new QuotaKey.OfVoucher(voucher.code()),
                                requireNonNull(voucher.uses()),
                                reaches.computeIfAbsent(reach(terms, voucher), Function.identity()),
                                voucher.endedAt(now.plus(SOON))))
                        .collect(Collectors.toUnmodifiableMap(Reservation::voucher, Function.identity())),
                requireNonNull(changes.floor(now)),
                requireNonNull(changes.higher(now)));
    }

    /** Whether this availability is also valid at another instant. */
    boolean isOf(Instant now) {
        return !now.isBefore(since) && now.isBefore(until);
    }

    /** Returns the availability without reservations that end so soon that caches may still refuse by the state before. */
    Availability lasting() {
        return lasting == null ? this : lasting;
    }

    /** What is reserved beside the allocated amounts. */
    Reserved reserved(Map<QuotaKey, Integer> allocated) {
        Reserved reserved = new Reserved(reservations, unused);
        if (!reservations.isEmpty()) {
            reserved.noteAllUses(allocated);
        }
        return reserved;
    }

    /** The availability as the public sees it. */
    public enum Level {
        PLENTY,
        FEW,
        NONE
    }

    /**
     * The quota that has no room for an order; empty if the order fits. A voucher's uses are checked first, so that a
     * used-up voucher is never reported as sold out; then the capacity, the categories, the add-ons.
     */
    public Optional<QuotaKey> firstShort(Map<QuotaKey, Integer> allocated, Allocation wanted) {
        return firstShort(allocated, reserved(allocated), wanted);
    }

    Optional<QuotaKey> firstShort(Map<QuotaKey, Integer> allocated, Reserved reserved, Allocation wanted) {
        return wanted.amounts().keySet().stream()
                .filter(key -> !fits(allocated, reserved, wanted, key))
                .min(ORDER);
    }

    /**
     * Returns what is left of a quota for an order without a voucher; 0 if the allocated and reserved amount exceeds the limit, empty if
     * there is no limit.
     */
    public OptionalInt free(Map<QuotaKey, Integer> allocated, QuotaKey key) {
        return free(allocated, reserved(allocated), key);
    }

    OptionalInt free(Map<QuotaKey, Integer> allocated, Reserved reserved, QuotaKey key) {
        OptionalInt limit = limits.limit(key);
        return limit.isEmpty()
                ? limit
                : OptionalInt.of(Math.max(0, limit.getAsInt() - count(allocated, key) - reserved.of(key)));
    }

    /** Returns the level of a category for an order without a voucher; "few" means a tenth or 20 seats, whichever is less. */
    public Level level(Map<QuotaKey, Integer> allocated, Category category) {
        Reserved reserved = reserved(allocated);
        return Allocation.seats(category).keySet().stream()
                .filter(key -> limits.limit(key).isPresent())
                .map(key -> level(
                        limits.limit(key).orElseThrow(),
                        free(allocated, reserved, key).orElseThrow()))
                .max(Comparator.naturalOrder())
                .orElse(Level.PLENTY);
    }

    /**
     * Returns the first quota whose limit is below the allocated and reserved amount. A definition with such a quota must not come into
     * force.
     */
    public Optional<QuotaKey> firstBelowAllocated(Map<QuotaKey, Integer> allocated) {
        Reserved reserved = reserved(allocated);
        return limits.byKey().keySet().stream()
                .filter(key -> lack(allocated, key, reserved.of(key)) > 0)
                .min(ORDER);
    }

    /**
     * Returns the same for a definition that replaces another, ignoring limits that were exceeded by as much before. When a hold ends, a
     * voucher's reservation in several categories may return after others have bought in one of them; that must not block all later
     * changes.
     */
    public Optional<QuotaKey> firstBelowAllocated(Map<QuotaKey, Integer> allocated, Availability before) {
        Reserved reserved = reserved(allocated);
        Reserved reservedBefore = before.reserved(allocated);
        return limits.byKey().keySet().stream()
                .filter(key -> lack(allocated, key, 0) > before.lack(allocated, key, 0)
                        || lack(allocated, key, reserved.of(key)) > before.lack(allocated, key, reservedBefore.of(key)))
                .min(ORDER);
    }

    /** Returns the quotas with nothing left for an order without a voucher, in the order of naming. */
    public List<QuotaKey> nothingLeft(Map<QuotaKey, Integer> allocated) {
        return nothingLeft(allocated, reserved(allocated), sold);
    }

    /** Returns all limits that can refuse an order without a voucher, in the order of naming. */
    List<QuotaKey> sold() {
        return sold;
    }

    /** Returns those of the given limits that have nothing left. */
    List<QuotaKey> nothingLeft(Map<QuotaKey, Integer> allocated, Reserved reserved, Collection<QuotaKey> of) {
        return of.stream()
                .filter(key -> free(allocated, reserved, key).orElse(1) == 0)
                .toList();
    }

    /** Returns by how much a limit is below the allocated and reserved amount. */
    private int lack(Map<QuotaKey, Integer> allocated, QuotaKey key, int kept) {
        OptionalInt limit = limits.limit(key);
        return limit.isEmpty() ? 0 : Math.max(0, count(allocated, key) + kept - limit.getAsInt());
    }

    private boolean fits(Map<QuotaKey, Integer> allocated, Reserved reserved, Allocation wanted, QuotaKey key) {
        OptionalInt limit = limits.limit(key);
        if (limit.isEmpty()) {
            return true;
        }
        int amount = count(wanted.amounts(), key);
        int after = count(allocated, key) + amount;
        if (amount > underReservation(wanted, key)) {
            after += reserved.of(key) - reserved.usedBy(wanted, allocated, key);
        }
        return after <= limit.getAsInt();
    }

    /**
     * Returns the part of an order that its voucher reserves now. A delayed order whose voucher has ended, was removed or no longer
     * reserves must not take seats that another voucher reserves.
     */
    private int underReservation(Allocation wanted, QuotaKey key) {
        boolean inForce = wanted.amounts().keySet().stream()
                .map(reservations::get)
                .anyMatch(
                        reservation -> reservation != null && reservation.from().contains(key));
        return inForce ? count(wanted.reserved(), key) : 0;
    }

    private static Set<QuotaKey> reach(SaleTerms terms, Voucher voucher) {
        return terms.categories().stream()
                .filter(category -> voucher.touches(category.code()))
                .flatMap(category -> Allocation.seats(category).keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static int count(Map<QuotaKey, Integer> counts, QuotaKey key) {
        return counts.getOrDefault(key, 0);
    }

    private static Level level(int limit, int free) {
        if (free == 0) {
            return Level.NONE;
        }
        return free <= 20 && free * 10L <= limit ? Level.FEW : Level.PLENTY;
    }

    private static int rank(QuotaKey key) {
        return switch (key) {
            case QuotaKey.OfVoucher ignored -> 0;
            case QuotaKey.Capacity ignored -> 1;
            case QuotaKey.OfCategory ignored -> 2;
            case QuotaKey.OfAddOn ignored -> 3;
        };
    }
}
