package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Money that a payer's bank asks back. */
class DisputeRulesTest extends PlayedPayment {

    @Test
    void a_dispute_is_open_then_won_or_lost() {
        PaymentTrigger opened = new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", DUE, T0);
        assertThatThrownBy(() -> after(requested(1, 80_000), opened)).isInstanceOf(NotReady.class);
        published.clear();

        Payment disputed = after(requested(1, 80_000), arrived("pay_1"), opened, opened);
        assertThat(disputed.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(disputed.disputed()).isEqualTo(DUE);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.DISPUTED);

        Payment won = next(disputed, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", true, T0));
        assertThat(won.status()).isEqualTo(PaymentStatus.CAPTURED);
        Payment lost = next(disputed, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(lost.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(next(lost, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", true, T0)))
                .isEqualTo(lost);
    }

    @Test
    void a_dispute_that_is_lost_in_another_currency_takes_the_whole_payment() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", new Money(70_000, "EUR"), T0),
                new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(payment.left(payment.captures().getFirst())).isEqualTo(usd(0));
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Yes.class);
    }
}
