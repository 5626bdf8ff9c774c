package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.openingminute.notification.projection.States.because;
import static org.openingminute.notification.projection.States.disputed;
import static org.openingminute.notification.projection.States.payment;
import static org.openingminute.notification.projection.States.refund;
import static org.openingminute.notification.projection.States.registration;
import static org.openingminute.notification.projection.States.returnedRefund;
import static org.openingminute.notification.projection.States.reviewed;
import static org.openingminute.notification.projection.States.usd;

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
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.PaymentSnapshot.DisputeStatus;
import org.openingminute.notification.projection.PaymentSnapshot.RefundStatus;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDispute;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedRefund;
import org.openingminute.notification.projection.ReasonCode;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedContact;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedProof;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.States;

/** Proves which mails each state makes due, by a table over all states. */
class DueMailsTest {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(900);
    private static final Instant RETURNED_AT = NOW.minusSeconds(86_400);
    private static final UUID REFUND = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8ae");

    private static final String LATE = "the payment came after the hold, and the seats were taken by then";

    /** Columns: status, total, captured, refund planned, payment, due mails. */
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
                        PaymentSnapshot.ReportedStatus.AWAITING,
                        List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.CLOSED,
                        List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.UNKNOWN,
                        List.of("pay-now")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.FAILED,
                        List.of("payment-failed")),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.PROCESSING,
                        List.of()),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.CAPTURED,
                        List.of()),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.REFUNDED,
                        List.of()),
                arguments(
                        RegistrationStatus.PENDING_PAYMENT,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.DISPUTED,
                        List.of()),
                arguments(RegistrationStatus.CONFIRMED, 800, 800, 0, null, List.of("confirmation")),
                arguments(RegistrationStatus.CONFIRMED, 0, 0, 0, null, List.of("confirmation")),
                // The registration's events count, even if the payment's state still says that it failed.
                arguments(
                        RegistrationStatus.CONFIRMED,
                        800,
                        800,
                        0,
                        PaymentSnapshot.ReportedStatus.FAILED,
                        List.of("confirmation")),
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, null, List.of("expired")),
                arguments(
                        RegistrationStatus.EXPIRED,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.FAILED,
                        List.of("expired")),
                // A late payment is decided within moments; until then, "nothing was charged" would be wrong.
                arguments(RegistrationStatus.EXPIRED, 800, 0, 0, PaymentSnapshot.ReportedStatus.CAPTURED, List.of()),
                arguments(
                        RegistrationStatus.EXPIRED,
                        800,
                        0,
                        0,
                        PaymentSnapshot.ReportedStatus.PROCESSING,
                        List.of("expired")),
                arguments(
                        RegistrationStatus.EXPIRED,
                        800,
                        800,
                        800,
                        PaymentSnapshot.ReportedStatus.CAPTURED,
                        List.of("late-payment-refunded")),
                arguments(RegistrationStatus.EXPIRED, 800, 800, 800, null, List.of("late-payment-refunded")),
                arguments(RegistrationStatus.CANCELLED, 800, 0, 0, null, List.of("cancelled")),
                arguments(RegistrationStatus.CANCELLED, 800, 800, 400, null, List.of("cancelled")),
                arguments(RegistrationStatus.UNKNOWN, 800, 0, 0, null, List.of()));
    }

    @ParameterizedTest
    @MethodSource("states")
    void state_makes_mails_due(
            RegistrationStatus status,
            long total,
            long captured,
            long refundPlanned,
            PaymentSnapshot.@Nullable ReportedStatus payment,
            List<String> kinds) {
        RegistrationSnapshot state = registration(status, total, captured, refundPlanned, "Ada", "en");
        if (status == RegistrationStatus.EXPIRED && refundPlanned > 0) {
            state = because(state, LATE);
        }
        RegistrationProjection projection =
                new RegistrationProjection(state, payment == null ? null : payment(payment), LATER);

        assertThat(DueMails.by(projection, NOW))
                .extracting(due -> due.kind().code())
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
        assertThat(new RegistrationSnapshot.Reason(sentence, null, null).code()).isEqualTo(code);
        for (RegistrationStatus status : RegistrationStatus.values()) {
            RegistrationSnapshot state = registration(status, 80_000, 80_000, 80_000, "Ada", "de");

            RegistrationSnapshot coded = because(state, new RegistrationSnapshot.Reason(sentence + ",", code, null));

            assertThat(DueMails.by(new RegistrationProjection(because(state, sentence), null, LATER), NOW))
                    .isEqualTo(DueMails.by(new RegistrationProjection(coded, null, LATER), NOW));
        }
    }

    @Test
    void every_status_is_in_the_table() {
        assertThat(states().map(row -> row.get()[0]).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(new ArrayList<>(List.of(RegistrationStatus.values())));
    }

    @ParameterizedTest
    @EnumSource
    void links_that_were_taken_back_make_one_of_their_next_generation_due(RegistrationStatus status) {
        RegistrationProjection second =
                new RegistrationProjection(States.ofGeneration(2, registration(status)), null, null);

        assertThat(DueMails.by(second, NOW))
                .filteredOn(mail -> mail.kind() == MailKind.LINK)
                .containsExactly(new DueMail(MailKind.LINK, "2"));
        assertThat(DueMails.mayGo(new DueMail(MailKind.LINK, "2"), second, NOW)).isTrue();
        assertThat(DueMails.mayGo(new DueMail(MailKind.LINK, "1"), second, NOW)).isFalse();
        assertThat(DueMails.mayGo(new DueMail(MailKind.LINK, ""), second, NOW)).isTrue();
    }

    @Test
    void each_former_contact_is_told_and_the_present_one_gets_the_link() {
        RegistrationSnapshot typo = registration(RegistrationStatus.CANCELLED);
        RegistrationSnapshot once = States.correctedTo(new ReportedContact("Ada", "ada@example.com", "en"), typo);
        RegistrationSnapshot twice = States.correctedTo(new ReportedContact("Ada", "ada@example.net", "en"), once);
        DueMail first = new DueMail(MailKind.CONTACT_CHANGED, "1");
        DueMail second = new DueMail(MailKind.CONTACT_CHANGED, "2");

        assertThat(DueMails.by(new RegistrationProjection(twice, null, null), NOW))
                .containsExactly(DueMail.once(MailKind.CANCELLED), new DueMail(MailKind.LINK, "2"), first, second);
        assertThat(DueMails.addressed(twice, first).contact().email()).isEqualTo("ada@example.org");
        assertThat(DueMails.addressed(twice, second).contact().email()).isEqualTo("ada@example.com");
        assertThat(DueMails.addressed(twice, new DueMail(MailKind.LINK, "2"))
                        .contact()
                        .email())
                .isEqualTo("ada@example.net");
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING_PAYMENT", "PENDING_REVIEW", "REJECTED"})
    void no_request_is_mailed_after_the_hold_ends(RegistrationStatus status) {
        assertThat(DueMails.by(new RegistrationProjection(registration(status), null, NOW), NOW))
                .isEmpty();
        assertThat(DueMails.by(new RegistrationProjection(registration(status), null, NOW.plusSeconds(1)), NOW))
                .hasSize(1);
    }

    @Test
    void complete_proofs_are_not_asked_for() {
        RegistrationSnapshot state = registration(RegistrationStatus.PENDING_REVIEW);

        assertThat(DueMails.by(
                        new RegistrationProjection(
                                reviewed(state, LATER, null, ReportedProof.WANTED, ReportedProof.RECEIVED),
                                null,
                                LATER),
                        NOW))
                .containsExactly(new DueMail(MailKind.PROOF_WANTED, ""));
        assertThat(DueMails.by(
                        new RegistrationProjection(
                                reviewed(state, LATER, null, ReportedProof.RECEIVED, ReportedProof.ACCEPTED),
                                null,
                                LATER),
                        NOW))
                .isEmpty();
    }

    @Test
    void refund_is_mailed_when_it_is_done() {
        UUID other = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        PaymentSnapshot payment = payment(
                PaymentSnapshot.ReportedStatus.PARTLY_REFUNDED,
                refund(REFUND, RefundStatus.DONE),
                refund(other, RefundStatus.PENDING));

        assertThat(DueMails.by(
                        new RegistrationProjection(registration(RegistrationStatus.CONFIRMED), payment, null), NOW))
                .containsExactly(
                        new DueMail(MailKind.CONFIRMATION, ""), new DueMail(MailKind.REFUND_MADE, REFUND.toString()));
    }

    @Test
    void refund_of_late_money_is_mailed_once_with_its_reason() {
        RegistrationProjection projection = new RegistrationProjection(
                because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                payment(PaymentSnapshot.ReportedStatus.REFUNDED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(DueMails.by(projection, NOW)).containsExactly(new DueMail(MailKind.LATE_PAYMENT_REFUNDED, ""));
    }

    @Test
    void refund_that_came_back_is_mailed_and_so_is_the_next_one() {
        UUID again = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        PaymentSnapshot payment = payment(
                PaymentSnapshot.ReportedStatus.PARTLY_REFUNDED,
                returnedRefund(REFUND, RETURNED_AT),
                refund(again, RefundStatus.DONE, RETURNED_AT.plusSeconds(1)));
        List<DueMail> both = List.of(
                new DueMail(MailKind.REFUND_FAILED, REFUND.toString()),
                new DueMail(MailKind.REFUND_MADE, again.toString()));

        assertThat(DueMails.by(
                        new RegistrationProjection(registration(RegistrationStatus.CONFIRMED), payment, null), NOW))
                .contains(new DueMail(MailKind.CONFIRMATION, ""))
                .endsWith(both.toArray(DueMail[]::new));
        assertThat(DueMails.by(
                        new RegistrationProjection(
                                because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                                payment,
                                null),
                        NOW))
                .contains(new DueMail(MailKind.LATE_PAYMENT_REFUNDED, ""))
                .endsWith(both.toArray(DueMail[]::new));
    }

    @Test
    void refund_before_one_that_came_back_stays_in_the_late_mail() {
        UUID cameBack = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        UUID again = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8b0");
        ReportedRefund done = refund(REFUND, RefundStatus.DONE);
        ReportedRefund returned = returnedRefund(cameBack, RETURNED_AT);
        ReportedRefund madeAgain = refund(again, RefundStatus.DONE, RETURNED_AT.plusSeconds(1));
        for (List<ReportedRefund> order :
                List.of(List.of(done, returned, madeAgain), List.of(returned, done, madeAgain))) {
            RegistrationProjection projection = new RegistrationProjection(
                    because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                    payment(PaymentSnapshot.ReportedStatus.REFUNDED, order.toArray(ReportedRefund[]::new)),
                    null);

            assertThat(DueMails.by(projection, NOW))
                    .as("in the order %s", order)
                    .containsExactly(
                            new DueMail(MailKind.LATE_PAYMENT_REFUNDED, ""),
                            new DueMail(MailKind.REFUND_FAILED, cameBack.toString()),
                            new DueMail(MailKind.REFUND_MADE, again.toString()));
        }
    }

    @Test
    void refund_that_was_never_made_is_not_mailed_when_it_fails() {
        PaymentSnapshot payment = payment(PaymentSnapshot.ReportedStatus.CAPTURED, refund(REFUND, RefundStatus.FAILED));

        assertThat(DueMails.by(
                        new RegistrationProjection(registration(RegistrationStatus.CONFIRMED), payment, null), NOW))
                .containsExactly(new DueMail(MailKind.CONFIRMATION, ""));
    }

    @Test
    void payment_alone_makes_no_mail_due() {
        RegistrationProjection projection = new RegistrationProjection(
                null, payment(PaymentSnapshot.ReportedStatus.REFUNDED, refund(REFUND, RefundStatus.DONE)), null);

        assertThat(DueMails.by(projection, NOW)).isEmpty();
    }

    @Test
    void a_refund_before_the_hold_ended_is_not_late() {
        RegistrationProjection projection = new RegistrationProjection(
                registration(RegistrationStatus.EXPIRED, 800, 900, 900, "Ada", "en"),
                payment(PaymentSnapshot.ReportedStatus.REFUNDED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(DueMails.by(projection, NOW))
                .containsExactly(
                        new DueMail(MailKind.EXPIRED, ""), new DueMail(MailKind.REFUND_MADE, REFUND.toString()));
    }

    @Test
    void late_money_stays_late_when_the_bank_takes_it_back() {
        RegistrationProjection projection = new RegistrationProjection(
                because(
                        registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"),
                        "the payment was taken back"),
                payment(PaymentSnapshot.ReportedStatus.DISPUTED, refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(DueMails.by(projection, NOW)).containsExactly(new DueMail(MailKind.LATE_PAYMENT_REFUNDED, ""));
    }

    @Test
    void parts_refunded_before_late_money_are_mailed_beside_it() {
        UUID parts = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
        RegistrationProjection projection = new RegistrationProjection(
                because(registration(RegistrationStatus.EXPIRED, 800, 800, 800, "Ada", "en"), LATE),
                payment(
                        PaymentSnapshot.ReportedStatus.REFUNDED,
                        new PaymentSnapshot.ReportedRefund(
                                parts, usd(60_000), RefundStatus.DONE, States.CHANGED_AT, true, true, null),
                        refund(REFUND, RefundStatus.DONE)),
                null);

        assertThat(DueMails.by(projection, NOW))
                .containsExactly(
                        new DueMail(MailKind.LATE_PAYMENT_REFUNDED, ""),
                        new DueMail(MailKind.REFUND_MADE, parts.toString()));
    }

    @Test
    void late_money_that_confirms_drops_the_expiry_mail() {
        RegistrationProjection projection = new RegistrationProjection(
                registration(RegistrationStatus.CONFIRMED, 800, 800, 0, "Ada", "en"),
                payment(PaymentSnapshot.ReportedStatus.CAPTURED),
                null);

        assertThat(DueMails.by(projection, NOW)).containsExactly(new DueMail(MailKind.CONFIRMATION, ""));
    }

    @Test
    void a_payment_skips_the_pay_now_mail_in_any_order_of_events() {
        RegistrationProjection projection = new RegistrationProjection(
                registration(RegistrationStatus.PENDING_PAYMENT),
                payment(PaymentSnapshot.ReportedStatus.CAPTURED),
                LATER);

        assertThat(DueMails.by(projection, NOW)).isEmpty();
    }

    @Test
    void disputes_are_mailed_when_opened_and_won_and_cancel_when_lost() {
        RegistrationSnapshot confirmed = registration(RegistrationStatus.CONFIRMED, 800, 800, 0, "Ada", "en");

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

    private static ReportedDispute dispute(DisputeStatus status) {
        return new ReportedDispute(REFUND, usd(800), status);
    }

    private static List<String> kinds(RegistrationSnapshot state, PaymentSnapshot payment) {
        return DueMails.by(new RegistrationProjection(state, payment, LATER), NOW).stream()
                .map(due -> due.kind().code())
                .toList();
    }

    @Test
    void the_payment_request_after_a_review_says_the_proof_was_accepted() {
        RegistrationSnapshot state = registration(RegistrationStatus.PENDING_PAYMENT);

        assertThat(DueMails.by(
                        new RegistrationProjection(
                                reviewed(state, LATER, null, ReportedProof.ACCEPTED, ReportedProof.ACCEPTED),
                                null,
                                LATER),
                        NOW))
                .containsExactly(new DueMail(MailKind.PROOF_ACCEPTED, ""));
        assertThat(DueMails.by(
                        new RegistrationProjection(reviewed(state, LATER, null, ReportedProof.REFUSED), null, LATER),
                        NOW))
                .as("after the offer was accepted")
                .containsExactly(new DueMail(MailKind.PAY_NOW, ""));
    }
}
