package org.openingminute.payment.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The outcome of a trigger.
 *
 * @param next the payment after the trigger
 * @param postings for the ledger
 * @param issues the documents to number; {@code next} contains them as well
 * @param events the types of the events to publish, each with the whole state
 */
public record Decision(Payment next, List<Posting> postings, List<Issue> issues, List<EventType> events) {

    /**
     * A document to be issued.
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
        INQUIRY_CHANGED("payment.inquiry-changed.v1"),
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

    /** Creates a decision with nothing to post or publish. */
    public static Decision to(Payment next) {
        return new Decision(next, List.of(), List.of(), List.of());
    }

    /** Returns the same decision with another resulting payment. */
    Decision then(Payment other) {
        return new Decision(other, postings, issues, events);
    }

    /** Appends another decision to this one. */
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
     * Adds an event, unless the payment has no request yet: an event needs the amount due. The request's own event then reports all earlier
     * changes.
     */
    Decision publishing(EventType event) {
        return next.request() == null ? this : new Decision(next, postings, issues, joined(events, List.of(event)));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /**
     * One movement of money in the ledger: an amount that leaves one account and enters another, so that it always balances.
     *
     * @param kind what happened
     * @param debit the account that it enters
     * @param credit the account that it leaves
     * @param about the capture, refund or dispute
     */
    public record Posting(PostingKind kind, String debit, String credit, Money amount, UUID about) {

        /** Money paid for registrations. */
        public static final String REGISTRATIONS = "registrations";
        /** Transferred money that does not cover the amount due yet. */
        public static final String PARTS = "parts";
        /** Money paid twice, or transferred above the amount due; it is refunded automatically. */
        public static final String SURPLUS = "surplus";
        /** Money that a payer's bank has taken back while a dispute is open. */
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

        /** Returns the account of the money that a provider owes to the organiser. */
        public static String heldBy(String provider) {
            return "provider:" + provider;
        }
    }

    /**
     * A numbered receipt or credit note, which never changes.
     *
     * @param amount the amount paid, on a receipt; the amount refunded, on a credit note
     * @param issuedAt business time, as far as it was known
     */
    public record IssuedDocument(IssuedKind kind, String number, Money amount, Instant issuedAt) {

        public enum IssuedKind {
            RECEIPT,
            CREDIT_NOTE
        }

        IssuedDocument withNumber(String other) {
            return new IssuedDocument(kind, other, amount, issuedAt);
        }
    }
}
