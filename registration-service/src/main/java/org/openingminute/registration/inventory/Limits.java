package org.openingminute.registration.inventory;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.SaleTerms;

/**
 * The limit of each quota of a conference. An absent one is unlimited. Immutable.
 *
 * @param byKey not negative
 */
public record Limits(Map<QuotaKey, Integer> byKey) {

    public Limits {
        byKey = Map.copyOf(byKey);
    }

    public static Limits of(Definition definition) {
        SaleTerms terms = definition.registration();
        Map<QuotaKey, Integer> limits = new HashMap<>();
        limits.put(new QuotaKey.Capacity(), terms.capacity());
        terms.categories().forEach(category -> put(limits, new QuotaKey.OfCategory(category.code()), category.quota()));
        terms.addOns().forEach(addOn -> put(limits, new QuotaKey.OfAddOn(addOn.code()), addOn.quota()));
        terms.vouchers().forEach(voucher -> put(limits, new QuotaKey.OfVoucher(voucher.code()), voucher.uses()));
        return new Limits(limits);
    }

    /** The limit; empty if there is none. */
    public OptionalInt limit(QuotaKey key) {
        Integer limit = byKey.get(key);
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    private static void put(Map<QuotaKey, Integer> limits, QuotaKey key, @Nullable Integer limit) {
        if (limit != null) {
            limits.put(key, limit);
        }
    }
}
