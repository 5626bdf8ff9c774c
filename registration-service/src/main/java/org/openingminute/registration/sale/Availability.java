package org.openingminute.registration.sale;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is left of a conference's quotas.
 *
 * <p>A voucher that reserves keeps its unused uses from everybody else: from the capacity and from the quota of each category
 * that it is for, so that its holders get in by whichever they choose. Who uses such a voucher is limited by what is really
 * taken; everybody else, its holders' untouched colleagues too, by what is taken and reserved.
 *
 * <p>{@code taken} is what registrations hold or have bought, vouchers' uses included; what is absent is 0. {@code now} tells
 * which vouchers have ended: those reserve nothing.
 */
public final class Availability {

    private Availability() {}

    /** How much is left, as everybody may know it. */
    public enum Level {
        PLENTY,
        FEW,
        NONE
    }

    /**
     * The quota that an order does not fit into, or nothing where it fits. A voucher's uses are asked first, so that a voucher
     * that is used up is never called sold out; then the capacity, the categories, the add-ons.
     */
    public static Optional<QuotaKey> firstShort(
            Definition definition, Map<QuotaKey, Integer> taken, Takes wanted, Instant now) {
        Limits limits = Limits.of(definition);
        return wanted.amounts().keySet().stream()
                .sorted(Comparator.comparingInt(Availability::rank).thenComparing(QuotaKey::code))
                .filter(key -> !fits(definition, limits, taken, wanted, key, now))
                .findFirst();
    }

    /**
     * What is left of a quota for somebody without a voucher; 0 where more is taken and reserved than there is, and nothing
     * where there is no limit.
     */
    public static OptionalInt free(Definition definition, Map<QuotaKey, Integer> taken, QuotaKey key, Instant now) {
        OptionalInt limit = Limits.of(definition).limit(key);
        if (limit.isEmpty()) {
            return limit;
        }
        int gone = taken.getOrDefault(key, 0) + reserved(definition, taken, key, now);
        return OptionalInt.of(Math.max(0, limit.getAsInt() - gone));
    }

    /** How much is left of a category for somebody without a voucher: few is a tenth or 20, whichever is less. */
    public static Level level(Definition definition, Map<QuotaKey, Integer> taken, Category category, Instant now) {
        Limits limits = Limits.of(definition);
        return Takes.seats(category).keySet().stream()
                .filter(key -> limits.limit(key).isPresent())
                .map(key -> level(
                        limits.limit(key).orElseThrow(),
                        free(definition, taken, key, now).orElseThrow()))
                .max(Comparator.naturalOrder())
                .orElse(Level.PLENTY);
    }

    /**
     * The quota whose limit is below what is taken and reserved, if there is one. A definition for which this finds one must
     * not come into force.
     */
    public static Optional<QuotaKey> firstBelowTaken(Definition definition, Map<QuotaKey, Integer> taken, Instant now) {
        return Limits.of(definition).byKey().entrySet().stream()
                .filter(limit ->
                        taken.getOrDefault(limit.getKey(), 0) + reserved(definition, taken, limit.getKey(), now)
                                > limit.getValue())
                .map(Map.Entry::getKey)
                .min(Comparator.comparingInt(Availability::rank).thenComparing(QuotaKey::code));
    }

    private static boolean fits(
            Definition definition,
            Limits limits,
            Map<QuotaKey, Integer> taken,
            Takes wanted,
            QuotaKey key,
            Instant now) {
        OptionalInt limit = limits.limit(key);
        if (limit.isEmpty()) {
            return true;
        }
        int amount = wanted.amounts().getOrDefault(key, 0);
        int underReservation = wanted.reserved().getOrDefault(key, 0);
        int after = taken.getOrDefault(key, 0) + amount;
        if (amount == underReservation) {
            return after <= limit.getAsInt();
        }
        return after + reserved(definition, sum(taken, wanted), key, now) <= limit.getAsInt();
    }

    /** How much of a quota is kept for vouchers. */
    private static int reserved(Definition definition, Map<QuotaKey, Integer> taken, QuotaKey key, Instant now) {
        return definition.registration().vouchers().stream()
                .filter(voucher -> voucher.reserves() && !voucher.endedAt(now))
                .filter(voucher -> reach(definition, voucher).contains(key))
                .mapToInt(voucher -> unused(voucher, taken))
                .sum();
    }

    private static int unused(Voucher voucher, Map<QuotaKey, Integer> taken) {
        Integer uses = voucher.uses();
        int used = taken.getOrDefault(new QuotaKey.OfVoucher(voucher.code()), 0);
        return uses == null ? 0 : Math.max(0, uses - used);
    }

    private static Set<QuotaKey> reach(Definition definition, Voucher voucher) {
        return definition.registration().categories().stream()
                .filter(category -> voucher.touches(category.code()))
                .flatMap(category -> Takes.seats(category).keySet().stream())
                .collect(Collectors.toSet());
    }

    private static Map<QuotaKey, Integer> sum(Map<QuotaKey, Integer> taken, Takes wanted) {
        Map<QuotaKey, Integer> after = new HashMap<>(taken);
        wanted.amounts().forEach((key, count) -> after.merge(key, count, Integer::sum));
        return after;
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
