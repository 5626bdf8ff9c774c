package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;

/**
 * The terms of a conference's sale: the {@code registration} part of a {@link Definition}. {@code DefinitionReader} makes it
 * and ensures that the parts fit together. Immutable.
 *
 * @param currency ISO 4217; all bare amounts are minor units of it
 * @param capacity how many seats there are
 * @param phases at least one; each begins where the previous one ends
 * @param cancellationPolicy by ascending deadline
 * @param transfersUntil names the last second; {@code null} for no end
 * @param taxPercent on top of the prices
 * @param holdTime how long seats are held for a card payment
 * @param offerHours how long an offer is held
 * @param proofHours how long seats are held until every proof is there
 * @param reviewDays how long seats are held for the review after that
 * @param invoiceDays how long seats are held for an invoice; {@code null} if none is offered
 * @param codeOfConduct where it can be read
 * @param onePerAddress whether a second live registration of an attendee's address is refused
 * @param unpaid how many seats may be held without money
 */
public record SaleTerms(
        String currency,
        int capacity,
        List<Phase> phases,
        List<Category> categories,
        List<AddOn> addOns,
        List<Voucher> vouchers,
        List<CancellationRule> cancellationPolicy,
        @Nullable Instant transfersUntil,
        BigDecimal taxPercent,
        Duration holdTime,
        int offerHours,
        int proofHours,
        int reviewDays,
        @Nullable Integer invoiceDays,
        @Nullable String codeOfConduct,
        boolean onePerAddress,
        UnpaidBounds unpaid) {

    /** The most vouchers that a conference may have. */
    public static final int MOST_VOUCHERS = 5_000;

    public SaleTerms {
        phases = List.copyOf(phases);
        categories = List.copyOf(categories);
        addOns = List.copyOf(addOns);
        vouchers = List.copyOf(vouchers);
        cancellationPolicy = List.copyOf(cancellationPolicy);
    }

    public Duration offerTime() {
        return Duration.ofHours(offerHours);
    }

    /** Returns the same terms with other vouchers. */
    public SaleTerms withVouchers(List<Voucher> others) {
        return new SaleTerms(
                currency,
                capacity,
                phases,
                categories,
                addOns,
                others,
                cancellationPolicy,
                transfersUntil,
                taxPercent,
                holdTime,
                offerHours,
                proofHours,
                reviewDays,
                invoiceDays,
                codeOfConduct,
                onePerAddress,
                unpaid);
    }

    public Sale sale() {
        return new Sale(phases);
    }

    public Optional<Phase> phase(String code) {
        return phases.stream().filter(phase -> phase.code().equals(code)).findFirst();
    }

    public Optional<Category> category(String code) {
        return categories.stream()
                .filter(category -> category.code().equals(code))
                .findFirst();
    }

    public Optional<AddOn> addOn(String code) {
        return addOns.stream().filter(addOn -> addOn.code().equals(code)).findFirst();
    }

    /** The voucher with a code, ignoring case. */
    public Optional<Voucher> voucher(String code) {
        // Voucher.plain would be too slow: there may be thousands, and this runs for every order.
        String typed = code.strip();
        return vouchers.stream()
                .filter(voucher -> voucher.code().equalsIgnoreCase(typed))
                .findFirst();
    }

    /**
     * How many unpaid seats may be held; {@code null} for no limit.
     *
     * @param perMailbox by all contacts with the same mailbox
     * @param perAddress from one client address, by contacts who have not opened a mailed link
     * @param unconfirmedPercent of the capacity, by all contacts who have not opened a mailed link
     * @param invoicePercent of the capacity, by all unpaid invoices
     */
    public record UnpaidBounds(
            @Nullable Integer perMailbox,
            @Nullable Integer perAddress,
            @Nullable Integer unconfirmedPercent,
            @Nullable Integer invoicePercent) {

        public static final UnpaidBounds DEFAULT = new UnpaidBounds(20, 100, 100, 30);
        public static final UnpaidBounds NONE = new UnpaidBounds(null, null, null, null);
    }

    /** Converts a percentage of the capacity to seats, rounded down; {@code null} for no limit. */
    public @Nullable Integer seats(@Nullable Integer percent) {
        return percent == null ? null : (int) ((long) capacity * percent / 100);
    }

    /**
     * Something that can be bought with a ticket.
     *
     * @param amount the price of one, in minor units of the conference's currency
     * @param quota how many there are; {@code null} for any number
     */
    public record AddOn(
            String code, String name, long amount, @Nullable Integer quota, int maxPerAttendee) {}
}
