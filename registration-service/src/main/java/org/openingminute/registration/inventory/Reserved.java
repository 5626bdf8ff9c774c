package org.openingminute.registration.inventory;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The amount of each limit that is still reserved for holders of vouchers, kept up to date with each use that is allocated or
 * given back. For one thread.
 */
final class Reserved {

    /**
     * The reservation of a voucher.
     *
     * @param from the limits from which its unused uses are withheld; one shared instance for all vouchers with the same limits
     * @param endsSoon whether it ends before caches may have noticed what a batch gives back
     */
    record Reservation(QuotaKey voucher, int uses, Set<QuotaKey> from, boolean endsSoon) {

        int unused(int used) {
            return Math.max(0, uses - used);
        }
    }

    private final Map<QuotaKey, Reservation> reservations;
    private final Map<QuotaKey, Integer> amounts;

    /**
     * @param reservations by their vouchers
     * @param amounts while no voucher is used
     */
    Reserved(Map<QuotaKey, Reservation> reservations, Map<QuotaKey, Integer> amounts) {
        this.reservations = reservations;
        this.amounts = new HashMap<>(amounts);
    }

    Reserved copy() {
        return new Reserved(reservations, amounts);
    }

    /** Notes all uses, in one step for the vouchers with the same limits, because there may be thousands. */
    void noteAllUses(Map<QuotaKey, Integer> allocated) {
        IdentityHashMap<Set<QuotaKey>, Integer> used = new IdentityHashMap<>();
        allocated.forEach((key, count) -> {
            @Nullable Reservation reservation = reservations.get(key);
            if (reservation != null) {
                used.merge(reservation.from(), reservation.uses() - reservation.unused(count), Integer::sum);
            }
        });
        used.forEach((limits, uses) -> limits.forEach(limit -> amounts.merge(limit, -uses, Integer::sum)));
    }

    /** Returns the reserved amount of a limit; always 0 for the limits of vouchers and add-ons. */
    int of(QuotaKey limit) {
        return amounts.getOrDefault(limit, 0);
    }

    /** Returns the limits affected by a change of a quota: the limit itself, or the limits from which the voucher reserves. */
    Set<QuotaKey> concernedBy(QuotaKey changed) {
        @Nullable Reservation reservation = reservations.get(changed);
        return reservation == null ? Set.of(changed) : reservation.from();
    }

    /** Returns by how much an order reduces the reserved amount of a limit. */
    int usedBy(Allocation order, Map<QuotaKey, Integer> allocated, QuotaKey limit) {
        int less = 0;
        for (Map.Entry<QuotaKey, Integer> wanted : order.amounts().entrySet()) {
            @Nullable Reservation reservation = reservations.get(wanted.getKey());
            if (reservation != null && reservation.from().contains(limit)) {
                int used = allocated.getOrDefault(wanted.getKey(), 0);
                less += reservation.unused(used) - reservation.unused(used + wanted.getValue());
            }
        }
        return less;
    }

    /** Notes a change of an allocated amount, which matters only for the uses of a reserving voucher. */
    void change(QuotaKey key, int before, int after) {
        @Nullable Reservation reservation = reservations.get(key);
        if (reservation != null) {
            int more = reservation.unused(after) - reservation.unused(before);
            if (more != 0) {
                reservation.from().forEach(limit -> amounts.merge(limit, more, Integer::sum));
            }
        }
    }
}
