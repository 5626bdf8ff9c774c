package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.lifecycle.Effect.*;
import static org.openingminute.registration.lifecycle.Guard.*;
import static org.openingminute.registration.lifecycle.Status.*;
import static org.openingminute.registration.lifecycle.Trigger.*;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Transition.Move;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Transition.Nothing;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Transition.Refuse;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.TransitionRow;

/** Proves every row of the transition table by its input and outcome; a row that no test visits fails the build. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrationLifecycleTest {

    private final Set<TransitionRow> visited = new HashSet<>();

    @AfterAll
    void every_row_was_visited() {
        List<TransitionRow> unvisited = new ArrayList<>(RegistrationLifecycle.rows());
        unvisited.removeAll(visited);
        assertThat(unvisited).as("rows that no test visits").isEmpty();
    }

    @Test
    void the_table_answers_everything_that_can_be_asked() {
        for (Status from : Status.values()) {
            for (Trigger trigger : Trigger.values()) {
                for (Guard when : Guard.of(trigger)) {
                    if (trigger == REQUESTED) {
                        assertThatThrownBy(() -> RegistrationLifecycle.on(from, trigger, when))
                                .isInstanceOf(IllegalArgumentException.class);
                    } else {
                        assertThat(RegistrationLifecycle.on(from, trigger, when))
                                .isNotNull();
                    }
                }
            }
        }
    }

    @Test
    void a_request_holds_seats_and_asks_for_the_money_or_the_proof() {
        moves(null, REQUESTED, TO_PAY, PENDING_PAYMENT, HOLD_SEATS, START_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        moves(
                null,
                REQUESTED,
                NEEDS_PROOF,
                PENDING_REVIEW,
                HOLD_SEATS,
                START_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_REVIEW_WANTED);
    }

    @Test
    void a_request_with_nothing_to_pay_is_confirmed_at_once() {
        moves(null, REQUESTED, NOTHING_TO_PAY, CONFIRMED, HOLD_SEATS, SELL_SEATS, REQUEST_PAYMENT, PUBLISH_CONFIRMED);
    }

    @Test
    void a_sale_at_the_desk_is_confirmed_at_once() {
        moves(null, REQUESTED, PAID_AT_DESK, CONFIRMED, HOLD_SEATS, SELL_SEATS, REQUEST_PAYMENT, PUBLISH_CONFIRMED);
    }

    @Test
    void money_in_time_confirms_and_is_kept() {
        for (Guard seats : List.of(SEATS_FREE, SEATS_TAKEN)) {
            moves(PENDING_PAYMENT, CAPTURED, seats, CONFIRMED, SELL_SEATS, END_HOLD, KEEP_MONEY, PUBLISH_CONFIRMED);
        }
    }

    @Test
    void late_money_takes_the_seat_if_it_is_still_free() {
        moves(EXPIRED, CAPTURED, SEATS_FREE, CONFIRMED, HOLD_SEATS, SELL_SEATS, KEEP_MONEY, PUBLISH_CONFIRMED);
    }

    @Test
    void late_money_without_a_seat_goes_back() {
        moves(EXPIRED, CAPTURED, SEATS_TAKEN, EXPIRED, REFUND_IN_FULL, PUBLISH_CHANGED);
    }

    @Test
    void money_for_what_has_no_seat_to_take_goes_back_in_full() {
        for (Status from : List.of(CANCELLED, REJECTED, PENDING_REVIEW)) {
            for (Guard seats : List.of(SEATS_FREE, SEATS_TAKEN)) {
                moves(from, CAPTURED, seats, from, REFUND_IN_FULL, PUBLISH_CHANGED);
            }
        }
    }

    @Test
    void another_amount_than_is_due_goes_back_in_full() {
        for (Status from : List.of(PENDING_PAYMENT, PENDING_REVIEW, REJECTED, EXPIRED, CANCELLED)) {
            moves(from, AMOUNT_WRONG, ALWAYS, from, REFUND_IN_FULL, PUBLISH_CHANGED);
        }
    }

    @Test
    void a_second_capture_is_not_this_services_to_give_back() {
        nothing(CONFIRMED, CAPTURED, SEATS_FREE);
        nothing(CONFIRMED, CAPTURED, SEATS_TAKEN);
        nothing(CONFIRMED, AMOUNT_WRONG, ALWAYS);
    }

    @Test
    void a_declined_card_can_be_followed_by_another() {
        moves(PENDING_PAYMENT, PAYMENT_FAILED, ALWAYS, PENDING_PAYMENT, PUBLISH_CHANGED);
        for (Status from : List.of(CONFIRMED, EXPIRED, CANCELLED, PENDING_REVIEW, REJECTED)) {
            nothing(from, PAYMENT_FAILED, ALWAYS);
        }
    }

    @Test
    void a_hold_that_runs_out_frees_the_seats_and_closes_the_payment() {
        for (Status from : List.of(PENDING_PAYMENT, PENDING_REVIEW, REJECTED)) {
            moves(from, HOLD_RAN_OUT, ALWAYS, EXPIRED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_EXPIRED);
        }
        for (Status from : List.of(CONFIRMED, EXPIRED, CANCELLED)) {
            nothing(from, HOLD_RAN_OUT, ALWAYS);
        }
    }

    @Test
    void a_hold_is_extended_once() {
        moves(
                PENDING_PAYMENT,
                EXTENDED,
                FIRST_EXTENSION,
                PENDING_PAYMENT,
                EXTEND_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        refuses(PENDING_PAYMENT, EXTENDED, EXTENDED_BEFORE);
        for (Status from : List.of(PENDING_REVIEW, REJECTED, CONFIRMED, EXPIRED, CANCELLED)) {
            refuses(from, EXTENDED, FIRST_EXTENSION);
            refuses(from, EXTENDED, EXTENDED_BEFORE);
        }
    }

    @Test
    void opened_link_gives_a_hold_its_own_time_and_is_always_told() {
        for (Status from : List.of(PENDING_REVIEW, PENDING_PAYMENT)) {
            moves(from, LINK_OPENED, HELD_SHORT, from, LENGTHEN_HOLD, REQUEST_PAYMENT, PUBLISH_CHANGED);
            moves(from, LINK_OPENED, HELD_IN_FULL, from, PUBLISH_CHANGED);
        }
        for (Status from : List.of(REJECTED, CONFIRMED)) {
            nothing(from, LINK_OPENED, HELD_SHORT);
            moves(from, LINK_OPENED, HELD_IN_FULL, from, PUBLISH_CHANGED);
        }
        for (Status from : List.of(EXPIRED, CANCELLED)) {
            nothing(from, LINK_OPENED, HELD_SHORT);
            nothing(from, LINK_OPENED, HELD_IN_FULL);
        }
    }

    @Test
    void the_last_proof_that_comes_in_holds_the_seats_for_the_review() {
        moves(PENDING_REVIEW, PROOF_RECEIVED, MORE_PROOFS_WANTED, PENDING_REVIEW, PUBLISH_CHANGED);
        moves(
                PENDING_REVIEW,
                PROOF_RECEIVED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        moves(PENDING_REVIEW, PROOF_RECEIVED, PROOF_REPLACED, PENDING_REVIEW, PUBLISH_CHANGED);
        for (Status from : List.of(PENDING_PAYMENT, REJECTED, CONFIRMED, EXPIRED, CANCELLED)) {
            for (Guard when : Guard.of(PROOF_RECEIVED)) {
                refuses(from, PROOF_RECEIVED, when);
            }
        }
    }

    @Test
    void an_accepted_proof_leads_to_payment_once_all_are_there() {
        moves(PENDING_REVIEW, PROOF_ACCEPTED, MORE_PROOFS_WANTED, PENDING_REVIEW, PUBLISH_CHANGED);
        moves(PENDING_REVIEW, PROOF_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        moves(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                NOTHING_TO_PAY,
                CONFIRMED,
                SELL_SEATS,
                END_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CONFIRMED);
        moves(
                PENDING_REVIEW,
                PROOF_ACCEPTED,
                ALL_PROOFS_THERE,
                PENDING_REVIEW,
                HOLD_FOR_REVIEW,
                REQUEST_PAYMENT,
                PUBLISH_CHANGED);
        for (Status from : List.of(PENDING_PAYMENT, REJECTED, CONFIRMED, EXPIRED, CANCELLED)) {
            for (Guard when : Guard.of(PROOF_ACCEPTED)) {
                refuses(from, PROOF_ACCEPTED, when);
            }
        }
    }

    @Test
    void a_refused_proof_leads_to_an_offer_if_there_is_room() {
        moves(PENDING_REVIEW, PROOF_REFUSED, OFFER_POSSIBLE, REJECTED, HOLD_OFFER, START_OFFER_HOLD, PUBLISH_REJECTED);
        moves(PENDING_REVIEW, PROOF_REFUSED, NO_OFFER, REJECTED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_REJECTED);
        moves(REJECTED, OFFER_ACCEPTED, TO_PAY, PENDING_PAYMENT, START_OFFER_HOLD, REQUEST_PAYMENT, PUBLISH_HELD);
        moves(
                REJECTED,
                OFFER_ACCEPTED,
                NOTHING_TO_PAY,
                CONFIRMED,
                SELL_SEATS,
                END_HOLD,
                REQUEST_PAYMENT,
                PUBLISH_CONFIRMED);
        refuses(REJECTED, OFFER_ACCEPTED, NO_OFFER);
        for (Status from : List.of(PENDING_PAYMENT, REJECTED, CONFIRMED, EXPIRED, CANCELLED)) {
            for (Guard when : Guard.of(PROOF_REFUSED)) {
                refuses(from, PROOF_REFUSED, when);
            }
        }
        for (Status from : List.of(PENDING_PAYMENT, PENDING_REVIEW, CONFIRMED, EXPIRED, CANCELLED)) {
            for (Guard when : Guard.of(OFFER_ACCEPTED)) {
                refuses(from, OFFER_ACCEPTED, when);
            }
        }
    }

    @Test
    void a_cancellation_gives_back_what_the_policy_or_the_organiser_says() {
        for (Trigger cancelled : List.of(CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER)) {
            moves(
                    CONFIRMED,
                    cancelled,
                    NO_DISPUTE,
                    CANCELLED,
                    FREE_SEATS,
                    CLOSE_PAYMENT,
                    REFUND_AS_DECIDED,
                    PUBLISH_CANCELLED);
            for (Status from : List.of(PENDING_PAYMENT, PENDING_REVIEW, REJECTED)) {
                moves(from, cancelled, NO_DISPUTE, CANCELLED, FREE_SEATS, END_HOLD, CLOSE_PAYMENT, PUBLISH_CANCELLED);
            }
            for (Status from : List.of(EXPIRED, CANCELLED)) {
                refuses(from, cancelled, NO_DISPUTE);
            }
            for (Status from : Status.values()) {
                refuses(from, cancelled, DISPUTE_OPEN);
            }
        }
    }

    @Test
    void a_dispute_freezes_tickets_and_ends_them_when_lost() {
        for (Status from : Status.values()) {
            moves(from, DISPUTE_OPENED, ALWAYS, from, FREEZE_TICKETS, PUBLISH_CHANGED);
            moves(from, DISPUTE_WON, ALWAYS, from, THAW_TICKETS, PUBLISH_CHANGED);
            if (from != CONFIRMED) {
                moves(from, DISPUTE_LOST, ALWAYS, from, PUBLISH_CHANGED);
            }
        }
        moves(CONFIRMED, DISPUTE_LOST, ALWAYS, CANCELLED, FREE_SEATS, CLOSE_PAYMENT, PUBLISH_CANCELLED);
    }

    @Test
    void refund_is_reported_and_a_failed_one_retried() {
        for (Status from : Status.values()) {
            moves(from, REFUNDED, ALWAYS, from, PUBLISH_CHANGED);
            moves(from, REFUND_FAILED, ALWAYS, from, REFUND_AGAIN, PUBLISH_CHANGED);
        }
    }

    private void moves(@Nullable Status from, Trigger trigger, Guard when, Status to, Effect... effects) {
        assertThat(visit(from, trigger, when)).isEqualTo(new Move(to, List.of(effects)));
    }

    private void refuses(Status from, Trigger trigger, Guard when) {
        assertThat(visit(from, trigger, when)).isInstanceOf(Refuse.class);
    }

    private void nothing(Status from, Trigger trigger, Guard when) {
        assertThat(visit(from, trigger, when)).isInstanceOf(Nothing.class);
    }

    private RegistrationLifecycle.Transition visit(@Nullable Status from, Trigger trigger, Guard when) {
        RegistrationLifecycle.Transition outcome = RegistrationLifecycle.on(from, trigger, when);
        visited.add(new TransitionRow(from, trigger, when, outcome));
        return outcome;
    }
}
