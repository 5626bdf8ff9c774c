package org.openingminute.payment.payment;

import java.util.List;
import org.openingminute.payment.money.Posting;

/**
 * What an act comes to.
 *
 * @param next the payment after it
 * @param postings for the ledger
 * @param says the types of the events that tell it, each with the whole state
 */
public record Decision(Payment next, List<Posting> postings, List<Says> says) {

    /** Types of events. */
    public enum Says {
        CAPTURED("payment.captured.v1"),
        FAILED("payment.failed.v1"),
        REFUNDED("payment.refunded.v1"),
        REFUND_FAILED("payment.refund-failed.v1"),
        DISPUTED("payment.disputed.v1"),
        DISPUTE_ENDED("payment.dispute-ended.v1");

        private final String type;

        Says(String type) {
            this.type = type;
        }

        public String type() {
            return type;
        }
    }

    /** The payment as it is now, and nothing to post or say. */
    public static Decision to(Payment next) {
        return new Decision(next, List.of(), List.of());
    }

    Decision posting(Posting posting) {
        return new Decision(next, List.of(posting), says);
    }

    /** An event needs an amount due, which is known from the request on; the request tells what came before it. */
    Decision saying(Says event) {
        return next.demand() == null ? this : new Decision(next, postings, List.of(event));
    }
}
