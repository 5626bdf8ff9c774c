package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves which request holds, until when it can be paid and what ends it, without Spring. */
class RequestRulesTest extends PlayedPayment {

    @Test
    void the_highest_revision_holds_in_whatever_order_they_come() {
        Payment up = after(requested(1, 100), requested(3, 300), requested(2, 200));
        Payment down = after(requested(3, 300), requested(2, 200), requested(1, 100));

        assertThat(up.request()).isEqualTo(down.request());
        assertThat(up.payability(T0)).isEqualTo(new Payability.Yes(usd(300)));
    }

    @Test
    void request_after_the_close_is_never_payable() {
        assertThat(after(new PaymentTrigger.Closed("expired"), requested(5, 100))
                        .payability(T0))
                .isInstanceOf(Payability.Not.class);
    }

    @Test
    void ended_links_stay_ended_in_whatever_order_it_is_said() {
        Payment payment = after(
                new PaymentTrigger.LinksEnded(2),
                requested(1, 100),
                new PaymentTrigger.LinksEnded(1),
                new PaymentTrigger.Closed("expired"));

        assertThat(payment.contactGeneration()).isEqualTo(2);
        assertThat(published).isEmpty();
    }

    @Test
    void an_unpayable_registration_says_why() {
        assertThat(after(requested(1, 0)).payability(T0)).isEqualTo(new Payability.Not(Payability.Why.NOTHING_DUE));
        assertThat(after(requested(1, 0)).status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(Payment.unknown(ID).payability(T0)).isInstanceOf(Payability.Not.class);
        assertThat(after(new PaymentTrigger.Requested(new ReceivedRequest(request(1, 100, false, 900), T0)))
                        .payability(T0))
                .isInstanceOf(Payability.Not.class);
    }

    @Test
    void sessions_end_before_the_hold_does() {
        assertThat(receivedRequest(900).sessionsEndAt()).isEqualTo(T0.plusSeconds(870));
        assertThat(receivedRequest(60).sessionsEndAt()).isEqualTo(T0.plusSeconds(30));
        assertThat(receivedRequest(59).sessionsEndAt()).isEqualTo(T0.plusMillis(29_500));
        assertThat(receivedRequest(5).sessionsEndAt()).isEqualTo(T0.plusMillis(2_500));
        assertThat(receivedRequest(5).expiresAt()).isEqualTo(T0.plusSeconds(5).minusMillis(2_500));

        Payment payment = after(requested(1, 80_000));
        assertThat(payment.payability(T0.plusSeconds(870).minusNanos(1))).isInstanceOf(Payability.Yes.class);
        assertThat(payment.payability(T0.plusSeconds(870))).isInstanceOf(Payability.Not.class);
    }
}
