package org.openingminute.payment.payment;

import java.time.Instant;
import java.util.List;
import org.openingminute.payment.money.Money;
import org.openingminute.payment.money.Posting;

/**
 * What an act comes to.
 *
 * @param next the payment after it
 * @param postings for the ledger
 * @param issues the documents that get their number with it; the payment after it has them too
 * @param says the types of the events that tell it, each with the whole state
 */
public record Decision(Payment next, List<Posting> postings, List<Issue> issues, List<Says> says) {

    /**
     * A document that is to be issued.
     *
     * @param at business time, as far as it is known
     */
    public record Issue(IssuedDocument.Kind kind, Money amount, Instant at) {}

    /** Types of events. */
    public enum Says {
        CAPTURED("payment.captured.v1"),
        FAILED("payment.failed.v1"),
        REFUNDED("payment.refunded.v1"),
        REFUND_FAILED("payment.refund-failed.v1"),
        DISPUTED("payment.disputed.v1"),
        DISPUTE_ENDED("payment.dispute-ended.v1"),
        RECEIPT_ISSUED("payment.receipt-issued.v1");

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
        return new Decision(next, List.of(), List.of(), List.of());
    }

    Decision posting(Posting posting) {
        return new Decision(next, List.of(posting), issues, says);
    }

    Decision issuing(Issue issue) {
        return new Decision(next, postings, List.of(issue), says);
    }

    /** An event needs an amount due, which is known from the request on; the request tells what came before it. */
    Decision saying(Says event) {
        return next.demand() == null ? this : new Decision(next, postings, issues, List.of(event));
    }
}
