package org.openingminute.registration.sale;

import java.time.Instant;

/** Why a voucher cannot be used like this, or one is needed. */
public sealed interface VoucherProblem extends Pricing.Priced {

    record Unknown(String code) implements VoucherProblem {}

    /**
     * It could be used once.
     *
     * @param until the last second in which it could
     */
    record Ended(String code, Instant until) implements VoucherProblem {}

    /** Fewer uses are left than the order would take. Found by {@code Availability}, which knows what is taken. */
    record UsedUp(String code) implements VoucherProblem {}

    /** It is for none of the order's attendees. */
    record ForNobodyHere(String code) implements VoucherProblem {}

    /**
     * A category needs a voucher that unlocks it.
     *
     * @param attendee the attendee's place from 0
     */
    record Missing(String category, int attendee) implements VoucherProblem {}

    /** In plain words, without the code that was typed. */
    default String message() {
        return switch (this) {
            case Unknown ignored -> "This voucher code is not known.";
            case Ended ended -> "This voucher could be used until " + ended.until() + ".";
            case UsedUp ignored -> "This voucher has not enough uses left.";
            case ForNobodyHere ignored -> "This voucher is for none of the categories that were chosen.";
            case Missing missing -> "The category " + missing.category() + " needs a voucher that unlocks it.";
        };
    }
}
