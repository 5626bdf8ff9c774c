package org.openingminute.notification.owed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.openingminute.notification.heard.States.because;
import static org.openingminute.notification.heard.States.disputed;
import static org.openingminute.notification.heard.States.payment;
import static org.openingminute.notification.heard.States.refund;
import static org.openingminute.notification.heard.States.registration;
import static org.openingminute.notification.heard.States.reviewed;
import static org.openingminute.notification.heard.States.usd;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.PaymentState;
import org.openingminute.notification.heard.PaymentState.Dispute;
import org.openingminute.notification.heard.PaymentState.DisputeStatus;
import org.openingminute.notification.heard.PaymentState.RefundStatus;
import org.openingminute.notification.heard.ReasonCode;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.heard.RegistrationState.Proof;
import org.openingminute.notification.heard.RegistrationStatus;

class OwedMailsTest {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(900);
    private static final UUID REFUND = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8ae");

    private static final String LATE = "the payment came after the hold, and the seats were taken by then";

    /** Status, total, captured, refund planned, payment, and what is owed. */
    static Stream<Arguments> states() {
        return Stream.of(
                arguments(RegistrationStatus.PENDING_REVIEW, 800, 0, 0, null, List.of("proof-wanted")),
                arguments(RegistrationStatus.REJECTED, 800, 0, 0, null, List.of("proof-refused")),
                arguments(RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, null, List.of("pay-now")),
                arguments(RegistrationStatus.PENDING_PAYMENT, 0, 0, 0, null, List.of()),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentState.Status.AWAITING,
                        List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.CLOSED, List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.UNKNOWN, List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentState.Status.FAILED,
                        List.of("payment-failed")),
                arguments(RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.PROCESSING, List.of()),
                arguments(RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.CAPTURED, List.of()),
                arguments(RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.REFUNDED, List.of()),
                arguments(RegistrationStatus.PENDING_PAYMENT, 800, 0, 0, PaymentState.Status.DISPUTED, List.of()),
                arguments(RegistrationStatus.CONFIRMED, 800, 800, 0, null, List.of("confirmation")),
                arguments(RegistrationStatus.CONFIRMED, 0, 0, 0, null, List.of("confirmation")),
                // The registration's own word counts, not a payment that still looks failed.
                arguments(
                        RegistrationStatus.CONFIRMED, 800, 800, 0, PaymentState.Status.FAILED, List.of("confirmation")),
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, null, List.of("expired")),
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, PaymentState.Status.FAILED, List.of("expired")),
                // Money that came late is answered within moments; until then, "nothing was charged" would be untrue.
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, PaymentState.Status.CAPTURED, List.of()),
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, PaymentState.Status.PROCESSING, List.of("expired")),
                arguments(
                        RegistrationStatus.EXPIRED,
                        800,
                        800,
                        800,
                        PaymentState.Status.CAPTURED,
                        List.of("late-payment-refunded")),
                arguments(RegistrationStatus.EXPIRED, 800, 800, 800, null, List.of("late-payment-refunded")),
                arguments(RegistrationStatus.CANCELLED, 800, 0, 0, null, List.of("cancelled")),
                arguments(RegistrationStatus.CANCELLED, 800, 800, 400, null, List.of("cancelled")),
                arguments(RegistrationStatus.UNKNOWN, 800, 0, 0, null, List.of()));
    }

    @ParameterizedTest
    @MethodSource("states")
    void a_state_owes(
            RegistrationStatus status,
            long total,
            long captured,
            long refundPlanned,
            PaymentState.@Nullable Status payment,
            List<String> kinds) {
        RegistrationState state = registration(status, total, captured, refundPlanned, "Ada", "en");
        if (status == RegistrationStatus.EXPIRED && refundPlanned > 0) {
            state = because(state, LATE);
        }
        Heard heard = new Heard(state, payment == null ? null : payment(payment), LATER);

        assertThat(OwedMails.by(heard, NOW))
                .extracting(owed -> owed.kind().code())
                .isEqualTo(kinds);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    cancelled by the registrant | CANCELLED_BY_REGISTRANT
                    on the registrant's behalf | CANCELLED_BY_ORGANISER
                    the time for the proof ran out | PROOF_TIME_OVER
                    the offer was not accepted in time | OFFER_TIME_OVER
                    the time to pay ran out | PAYMENT_TIME_OVER
                    the amount paid is not the amount due | AMOUNT_WRONG
                    the payment came after the hold, and the seats were taken by then | PAID_LATE_SEATS_TAKEN
                    the payment came after the cancellation | PAID_AFTER_CANCELLATION
                    the payment came before it could be paid | PAID_BEFORE_PAYABLE
                    the payment was taken back | DISPUTE_LOST
                    """)
    void sentence_without_a_code_means_what_it_meant(String sentence, ReasonCode code) {
        assertThat(new RegistrationState.Reason(sentence, null, null).code()).isEqualTo(code);
        for (RegistrationStatus status : RegistrationStatus.values()) {
            RegistrationState state = registration(status, 80_000, 80_000, 80_000, "Ada", "de");

            RegistrationState coded = because(state, new RegistrationState.Reason(sentence + ",", code, null));

            assertThat(OwedMails.by(new Heard(because(state, sentence), null, LATER), NOW))
                    .isEqualTo(OwedMails.by(new Heard(coded, null, LATER), NOW));
        }
    }

    @Test
    void every_status_is_in_the_table() {
        assertThat(states().map(row -> row.get()[0]).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(new ArrayList<>(List.of(RegistrationStatus.values())));
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING_PAYMENT", "PENDING_REVIEW", "REJECTED"})
    void nobody_is_asked_for_anything_after_the_end_of_the_hold(RegistrationStatus status) {
        assertThat(OwedMails.by(new Heard(registration(status), null, NOW), NOW))
                .isEmpty();
        assertThat(OwedMails.by(new Heard(registration(status), null, NOW.plusSeconds(1)), NOW))
                .hasSize(1);
    }

    @Test
    void who_has_sent_every_proof_is_not_asked_for_one() {
        RegistrationState state = registration(RegistrationStatus.PENDING_REVIEW);

        assertThat(OwedMails.by(
                        new Heard(reviewed(state, LATER, null, Proof.WANTED, Proof.RECEIVED), null, LATER), NOW))
                .containsExactly(new Owed(MailKind.PROOF_WANTED, ""));
        assertThat(OwedMails.by(
                        new Heard(reviewed(state, LATER, null, Proof.RECEIVED, Proof.ACCEPTED), null, LATER), NOW))
                .isEmpty();
    }

    @Test
    void a_refund_is_told_when_it_is_done() {
        UUID other = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        PaymentState payment = payment(
                PaymentState.Status.PARTLY_REFUNDED,
                refund(REFUND, RefundStatus.DONE),
                refund(other, RefundStatus.PENDING));

        assertThat(OwedMails.by(new Heard(registration(RegistrationStatus.CONFIRMED), payment, null), NOW))
                .containsExactly(
                        new Owed(MailKind.CONFIRMATION, ""), new Owed(MailKind.REFUND_MADE, REFUND.toString()));
    }

    @Test
    void the_refund_of_late_money_is_told_once_and_with_its_reason() {
        Heard heard = new Heard(
                because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                payment(PaymentState.Status.REFUNDED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(OwedMails.by(heard, NOW)).containsExactly(new Owed(MailKind.LATE_PAYMENT_REFUNDED, ""));
    }

    @Test
    void a_payment_alone_owes_nothing() {
        Heard heard = new Heard(null, payment(PaymentState.Status.REFUNDED, refund(REFUND, RefundStatus.DONE)), null);

        assertThat(OwedMails.by(heard, NOW)).isEmpty();
    }

    @Test
    void what_was_given_back_before_the_hold_ended_was_not_late() {
        Heard heard = new Heard(
                registration(RegistrationStatus.EXPIRED, 800, 900, 900, "Ada", "en"),
                payment(PaymentState.Status.REFUNDED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(OwedMails.by(heard, NOW))
                .containsExactly(new Owed(MailKind.EXPIRED, ""), new Owed(MailKind.REFUND_MADE, REFUND.toString()));
    }

    @Test
    void late_money_stays_late_when_the_bank_takes_it_back() {
        Heard heard = new Heard(
                because(
                        registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"),
                        "the payment was taken back"),
                payment(PaymentState.Status.DISPUTED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(OwedMails.by(heard, NOW)).containsExactly(new Owed(MailKind.LATE_PAYMENT_REFUNDED, ""));
    }

    @Test
    void parts_that_went_back_before_late_money_are_told_beside_it() {
        UUID parts = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        Heard heard = new Heard(
                because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                payment(
                        PaymentState.Status.REFUNDED,
                        new PaymentState.Refund(parts, usd(60_000), RefundStatus.DONE, true, true),
                        refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(OwedMails.by(heard, NOW))
                .containsExactly(
                        new Owed(MailKind.LATE_PAYMENT_REFUNDED, ""), new Owed(MailKind.REFUND_MADE, parts.toString()));
    }

    @Test
    void who_is_confirmed_by_late_money_is_not_told_of_the_end_of_the_hold() {
        Heard heard = new Heard(
                registration(RegistrationStatus.CONFIRMED, 800, 800, 0, "Ada", "en"),
                payment(PaymentState.Status.CAPTURED),
                null);

        assertThat(OwedMails.by(heard, NOW)).containsExactly(new Owed(MailKind.CONFIRMATION, ""));
    }

    @Test
    void who_paid_is_not_asked_to_pay_whichever_is_heard_first() {
        Heard heard = new Heard(
                registration(RegistrationStatus.PENDING_PAYMENT), payment(PaymentState.Status.CAPTURED), LATER);

        assertThat(OwedMails.by(heard, NOW)).isEmpty();
    }

    @Test
    void a_dispute_is_told_while_it_is_open_and_when_it_is_won_and_a_lost_one_is_a_cancellation() {
        RegistrationState confirmed = registration(RegistrationStatus.CONFIRMED, 800, 800, 0, "Ada", "en");

        assertThat(kinds(confirmed, disputed(dispute(DisputeStatus.OPEN))))
                .containsExactly("confirmation", "payment-disputed");
        assertThat(kinds(confirmed, disputed(dispute(DisputeStatus.WON))))
                .containsExactly("confirmation", "dispute-settled");
        assertThat(kinds(confirmed, disputed(dispute(DisputeStatus.UNKNOWN)))).containsExactly("confirmation");
        assertThat(kinds(
                        registration(RegistrationStatus.CANCELLED, 800, 800, 0, "Ada", "en"),
                        disputed(dispute(DisputeStatus.LOST))))
                .containsExactly("cancelled");
    }

    private static Dispute dispute(DisputeStatus status) {
        return new Dispute(REFUND, usd(800), status);
    }

    private static List<String> kinds(RegistrationState state, PaymentState payment) {
        return OwedMails.by(new Heard(state, payment, LATER), NOW).stream()
                .map(owed -> owed.kind().code())
                .toList();
    }

    @Test
    void who_is_asked_to_pay_after_a_review_hears_that_the_proof_was_accepted() {
        RegistrationState state = registration(RegistrationStatus.PENDING_PAYMENT);

        assertThat(OwedMails.by(
                        new Heard(reviewed(state, LATER, null, Proof.ACCEPTED, Proof.ACCEPTED), null, LATER), NOW))
                .containsExactly(new Owed(MailKind.PROOF_ACCEPTED, ""));
        assertThat(OwedMails.by(new Heard(reviewed(state, LATER, null, Proof.REFUSED), null, LATER), NOW))
                .as("who took the offer")
                .containsExactly(new Owed(MailKind.PAY_NOW, ""));
    }
}
