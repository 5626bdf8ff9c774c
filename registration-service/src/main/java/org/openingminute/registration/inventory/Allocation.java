package org.openingminute.registration.inventory;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.Voucher;

/**
 * The amounts that an order needs of its conference's quotas, all or none. Immutable.
 *
 * @param amounts each at least 1
 * @param reserved the part of {@code amounts} that a voucher of the order had reserved
 */
public record Allocation(Map<QuotaKey, Integer> amounts, Map<QuotaKey, Integer> reserved) {

    public Allocation {
        amounts = Map.copyOf(amounts);
        reserved = Map.copyOf(reserved);
    }

    /**
     * Computes the allocation of an order. A voucher that the definition does not have is ignored.
     *
     * @throws IllegalArgumentException if the definition does not have a category of the order
     */
    public static Allocation of(Definition definition, Order order) {
        SaleTerms terms = definition.registration();
        Optional<Voucher> voucher = Optional.ofNullable(order.voucher()).flatMap(terms::voucher);
        Map<QuotaKey, Integer> amounts = new HashMap<>();
        Map<QuotaKey, Integer> reserved = new HashMap<>();
        for (Order.OrderLine line : order.attendees()) {
            Category category = terms.category(line.category())
                    .orElseThrow(() -> new IllegalArgumentException("no category " + line.category()));
            Optional<Voucher> used = voucher.filter(one -> one.touches(category.code()));
            seats(category).forEach((key, count) -> {
                amounts.merge(key, count, Integer::sum);
                if (used.filter(Voucher::reserves).isPresent()) {
                    reserved.merge(key, count, Integer::sum);
                }
            });
            used.ifPresent(one -> amounts.merge(new QuotaKey.OfVoucher(one.code()), 1, Integer::sum));
            line.addOns()
                    .forEach(
                            extra -> amounts.merge(new QuotaKey.OfAddOn(extra.code()), extra.quantity(), Integer::sum));
        }
        return new Allocation(amounts, reserved);
    }

    /** The amounts by the quotas' codes, in the order of the codes. */
    public Map<String, Integer> byCode() {
        Map<String, Integer> sorted = new TreeMap<>();
        amounts.forEach((key, count) -> sorted.put(key.code(), count));
        return new LinkedHashMap<>(sorted);
    }

    /** The seats of one attendee of a category, without add-ons and vouchers. */
    static Map<QuotaKey, Integer> seats(Category category) {
        QuotaKey own = new QuotaKey.OfCategory(category.code());
        return category.countsAgainstCapacity() ? Map.of(new QuotaKey.Capacity(), 1, own, 1) : Map.of(own, 1);
    }
}
