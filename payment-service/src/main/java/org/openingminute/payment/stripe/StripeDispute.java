package org.openingminute.payment.stripe;

/**
 * What an object that Stripe calls a dispute is to us, by its status and its balance transactions: money that is withdrawn, and
 * reinstated if the dispute is won.
 */
enum StripeDispute {
    /** The bank only asks. */
    INQUIRY,
    /** It ended and never took money. */
    CLOSED_INQUIRY,
    OPEN,
    WON,
    LOST;

    /**
     * Reads one.
     *
     * @param withdrawn whether money was ever withdrawn
     * @param back whether all of it was reinstated
     */
    static StripeDispute of(String status, boolean withdrawn, boolean back) {
        if (!withdrawn && status.startsWith("warning_")) {
            return status.equals("warning_closed") ? CLOSED_INQUIRY : INQUIRY;
        }
        return switch (status) {
            case "won", "warning_closed" -> WON;
            case "lost" -> LOST;
            // Stripe blocked it, or resolved it by paying the cardholder: only the balance tells which.
            case "prevented" -> !withdrawn ? CLOSED_INQUIRY : back ? WON : LOST;
            default -> OPEN;
        };
    }

    /** Whether money is withdrawn and not reinstated. */
    boolean takesMoney() {
        return this == OPEN || this == LOST;
    }
}
