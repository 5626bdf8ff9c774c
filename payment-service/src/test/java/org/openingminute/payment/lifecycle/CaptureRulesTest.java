package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves the rules for captured money, without Spring. */
class CaptureRulesTest extends PlayedPayment {

    @Test
    void money_is_reported_and_posted_once() {
        Payment payment = after(requested(1, 80_000), wanted(), opened(), arrived("pay_1"), arrived("pay_1"));

        assertThat(published).containsExactly(EventType.CAPTURED);
        assertThat(posted).hasSize(1);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.sessions().getFirst().state()).isEqualTo(Session.SessionState.CAPTURED);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Not.class);
    }

    @Test
    void money_before_the_request_is_reported_with_the_request() {
        Payment payment = after(arrived("pay_1"));
        assertThat(published).isEmpty();

        next(payment, requested(1, 80_000));
        assertThat(published).containsExactly(EventType.CAPTURED);
    }

    @Test
    void a_refunded_wrong_amount_can_be_paid_again() {
        Payment payment = after(
                requested(1, 70_000),
                arrived("pay_1"),
                requested(2, 90_000),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), DUE, "amount wrong", T0));
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Yes(usd(90_000)));

        payment = next(next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re", T0)), arrived("pay_2"));
        assertThat(payment.captures()).noneMatch(Capture::surplus);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.REFUNDED, EventType.CAPTURED);
    }

    @Test
    void unanswered_capture_is_reported_again_and_answered_one_is_not() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"));
        assertThat(next(payment, new PaymentTrigger.StillUnanswered(T0.plusSeconds(19))))
                .isEqualTo(payment);
        PaymentTrigger still = new PaymentTrigger.StillUnanswered(T0.plusSeconds(20));

        Payment reported = next(payment, still);
        assertThat(reported.captures().getFirst().reportedAgain()).isEqualTo(1);
        assertThat(next(reported, still)).isEqualTo(reported);
        assertThat(next(reported, new PaymentTrigger.StillUnanswered(T0.plusSeconds(59))))
                .isEqualTo(reported);
        assertThat(next(reported, new PaymentTrigger.StillUnanswered(T0.plusSeconds(60)))
                        .captures()
                        .getFirst()
                        .reportedAgain())
                .isEqualTo(2);
        Payment kept = next(payment, new PaymentTrigger.Kept());
        published.clear();
        next(kept, still);
        assertThat(published).isEmpty();
    }

    @Test
    void money_in_another_currency_than_is_due_cannot_be_marked_as_paid() {
        assertThatThrownBy(() -> after(
                        requested(1, 100),
                        new PaymentTrigger.MarkedPaid(new UUID(4, 1), new Money(100, "EUR"), T0, "BANK-1")))
                .isInstanceOf(PermanentFailure.class);
    }

    @Test
    void money_in_another_currency_is_reported_and_can_go_back() {
        Money euros = new Money(80_000, "EUR");
        Payment payment =
                after(requested(1, 80_000), new PaymentTrigger.MoneyArrived(SESSION, "sandbox", "pay_1", euros, T0));
        assertThat(published).containsExactly(EventType.CAPTURED);
        assertThat(payment.captured()).isEqualTo(euros);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);

        UUID refund = new UUID(3, 1);
        payment = next(payment, new PaymentTrigger.RefundCommanded(refund, euros, "amount wrong", T0));
        payment = next(payment, new PaymentTrigger.RefundDone(refund, "re", T0));
        assertThat(payment.refunded()).isEqualTo(euros);
        assertThat(payment.status()).isEqualTo(PaymentStatus.REFUNDED);

        payment = next(payment, arrived("pay_2"));
        assertThat(payment.captured()).as("only the due amount counts").isEqualTo(DUE);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.disputed()).isEqualTo(usd(0));
    }
}
