package org.openingminute.payment.payment;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
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
        REFUND_WANTED("payment.refund-wanted.v1"),
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

    /** The same, and the payment after it is another. */
    Decision then(Payment other) {
        return new Decision(other, postings, issues, says);
    }

    /** This, and after it what follows from it. */
    Decision and(Decision following) {
        return new Decision(
                following.next,
                joined(postings, following.postings),
                joined(issues, following.issues),
                joined(says, following.says));
    }

    Decision posting(Posting posting) {
        return new Decision(next, joined(postings, List.of(posting)), issues, says);
    }

    Decision issuing(Issue issue) {
        return new Decision(next, postings, joined(issues, List.of(issue)), says);
    }

    /** An event needs an amount due, which is known from the request on; the request tells what came before it. */
    Decision saying(Says event) {
        return next.demand() == null ? this : new Decision(next, postings, issues, joined(says, List.of(event)));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}
