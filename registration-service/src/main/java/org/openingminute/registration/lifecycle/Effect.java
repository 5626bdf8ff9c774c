package org.openingminute.registration.lifecycle;

/**
 * An effect of a transition besides the change of state. Effects are carried out in the order of the table's row,
 * events last.
 */
public sealed interface Effect {

    Effect HOLD_SEATS = new Seats(Seats.Change.HOLD);
    Effect SELL_SEATS = new Seats(Seats.Change.SELL);
    Effect FREE_SEATS = new Seats(Seats.Change.FREE);
    Effect HOLD_OFFER = new Seats(Seats.Change.HOLD_OFFER);

    Effect START_HOLD = new Hold(Hold.Change.START);
    Effect EXTEND_HOLD = new Hold(Hold.Change.EXTEND);
    Effect HOLD_FOR_REVIEW = new Hold(Hold.Change.FOR_REVIEW);
    Effect START_OFFER_HOLD = new Hold(Hold.Change.FOR_OFFER);
    Effect LENGTHEN_HOLD = new Hold(Hold.Change.LENGTHEN);
    Effect END_HOLD = new Hold(Hold.Change.END);

    Effect REQUEST_PAYMENT = new Payment(Payment.Command.REQUEST);
    Effect CLOSE_PAYMENT = new Payment(Payment.Command.CLOSE);
    Effect KEEP_MONEY = new Payment(Payment.Command.KEEP);

    Effect REFUND_IN_FULL = new Refund(Refund.Extent.IN_FULL);
    Effect REFUND_AS_DECIDED = new Refund(Refund.Extent.AS_DECIDED);
    Effect REFUND_AGAIN = new Refund(Refund.Extent.AGAIN);

    Effect FREEZE_TICKETS = new Tickets(true);
    Effect THAW_TICKETS = new Tickets(false);

    Effect PUBLISH_HELD = new Publish(EventType.HELD);
    Effect PUBLISH_REVIEW_WANTED = new Publish(EventType.REVIEW_WANTED);
    Effect PUBLISH_REJECTED = new Publish(EventType.REJECTED);
    Effect PUBLISH_CONFIRMED = new Publish(EventType.CONFIRMED);
    Effect PUBLISH_EXPIRED = new Publish(EventType.EXPIRED);
    Effect PUBLISH_CANCELLED = new Publish(EventType.CANCELLED);
    Effect PUBLISH_CHANGED = new Publish(EventType.CHANGED);

    /** Holds, sells or frees the quotas of the order. */
    record Seats(Seats.Change change) implements Effect {

        public enum Change {
            HOLD,
            /** Sells held seats. */
            SELL,
            /** Frees held or sold seats. */
            FREE,
            /** Frees the refused categories and holds those of the offer. */
            HOLD_OFFER
        }
    }

    /** Begins, changes or ends the hold of quotas. */
    record Hold(Hold.Change change) implements Effect {

        public enum Change {
            START,
            EXTEND,
            /**
             * Extends the hold, once every proof is there, to the time that a review may take from now. Never shortens
             * it.
             */
            FOR_REVIEW,
            FOR_OFFER,
            /** Extends the hold to its regular end, because the contact has opened a mailed link. */
            LENGTHEN,
            END
        }
    }

    /** A command to payment-service. */
    record Payment(Command command) implements Effect {

        public enum Command {
            /** Requests the amount due, with whether and for how long it can be paid. */
            REQUEST,
            /** Stops accepting money. */
            CLOSE,
            /** Keeps the money for a seat. */
            KEEP
        }
    }

    /** Refunds some or all of the money. */
    record Refund(Extent extent) implements Effect {

        public enum Extent {
            /** Refunds everything that was captured and not refunded yet. */
            IN_FULL,
            /** Refunds as the cancellation policy, or the organiser, decides. */
            AS_DECIDED,
            /** Repeats a failed refund, for at most three attempts in all. */
            AGAIN
        }
    }

    /** Freezes the tickets, or makes them usable again. */
    record Tickets(boolean frozen) implements Effect {}

    /** Publishes an event with the registration after the transition. */
    record Publish(EventType type) implements Effect {}

    /** The type of an event. */
    enum EventType {
        HELD("registration.held.v1"),
        REVIEW_WANTED("registration.review-wanted.v1"),
        REJECTED("registration.rejected.v1"),
        CONFIRMED("registration.confirmed.v1"),
        EXPIRED("registration.expired.v1"),
        CANCELLED("registration.cancelled.v1"),
        CHANGED("registration.changed.v1");

        private final String wireName;

        EventType(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }
}
