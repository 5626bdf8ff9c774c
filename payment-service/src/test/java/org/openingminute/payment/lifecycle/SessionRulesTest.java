package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves the rules for sessions and attempts in them, without Spring. */
class SessionRulesTest extends PlayedPayment {

    @Test
    void another_amount_ends_the_open_session() {
        Payment payment = after(requested(1, 80_000), wanted(), opened(), requested(2, 90_000));

        assertThat(payment.sessions()).extracting(Session::state).containsExactly(Session.SessionState.ENDING);
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Yes(usd(90_000)));
    }

    @Test
    void a_session_that_is_answered_after_the_close_is_ended_all_the_same() {
        Payment payment = after(requested(1, 80_000), wanted(), new PaymentTrigger.Closed("expired"), opened());

        Session session = payment.sessions().getFirst();
        assertThat(session.state()).isEqualTo(Session.SessionState.ENDING);
        assertThat(session.providerSession()).isEqualTo("cs_1");
    }

    @Test
    void one_session_is_open_at_a_time() {
        Payment payment =
                after(requested(1, 80_000), wanted(), new PaymentTrigger.SessionWanted(OTHER_SESSION, "sandbox", T0));
        assertThat(payment.sessions()).hasSize(1);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);
    }

    @Test
    void decline_is_failed_until_it_is_paid_and_reported_once() {
        PaymentTrigger declined = new PaymentTrigger.Declined("sandbox", "pay_1", "card-declined", T0);
        Payment payment = after(requested(1, 80_000), wanted(), opened(), declined, declined);

        assertThat(payment.status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);
        assertThat(published).containsExactly(EventType.FAILED);

        payment = next(payment, arrived("pay_2"));
        payment = next(payment, new PaymentTrigger.Declined("sandbox", "pay_0", "card-declined", T0.minusSeconds(5)));
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(published).containsExactly(EventType.FAILED, EventType.CAPTURED);
    }

    @Test
    void attempt_that_ended_does_not_begin_again() {
        Payment payment = after(
                requested(1, 80_000),
                wanted(),
                opened(),
                new PaymentTrigger.Declined("sandbox", "pay_1", "card-declined", T0.plusSeconds(1)),
                new PaymentTrigger.Processing("sandbox", "pay_1", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.FAILED);
    }

    @Test
    void a_payment_settled_meanwhile_opens_no_session() {
        assertThat(after(wanted()).sessions()).as("no payment was requested").isEmpty();
        assertThat(after(requested(1, 80_000), new PaymentTrigger.Closed("expired"), wanted())
                        .sessions())
                .as("closed")
                .isEmpty();
        assertThat(after(requested(1, 80_000), arrived("pay_1"), wanted()).sessions())
                .as("paid")
                .isEmpty();
        assertThat(after(requested(1, 80_000), requested(2, 90_000), wanted()).sessions())
                .as("another amount")
                .extracting(Session::amount)
                .containsExactly(usd(90_000));
    }

    @Test
    void a_session_whose_time_was_prolonged_meanwhile_is_not_ended() {
        PaymentTrigger over = new PaymentTrigger.TimeIsOver();
        Payment payment = after(requested(1, 80_000), wanted(), opened());

        assertThat(next(payment, over).sessions())
                .extracting(Session::state)
                .containsExactly(Session.SessionState.OPEN);
        assertThat(PaymentRules.decide(payment, over, T0.plusSeconds(870), ids)
                        .next()
                        .sessions())
                .extracting(Session::state)
                .containsExactly(Session.SessionState.ENDING);
    }
}
