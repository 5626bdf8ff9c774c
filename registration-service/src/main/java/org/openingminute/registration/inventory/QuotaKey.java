package org.openingminute.registration.inventory;

import org.openingminute.registration.sale.Voucher;

/** The key of a limited resource of a conference. Each key has a code, under which it is stored: {@code category:student}. */
public sealed interface QuotaKey {

    /** All seats. */
    record Capacity() implements QuotaKey {}

    record OfCategory(String category) implements QuotaKey {}

    record OfAddOn(String addOn) implements QuotaKey {}

    /**
     * The uses of a voucher.
     *
     * @param voucher its code; kept in upper case, because codes ignore case
     */
    record OfVoucher(String voucher) implements QuotaKey {
        public OfVoucher {
            voucher = Voucher.plain(voucher);
        }
    }

    default String code() {
        return switch (this) {
            case Capacity() -> "capacity";
            case OfCategory(String category) -> "category:" + category;
            case OfAddOn(String addOn) -> "add-on:" + addOn;
            case OfVoucher(String voucher) -> "voucher:" + voucher;
        };
    }

    /**
     * The key of a code.
     *
     * @throws IllegalArgumentException if the code is not a key's
     */
    static QuotaKey of(String code) {
        if (code.equals("capacity")) {
            return new Capacity();
        }
        int colon = code.indexOf(':');
        String name = code.substring(colon + 1);
        return switch (code.substring(0, Math.max(colon, 0))) {
            case "category" -> new OfCategory(name);
            case "add-on" -> new OfAddOn(name);
            case "voucher" -> new OfVoucher(name);
            default -> throw new IllegalArgumentException("not a quota: " + code);
        };
    }
}
