package org.openingminute.payment.money;

import java.util.UUID;

/**
 * One act upon money as the ledger keeps it: an amount that leaves one account and enters another, so that it balances by its
 * form.
 *
 * @param act what happened
 * @param debit the account that it enters
 * @param credit the account that it leaves
 * @param about the capture, refund or dispute
 */
public record Posting(Act act, String debit, String credit, Money amount, UUID about) {

    /** What was paid for registrations. */
    public static final String REGISTRATIONS = "registrations";
    /** What came by transfer, and is neither what is due nor a surplus yet. */
    public static final String PARTS = "parts";
    /** What was paid twice, or by transfer above what is due, and goes back by itself. */
    public static final String SURPLUS = "surplus";
    /** What a payer's bank has taken back for the time of a dispute. */
    public static final String DISPUTED = "disputed";

    public enum Act {
        TRANSFER("transfer"),
        CAPTURE("capture"),
        REFUND("refund"),
        REFUND_RETURNED("refund-returned"),
        DISPUTE_OPENED("dispute-opened"),
        DISPUTE_WON("dispute-won"),
        DISPUTE_LOST("dispute-lost");

        private final String text;

        Act(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** What a provider owes us. */
    public static String heldBy(String provider) {
        return "provider:" + provider;
    }
}
