package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves the rules for refunds, without Spring. */
class RefundRulesTest extends PlayedPayment {

    @Test
    void a_second_capture_is_a_surplus_that_goes_back_three_times_at_most() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), arrived("pay_2"));
        assertThat(payment.captured()).isEqualTo(DUE);
        assertThat(published).containsExactly(EventType.CAPTURED);

        for (int i = 0; i < 5; i++) {
            for (Refund refund : payment.refunds()) {
                payment = next(payment, new PaymentTrigger.RefundFailed(refund.id(), "no", T0));
            }
        }
        assertThat(payment.refunds()).hasSize(RefundRules.MAX_SURPLUS_REFUND_ATTEMPTS);
        assertThat(published).containsExactly(EventType.CAPTURED);
    }

    @Test
    void a_refund_answers_the_capture_and_more_than_is_left_fails() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), usd(50_000), "policy", T0),
                new PaymentTrigger.RefundCommanded(new UUID(3, 2), usd(40_000), "policy", T0));

        assertThat(payment.captures().getFirst().answered()).isTrue();
        assertThat(payment.refunds())
                .extracting(Refund::state)
                .containsExactly(Refund.RefundState.PENDING, Refund.RefundState.FAILED);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.REFUND_FAILED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);

        payment = next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.PARTLY_REFUNDED);
        assertThat(next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re", T0)))
                .isEqualTo(payment);
    }

    @Test
    void an_accepted_refund_is_pending_until_its_outcome() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), usd(50_000), "policy", T0),
                new PaymentTrigger.RefundAccepted(new UUID(3, 1), "re_1"));

        assertThat(payment.refunds().getFirst().state()).isEqualTo(Refund.RefundState.PENDING);
        assertThat(payment.refunds().getFirst().providerRefund()).isEqualTo("re_1");
        assertThat(balance("registrations")).isEqualTo(80_000);

        payment = next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0));
        assertThat(next(payment, new PaymentTrigger.RefundAccepted(new UUID(3, 1), "re_1")))
                .isEqualTo(payment);
        assertThat(payment.refunded()).isEqualTo(usd(50_000));
    }

    @Test
    void a_refund_that_fails_later_returns_to_the_balance() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), usd(80_000), "policy", T0),
                new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(balance("registrations")).isZero();

        payment = next(payment, new PaymentTrigger.RefundFailed(new UUID(3, 1), "account-closed", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.refunded()).isEqualTo(usd(0));
        assertThat(balance("registrations")).isEqualTo(80_000);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.REFUNDED, EventType.REFUND_FAILED);
        assertThat(next(payment, new PaymentTrigger.RefundFailed(new UUID(3, 1), "account-closed", T0)))
                .isEqualTo(payment);
        assertThat(next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0)))
                .isEqualTo(payment);

        payment = next(payment, new PaymentTrigger.RefundCommanded(new UUID(3, 2), usd(80_000), "again", T0));
        payment = next(payment, new PaymentTrigger.RefundDone(new UUID(3, 2), "re_2", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(balance("registrations")).isZero();
    }

    @Test
    void refund_made_at_the_provider_counts_like_one_of_ours() {
        PaymentTrigger made = reported(null);
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept(), made, made);

        assertThat(payment.status()).isEqualTo(PaymentStatus.PARTLY_REFUNDED);
        assertThat(payment.refunds()).extracting(Refund::amount).containsExactly(usd(30_000));
        assertThat(payment.documents())
                .extracting(Decision.IssuedDocument::amount)
                .containsExactly(DUE, usd(30_000));
        assertThat(balance("registrations")).isEqualTo(50_000);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.RECEIPT_ISSUED, EventType.REFUNDED);

        payment = next(payment, reported("expired-or-canceled-card"));
        assertThat(payment.refunded()).isEqualTo(usd(0));
        assertThat(payment.inDocuments()).isEqualTo(DUE);
        assertThat(published).endsWith(EventType.REFUND_FAILED);
        assertThat(next(payment, made)).as("an old report").isEqualTo(payment);
    }

    @Test
    void refund_reported_to_a_database_that_lost_it_keeps_its_id() {
        Payment before = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept());
        Payment first = next(before, reported(null));
        Payment again = next(before, reported(null));
        assertThat(again.refunds()).isNotEmpty().isEqualTo(first.refunds());
    }

    @Test
    void failure_reported_before_its_refund_keeps_the_refund_from_counting() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.Kept(),
                reported("expired-or-canceled-card"),
                reported(null));

        assertThat(payment.refunds()).extracting(Refund::state).containsExactly(Refund.RefundState.FAILED);
        assertThat(payment.refunds()).extracting(Refund::providerRefund).containsExactly("re_9");
        assertThat(payment.refunded()).isEqualTo(usd(0));
        assertThat(balance("registrations")).isEqualTo(80_000);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.RECEIPT_ISSUED);
    }

    @Test
    void refund_made_at_the_provider_waits_for_its_capture() {
        assertThatThrownBy(() -> after(requested(1, 80_000), reported(null))).isInstanceOf(NotReady.class);
    }

    @Test
    void surplus_refunded_at_the_provider_is_not_reported() {
        Payment payment = after(requested(1, 80_000), arrived("pay_0"), arrived("pay_1"), reported(null));

        assertThat(payment.refunded()).isEqualTo(usd(0));
        assertThat(balance("surplus")).isEqualTo(50_000);
        assertThat(published).containsExactly(EventType.CAPTURED);
    }

    @Test
    void surplus_refunded_in_part_at_the_provider_is_refunded_for_the_rest() {
        Payment payment = after(requested(1, 80_000), arrived("pay_0"), arrived("pay_1"), reported(null));
        UUID ours = payment.refunds().getFirst().id();
        payment = next(payment, new PaymentTrigger.RefundFailed(ours, "more-than-is-left", T0));

        Refund rest = payment.refunds().getLast();
        assertThat(rest.state()).isEqualTo(Refund.RefundState.PENDING);
        assertThat(rest.amount()).isEqualTo(usd(50_000));
        payment = next(payment, new PaymentTrigger.RefundDone(rest.id(), "re_2", T0));
        assertThat(balance("surplus")).isZero();
    }

    @Test
    void surplus_refunded_in_full_at_the_provider_is_not_refunded_again() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_0"),
                arrived("pay_1"),
                new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_9", DUE, null, T0));
        UUID ours = payment.refunds().getFirst().id();
        payment = next(payment, new PaymentTrigger.RefundFailed(ours, "more-than-is-left", T0));

        assertThat(payment.refunds())
                .extracting(Refund::state)
                .containsExactly(Refund.RefundState.FAILED, Refund.RefundState.DONE);
    }

    @Test
    void rest_of_a_surplus_goes_back_once_the_part_is_reported() {
        Payment payment = after(requested(1, 80_000), arrived("pay_0"), arrived("pay_1"));
        for (int i = 0; i < RefundRules.MAX_SURPLUS_REFUND_ATTEMPTS; i++) {
            UUID ours = payment.refunds().getLast().id();
            payment = next(payment, new PaymentTrigger.RefundFailed(ours, "more-than-is-left", T0));
        }
        payment = next(payment, reported(null));

        Refund rest = payment.refunds().getLast();
        assertThat(rest.state()).isEqualTo(Refund.RefundState.PENDING);
        assertThat(rest.amount()).isEqualTo(usd(50_000));
        assertThat(next(payment, reported(null))).as("the same report").isEqualTo(payment);
        payment = next(payment, new PaymentTrigger.RefundDone(rest.id(), "re_2", T0));
        assertThat(balance("surplus")).isZero();
    }

    @Test
    void failures_at_the_provider_leave_our_attempts_at_a_surplus() {
        Payment payment = after(requested(1, 80_000), arrived("pay_0"), arrived("pay_1"));
        UUID ours = payment.refunds().getFirst().id();
        for (int i = 0; i < RefundRules.MAX_SURPLUS_REFUND_ATTEMPTS; i++) {
            payment = next(
                    payment,
                    new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_" + i, usd(1_000), "declined", T0));
        }
        payment = next(payment, new PaymentTrigger.RefundFailed(ours, "no", T0));
        assertThat(payment.refunds().getLast().state()).isEqualTo(Refund.RefundState.PENDING);
        assertThat(payment.refunds().getLast().amount()).isEqualTo(DUE);
    }

    @Test
    void registration_refunded_in_full_before_its_keep_cannot_be_paid_again() {
        PaymentTrigger made = new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_9", DUE, null, T0);
        Payment kept = after(requested(1, 80_000), arrived("pay_1"), made, new PaymentTrigger.Kept());
        assertThat(kept.payability(T0)).isEqualTo(new Payability.Not(Payability.Why.PAID));
        assertThat(kept.documents()).isEmpty();

        Payment cameBack =
                next(kept, new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_9", DUE, "account-closed", T0));
        assertThat(cameBack.inDocuments()).isEqualTo(DUE);

        Payment commanded = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), DUE, "paid late", T0),
                new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0));
        assertThat(commanded.payability(T0)).isInstanceOf(Payability.Yes.class);
    }

    @Test
    void kept_registration_stays_kept_when_a_command_finds_no_money() {
        PaymentTrigger made = new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_9", DUE, null, T0);
        PaymentTrigger commanded = new PaymentTrigger.RefundCommanded(new UUID(3, 1), DUE, "goodwill", T0);
        for (List<PaymentTrigger> order :
                List.of(List.of(new PaymentTrigger.Kept(), commanded), List.of(commanded, new PaymentTrigger.Kept()))) {
            Payment payment = after(requested(1, 80_000), arrived("pay_1"), made);
            for (PaymentTrigger trigger : order) {
                payment = next(payment, trigger);
            }
            assertThat(payment.refunds()).extracting(Refund::failure).containsExactly(null, "more-than-is-left");
            assertThat(payment.payability(T0)).isEqualTo(new Payability.Not(Payability.Why.PAID));
        }
    }

    @Test
    void confirmed_registration_cannot_be_paid_again_after_a_full_refund() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.Kept(),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), DUE, "goodwill", T0),
                new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0));

        assertThat(payment.payability(T0)).isEqualTo(new Payability.Not(Payability.Why.PAID));
        assertThat(next(payment, new PaymentTrigger.Closed("cancelled")).payability(T0))
                .isEqualTo(new Payability.Not(Payability.Why.ENDED));
    }

    private static PaymentTrigger reported(@Nullable String failure) {
        return new PaymentTrigger.RefundReported("sandbox", "pay_1", "re_9", usd(30_000), failure, T0);
    }
}
