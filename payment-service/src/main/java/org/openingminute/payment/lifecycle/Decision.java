package org.openingminute.payment.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The outcome of a trigger.
 *
 * @param next the payment after it
 * @param postings for the ledger
 * @param issues the documents that get their number with it; the payment after it has them too
 * @param events the types of the events to publish, each with the whole state
 */
public record Decision(Payment next, List<Posting> postings, List<Issue> issues, List<EventType> events) {

    /**
     * A document that is to be issued.
     *
     * @param at business time, as far as it is known
     */
    public record Issue(IssuedDocument.IssuedKind kind, Money amount, Instant at) {}

    /** Types of events. */
    public enum EventType {
        CAPTURED("payment.captured.v1"),
        FAILED("payment.failed.v1"),
        REFUNDED("payment.refunded.v1"),
        REFUND_WANTED("payment.refund-wanted.v1"),
        REFUND_FAILED("payment.refund-failed.v1"),
        DISPUTED("payment.disputed.v1"),
        DISPUTE_ENDED("payment.dispute-ended.v1"),
        RECEIPT_ISSUED("payment.receipt-issued.v1");

        private final String type;

        EventType(String type) {
            this.type = type;
        }

        public String type() {
            return type;
        }
    }

    /** The payment as it is now, and nothing to post or publish. */
    public static Decision to(Payment next) {
        return new Decision(next, List.of(), List.of(), List.of());
    }

    /** The same, and the payment after it is another. */
    Decision then(Payment other) {
        return new Decision(other, postings, issues, events);
    }

    /** This, and after it what follows from it. */
    Decision and(Decision following) {
        return new Decision(
                following.next,
                joined(postings, following.postings),
                joined(issues, following.issues),
                joined(events, following.events));
    }

    Decision posting(Posting posting) {
        return new Decision(next, joined(postings, List.of(posting)), issues, events);
    }

    Decision issuing(Issue issue) {
        return new Decision(next, postings, joined(issues, List.of(issue)), events);
    }

    /**
     * An event needs an amount due, which is known from the request on; the request's event reports all that came
     * before it.
     */
    Decision publishing(EventType event) {
        return next.request() == null ? this : new Decision(next, postings, issues, joined(events, List.of(event)));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /**
     * One movement of money as the ledger keeps it: an amount that leaves one account and enters another, so that it balances by its
     * form.
     *
     * @param kind what happened
     * @param debit the account that it enters
     * @param credit the account that it leaves
     * @param about the capture, refund or dispute
     */
    public record Posting(PostingKind kind, String debit, String credit, Money amount, UUID about) {

        /** Money paid for registrations. */
        public static final String REGISTRATIONS = "registrations";
        /** Transferred money that is neither what is due nor a surplus yet. */
        public static final String PARTS = "parts";
        /** Money paid twice, or by transfer above what is due; it goes back by itself. */
        public static final String SURPLUS = "surplus";
        /** Money that a payer's bank has taken back for the time of a dispute. */
        public static final String DISPUTED = "disputed";

        public enum PostingKind {
            TRANSFER("transfer"),
            CAPTURE("capture"),
            REFUND("refund"),
            REFUND_RETURNED("refund-returned"),
            DISPUTE_OPENED("dispute-opened"),
            DISPUTE_WON("dispute-won"),
            DISPUTE_LOST("dispute-lost");

            private final String text;

            PostingKind(String text) {
                this.text = text;
            }

            public String text() {
                return text;
            }
        }

        /** Money that a provider owes us. */
        public static String heldBy(String provider) {
            return "provider:" + provider;
        }
    }

    /**
     * A receipt or a credit note that has its number. It never changes.
     *
     * @param amount paid, by a receipt; given back, by a credit note
     * @param issuedAt business time, as far as it was known
     */
    public record IssuedDocument(IssuedKind kind, String number, Money amount, Instant issuedAt) {

        public enum IssuedKind {
            RECEIPT,
            CREDIT_NOTE
        }
    }
}
