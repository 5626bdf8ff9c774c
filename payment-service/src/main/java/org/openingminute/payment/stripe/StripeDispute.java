package org.openingminute.payment.stripe;

/**
 * What a Stripe dispute object means here, by its status and its balance transactions. A dispute withdraws money; if it is won, the money
 * is reinstated.
 */
enum StripeDispute {
    /** The bank only asks; no money has been withdrawn. */
    INQUIRY,
    /** An inquiry that ended without money being withdrawn. */
    CLOSED_INQUIRY,
    OPEN,
    WON,
    LOST;

    /**
     * Classifies a dispute object.
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
            // Stripe blocked the dispute, or resolved it by paying the cardholder: only the balance shows which.
            case "prevented" -> !withdrawn ? CLOSED_INQUIRY : back ? WON : LOST;
            default -> OPEN;
        };
    }

    /** Whether money is withdrawn and not reinstated. */
    boolean takesMoney() {
        return this == OPEN || this == LOST;
    }
}
