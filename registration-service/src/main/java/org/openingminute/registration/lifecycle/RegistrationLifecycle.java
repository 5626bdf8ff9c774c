package org.openingminute.registration.lifecycle;

import static org.openingminute.registration.lifecycle.Effect.*;
import static org.openingminute.registration.lifecycle.Guard.*;
import static org.openingminute.registration.lifecycle.Status.*;
import static org.openingminute.registration.lifecycle.Trigger.*;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The saga, as one table: state × trigger × guard → transition. It is complete: each possible triple has one row, even
 * if nothing happens. The tests fail on a missing row and on one that no test visits, and the diagram in {@code
 * docs/saga.md} is generated from it. Pure.
 */
public final class RegistrationLifecycle {

    /**
     * A row.
     *
     * @param from the state before; {@code null} before there is a registration
     */
    public record TransitionRow(@Nullable Status from, Trigger trigger, Guard when, Transition outcome) {}

    private record StateAndTrigger(@Nullable Status from, Trigger trigger, Guard when) {}

    private static final Map<StateAndTrigger, TransitionRow> TABLE = new LinkedHashMap<>();

    static {
        // Before there is a registration
        move(
                null,
                REQUESTED,
                NEEDS_PROOF,
                PENDING_REVIEW,
                HOLD_SEATS,
                START_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_REVIEW_WANTED);
        move(null, REQUESTED, TO_PAY, PENDING_PAYMENT, HOLD_SEATS, START_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        for (Guard paid : List.of(NOTHING_TO_PAY, PAID_AT_DESK)) {
            move(null, REQUESTED, paid, CONFIRMED, HOLD_SEATS, SELL_SEATS, REQUEST_PAYMENT, PUBLISH_CONFIRMED);
        }

        // A proof is missing or under review
        move(PENDING_REVIEW, PROOF_RECEIVED, MORE_PROOFS_WANTED, PENDING_REVIEW, PUBLISH_CHANGED);
        move(
                PENDING_REVIEW,
                PROOF_RECEIVED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        move(PENDING_REVIEW, PROOF_RECEIVED, PROOF_REPLACED, PENDING_REVIEW, PUBLISH_CHANGED);
        move(PENDING_REVIEW, PROOF_ACCEPTED, MORE_PROOFS_WANTED, PENDING_REVIEW, PUBLISH_CHANGED);
        move(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        move(PENDING_REVIEW, PROOF_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        move(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                NOTHING_TO_PAY,
                CONFIRMED,
                SELL_SEATS,
                END_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CONFIRMED);
        move(PENDING_REVIEW, PROOF_REFUSED, OFFER_POSSIBLE, REJECTED, HOLD_OFFER, START_OFFER_HOLD, PUBLISH_REJECTED);
        move(PENDING_REVIEW, PROOF_REFUSED, NO_OFFER, REJECTED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_REJECTED);
        move(PENDING_REVIEW, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_EXPIRED);
        refundInFull(PENDING_REVIEW);
        cancel(PENDING_REVIEW);

        // The proof was refused, and there may be an offer
        move(REJECTED, OFFER_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        move(
                REJECTED,
                OFFER_ACCEPTED,
                NOTHING_TO_PAY,
                CONFIRMED,
                SELL_SEATS,
                END_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CONFIRMED);
        refuse(REJECTED, OFFER_ACCEPTED, NO_OFFER, "there is no offer");
        move(REJECTED, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_EXPIRED);
        refundInFull(REJECTED);
        cancel(REJECTED);

        // Seats are held until they are paid
        move(
                PENDING_PAYMENT,
                EXTENDED,
                FIRST_EXTENSION,
                PENDING_PAYMENT,
                EXTEND_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        refuse(PENDING_PAYMENT, EXTENDED, EXTENDED_BEFORE, "the hold was extended once already");
        // The registration already has its seats, so it does not matter whether others are free.
        move(PENDING_PAYMENT, CAPTURED, SEATS_FREE, CONFIRMED, SELL_SEATS, END_HOLD, KEEP_MONEY, PUBLISH_CONFIRMED);
        move(PENDING_PAYMENT, CAPTURED, SEATS_TAKEN, CONFIRMED, SELL_SEATS, END_HOLD, KEEP_MONEY, PUBLISH_CONFIRMED);
        move(PENDING_PAYMENT, AMOUNT_WRONG, ALWAYS, PENDING_PAYMENT, REFUND_IN_FULL, PUBLISH_CHANGED);
        move(PENDING_PAYMENT, PAYMENT_FAILED, ALWAYS, PENDING_PAYMENT, PUBLISH_CHANGED);
        move(PENDING_PAYMENT, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_EXPIRED);
        cancel(PENDING_PAYMENT);

        // Paid, or nothing to pay
        nothing(CONFIRMED, CAPTURED, SEATS_FREE, "a second capture is given back by payment-service");
        nothing(CONFIRMED, CAPTURED, SEATS_TAKEN, "a second capture is given back by payment-service");
        nothing(CONFIRMED, AMOUNT_WRONG, ALWAYS, "a second capture is given back by payment-service");
        nothing(CONFIRMED, PAYMENT_FAILED, ALWAYS, "another try succeeded");
        for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
            move(
                    CONFIRMED,
                    cancelled,
                    NO_DISPUTE,
                    CANCELLED,
                    FREE_SEATS,
                    CLOSE_PAYMENT,
                    REFUND_AS_DECIDED,
                    PUBLISH_CANCELLED);
            refuse(CONFIRMED, cancelled, DISPUTE_OPEN, "the payment is disputed");
        }
        move(CONFIRMED, DISPUTE_OPENED, ALWAYS, CONFIRMED, FREEZE_TICKETS, PUBLISH_CHANGED);
        move(CONFIRMED, DISPUTE_WON, ALWAYS, CONFIRMED, THAW_TICKETS, PUBLISH_CHANGED);
        move(CONFIRMED, DISPUTE_LOST, ALWAYS, CANCELLED, FREE_SEATS, CLOSE_PAYMENT, PUBLISH_CANCELLED);

        // The hold ran out, and money came after all
        move(EXPIRED, CAPTURED, SEATS_FREE, CONFIRMED, HOLD_SEATS, SELL_SEATS, KEEP_MONEY, PUBLISH_CONFIRMED);
        move(EXPIRED, CAPTURED, SEATS_TAKEN, EXPIRED, REFUND_IN_FULL, PUBLISH_CHANGED);
        move(EXPIRED, AMOUNT_WRONG, ALWAYS, EXPIRED, REFUND_IN_FULL, PUBLISH_CHANGED);
        refundInFull(CANCELLED);

        // The same outcome in several states
        for (Status ended : List.of(EXPIRED, CANCELLED)) {
            nothing(ended, HOLD_RAN_OUT, ALWAYS, "it has ended");
            nothing(ended, PAYMENT_FAILED, ALWAYS, "it has ended");
            for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
                refuse(ended, cancelled, NO_DISPUTE, "it has ended");
                refuse(ended, cancelled, DISPUTE_OPEN, "it has ended");
            }
        }
        nothing(CONFIRMED, HOLD_RAN_OUT, ALWAYS, "it holds nothing");
        for (Status held : List.of(PENDING_REVIEW, PENDING_PAYMENT)) {
            move(held, LINK_OPENED, HELD_SHORT, held, LENGTHEN_HOLD, REQUEST_PAYMENT, PUBLISH_CHANGED);
        }
        for (Status counted : List.of(PENDING_REVIEW, PENDING_PAYMENT, REJECTED, CONFIRMED)) {
            move(counted, LINK_OPENED, HELD_IN_FULL, counted, PUBLISH_CHANGED);
        }
        for (Status full : List.of(REJECTED, CONFIRMED)) {
            nothing(full, LINK_OPENED, HELD_SHORT, "it has no short hold");
        }
        for (Status ended : List.of(EXPIRED, CANCELLED)) {
            for (Guard hold : List.of(HELD_SHORT, HELD_IN_FULL)) {
                nothing(ended, LINK_OPENED, hold, "it has ended");
            }
        }
        for (Status reviewed : List.of(PENDING_REVIEW, REJECTED)) {
            nothing(reviewed, PAYMENT_FAILED, ALWAYS, "it cannot be paid yet");
        }
        for (Status paid : List.of(EXPIRED, CANCELLED, PENDING_PAYMENT, PENDING_REVIEW, REJECTED)) {
            move(paid, DISPUTE_OPENED, ALWAYS, paid, FREEZE_TICKETS, PUBLISH_CHANGED);
            move(paid, DISPUTE_WON, ALWAYS, paid, THAW_TICKETS, PUBLISH_CHANGED);
            move(paid, DISPUTE_LOST, ALWAYS, paid, PUBLISH_CHANGED);
        }
        for (Status any : Status.values()) {
            move(any, REFUNDED, ALWAYS, any, PUBLISH_CHANGED);
            move(any, REFUND_FAILED, ALWAYS, any, REFUND_AGAIN, PUBLISH_CHANGED);
        }
        refuseWhereMissing();
    }

    private RegistrationLifecycle() {}

    /**
     * The transition of a trigger in a state.
     *
     * @throws IllegalArgumentException if the trigger does not have that guard
     */
    public static Transition on(@Nullable Status from, Trigger trigger, Guard when) {
        TransitionRow row = TABLE.get(new StateAndTrigger(from, trigger, when));
        if (row == null) {
            throw new IllegalArgumentException("no row for " + from + ", " + trigger + ", " + when);
        }
        return row.outcome();
    }

    /** All rows, in the order of the table. */
    public static List<TransitionRow> rows() {
        return new ArrayList<>(TABLE.values());
    }

    private static void move(@Nullable Status from, Trigger trigger, Guard when, Status to, Effect... effects) {
        put(from, trigger, when, new Transition.Move(to, List.of(effects)));
    }

    private static void refuse(@Nullable Status from, Trigger trigger, Guard when, String why) {
        put(from, trigger, when, new Transition.Refuse(why));
    }

    private static void nothing(@Nullable Status from, Trigger trigger, Guard when, String why) {
        put(from, trigger, when, new Transition.Nothing(why));
    }

    /** Refunds all money in full for a registration that holds no seat and cannot get one again. */
    private static void refundInFull(Status from) {
        move(from, CAPTURED, SEATS_FREE, from, REFUND_IN_FULL, PUBLISH_CHANGED);
        move(from, CAPTURED, SEATS_TAKEN, from, REFUND_IN_FULL, PUBLISH_CHANGED);
        move(from, AMOUNT_WRONG, ALWAYS, from, REFUND_IN_FULL, PUBLISH_CHANGED);
    }

    private static void cancel(Status from) {
        for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
            move(from, cancelled, NO_DISPUTE, CANCELLED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_CANCELLED);
            refuse(from, cancelled, DISPUTE_OPEN, "the payment is disputed");
        }
    }

    /** Adds a refusal for each command of a person in a state that does not allow it. */
    private static void refuseWhereMissing() {
        for (Status from : Status.values()) {
            for (Trigger trigger : List.of(EXTENDED, PROOF_RECEIVED, PROOF_ACCEPTED, PROOF_REFUSED, OFFER_ACCEPTED)) {
                for (Guard when : Guard.of(trigger)) {
                    if (!TABLE.containsKey(new StateAndTrigger(from, trigger, when))) {
                        refuse(from, trigger, when, "not while it is " + from.wireName());
                    }
                }
            }
        }
    }

    private static void put(@Nullable Status from, Trigger trigger, Guard when, Transition outcome) {
        TransitionRow before = TABLE.putIfAbsent(
                new StateAndTrigger(from, trigger, when), new TransitionRow(from, trigger, when, outcome));
        if (before != null) {
            throw new IllegalStateException("two rows for " + from + ", " + trigger + ", " + when);
        }
    }

    /** The table's outcome for a trigger in a state. */
    public sealed interface Transition {

        /** The registration goes to (or stays in) a state, with these effects in this order. */
        record Move(Status to, List<Effect> effects) implements Transition {

            public Move {
                effects = List.copyOf(effects);
            }
        }

        /** The caller is refused with {@code not-allowed-now}; nothing changes. */
        record Refuse(String why) implements Transition {}

        /** Nothing changes and nothing is published, because the report is old or another service acts on it. */
        record Nothing(String why) implements Transition {}
    }
}
