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
 * The saga, as one table: state × trigger × circumstance → what happens. It is complete: each triple that can come up has
 * one row, also where nothing happens; the tests fail on one that is missing and on one that no test visits, and the diagram
 * in {@code docs/saga.md} is made from it. Pure, and safe for all threads.
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
        // Before there is one
        move(null, REQUESTED, NEEDS_PROOF, PENDING_REVIEW, HOLD_SEATS, START_HOLD, REQUEST_PAYMENT, SAY_REVIEW_WANTED);
        move(null, REQUESTED, TO_PAY, PENDING_PAYMENT, HOLD_SEATS, START_HOLD, REQUEST_PAYMENT, SAY_HELD);
        move(null, REQUESTED, NOTHING_TO_PAY, CONFIRMED, HOLD_SEATS, SELL_SEATS, REQUEST_PAYMENT, SAY_CONFIRMED);

        // A proof is wanted or looked at
        move(PENDING_REVIEW, PROOF_RECEIVED, MORE_PROOFS_WANTED, PENDING_REVIEW, SAY_CHANGED);
        move(
                PENDING_REVIEW,
                PROOF_RECEIVED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                SAY_CHANGED);
        move(PENDING_REVIEW, PROOF_RECEIVED, PROOF_REPLACED, PENDING_REVIEW, SAY_CHANGED);
        move(PENDING_REVIEW, PROOF_ACCEPTED, MORE_PROOFS_WANTED, PENDING_REVIEW, SAY_CHANGED);
        move(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                SAY_CHANGED);
        move(PENDING_REVIEW, PROOF_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, SAY_HELD);
        move(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                NOTHING_TO_PAY,
                CONFIRMED,
                SELL_SEATS,
                END_HOLD,
                REQUEST_PAYMENT,
                SAY_CONFIRMED);
        move(PENDING_REVIEW, PROOF_REFUSED, OFFER_POSSIBLE, REJECTED, HOLD_OFFER, START_OFFER_HOLD, SAY_REJECTED);
        move(PENDING_REVIEW, PROOF_REFUSED, NO_OFFER, REJECTED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, SAY_REJECTED);
        move(PENDING_REVIEW, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, SAY_EXPIRED);
        refundInFull(PENDING_REVIEW);
        cancel(PENDING_REVIEW);

        // The proof was refused, an offer may stand
        move(REJECTED, OFFER_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, SAY_HELD);
        move(REJECTED, OFFER_ACCEPTED, NOTHING_TO_PAY, CONFIRMED, SELL_SEATS, END_HOLD, REQUEST_PAYMENT, SAY_CONFIRMED);
        refuse(REJECTED, OFFER_ACCEPTED, NO_OFFER, "there is no offer");
        move(REJECTED, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, SAY_EXPIRED);
        refundInFull(REJECTED);
        cancel(REJECTED);

        // Seats are held while somebody pays
        move(PENDING_PAYMENT, EXTENDED, FIRST_EXTENSION, PENDING_PAYMENT, EXTEND_HOLD, REQUEST_PAYMENT, SAY_CHANGED);
        refuse(PENDING_PAYMENT, EXTENDED, EXTENDED_BEFORE, "the hold was extended once already");
        // The seats are its own: whether others are free does not matter.
        move(PENDING_PAYMENT, CAPTURED, SEATS_FREE, CONFIRMED, SELL_SEATS, END_HOLD, KEEP_MONEY, SAY_CONFIRMED);
        move(PENDING_PAYMENT, CAPTURED, SEATS_TAKEN, CONFIRMED, SELL_SEATS, END_HOLD, KEEP_MONEY, SAY_CONFIRMED);
        move(PENDING_PAYMENT, AMOUNT_WRONG, ALWAYS, PENDING_PAYMENT, REFUND_IN_FULL, SAY_CHANGED);
        move(PENDING_PAYMENT, PAYMENT_FAILED, ALWAYS, PENDING_PAYMENT, SAY_CHANGED);
        move(PENDING_PAYMENT, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, SAY_EXPIRED);
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
                    SAY_CANCELLED);
            refuse(CONFIRMED, cancelled, DISPUTE_OPEN, "the payment is disputed");
        }
        move(CONFIRMED, DISPUTE_OPENED, ALWAYS, CONFIRMED, FREEZE_TICKETS, SAY_CHANGED);
        move(CONFIRMED, DISPUTE_WON, ALWAYS, CONFIRMED, THAW_TICKETS, SAY_CHANGED);
        move(CONFIRMED, DISPUTE_LOST, ALWAYS, CANCELLED, FREE_SEATS, CLOSE_PAYMENT, SAY_CANCELLED);

        // The hold ran out, and money came all the same
        move(EXPIRED, CAPTURED, SEATS_FREE, CONFIRMED, HOLD_SEATS, SELL_SEATS, KEEP_MONEY, SAY_CONFIRMED);
        move(EXPIRED, CAPTURED, SEATS_TAKEN, EXPIRED, REFUND_IN_FULL, SAY_CHANGED);
        move(EXPIRED, AMOUNT_WRONG, ALWAYS, EXPIRED, REFUND_IN_FULL, SAY_CHANGED);
        refundInFull(CANCELLED);

        // The same in several states
        for (Status ended : List.of(EXPIRED, CANCELLED)) {
            nothing(ended, HOLD_RAN_OUT, ALWAYS, "it has ended");
            nothing(ended, PAYMENT_FAILED, ALWAYS, "it has ended");
            for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
                refuse(ended, cancelled, NO_DISPUTE, "it has ended");
                refuse(ended, cancelled, DISPUTE_OPEN, "it has ended");
            }
        }
        nothing(CONFIRMED, HOLD_RAN_OUT, ALWAYS, "it holds nothing");
        for (Status reviewed : List.of(PENDING_REVIEW, REJECTED)) {
            nothing(reviewed, PAYMENT_FAILED, ALWAYS, "it cannot be paid yet");
        }
        for (Status paid : List.of(EXPIRED, CANCELLED, PENDING_PAYMENT, PENDING_REVIEW, REJECTED)) {
            move(paid, DISPUTE_OPENED, ALWAYS, paid, FREEZE_TICKETS, SAY_CHANGED);
            move(paid, DISPUTE_WON, ALWAYS, paid, THAW_TICKETS, SAY_CHANGED);
            move(paid, DISPUTE_LOST, ALWAYS, paid, SAY_CHANGED);
        }
        for (Status any : Status.values()) {
            move(any, REFUNDED, ALWAYS, any, SAY_CHANGED);
            move(any, REFUND_FAILED, ALWAYS, any, REFUND_AGAIN, SAY_CHANGED);
        }
        refuseWhereMissing();
    }

    private RegistrationLifecycle() {}

    /**
     * What happens.
     *
     * @throws IllegalArgumentException if the trigger does not ask about that circumstance
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

    /** Money for what holds no seat and cannot take one again: all of it goes back. */
    private static void refundInFull(Status from) {
        move(from, CAPTURED, SEATS_FREE, from, REFUND_IN_FULL, SAY_CHANGED);
        move(from, CAPTURED, SEATS_TAKEN, from, REFUND_IN_FULL, SAY_CHANGED);
        move(from, AMOUNT_WRONG, ALWAYS, from, REFUND_IN_FULL, SAY_CHANGED);
    }

    private static void cancel(Status from) {
        for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
            move(from, cancelled, NO_DISPUTE, CANCELLED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, SAY_CANCELLED);
            refuse(from, cancelled, DISPUTE_OPEN, "the payment is disputed");
        }
    }

    /** What a person asks for in a state that does not allow it: refused, and so in the table. */
    private static void refuseWhereMissing() {
        for (Status from : Status.values()) {
            for (Trigger asked : List.of(EXTENDED, PROOF_RECEIVED, PROOF_ACCEPTED, PROOF_REFUSED, OFFER_ACCEPTED)) {
                for (Guard when : Guard.of(asked)) {
                    if (!TABLE.containsKey(new StateAndTrigger(from, asked, when))) {
                        refuse(from, asked, when, "not while it is " + from.wireName());
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

    /** What the table says about a trigger in a state. */
    public sealed interface Transition {

        /** The registration goes to (or stays in) a state, with these effects in this order. */
        record Move(Status to, List<Effect> effects) implements Transition {

            public Move {
                effects = List.copyOf(effects);
            }
        }

        /** The caller is told {@code not-allowed-now}; nothing changes. */
        record Refuse(String why) implements Transition {}

        /** Nothing changes and nobody need be told: the news is old, or another's to act on. */
        record Nothing(String why) implements Transition {}
    }
}
