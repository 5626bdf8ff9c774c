package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.RefundRequest;
import org.openingminute.payment.provider.RefundResult;
import tools.jackson.databind.node.ObjectNode;

/** Proves that refunds are ordered once and found again, with a played Stripe over HTTP. */
class StripeRefundsTest extends StripeCase {

    @Test
    void money_goes_back_once_however_often_it_is_ordered() {
        ObjectNode intent = paid();
        RefundResult once = provider.refund(refund(intent, 500));

        assertThat(once).isInstanceOf(RefundResult.RefundDone.class).isEqualTo(provider.refund(refund(intent, 500)));
        StripePlayed.Call call = stripe.calls("POST", "/v1/refunds").getFirst();
        assertThat(call.form())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("payment_intent", id(intent), "amount", "500", "metadata[refund]", REFUND.toString()));
        assertThat(call.headers()).containsEntry("idempotency-key", REFUND.toString());
    }

    @ParameterizedTest
    @CsvSource({"pending", "requires_action"})
    void a_pending_refund_is_polled_until_it_succeeds(String status) {
        ObjectNode intent = paid();
        stripe.refundsBecome(status);
        RefundResult taken = provider.refund(refund(intent, 500));
        assertThat(taken).isInstanceOf(RefundResult.Pending.class);
        assertThat(provider.refunded(refund(intent, 500))).contains(taken);

        String name = ((RefundResult.Pending) taken).name();
        stripe.object(name).put("status", "succeeded");
        assertThat(provider.refunded(refund(intent, 500))).contains(new RefundResult.RefundDone(name));

        stripe.object(name).put("status", "failed").put("failure_reason", "expired_or_canceled_card");
        assertThat(provider.refunded(refund(intent, 500)))
                .contains(new RefundResult.RefundRefused("expired-or-canceled-card"));
    }

    @Test
    void a_cancelled_refund_is_refused() {
        ObjectNode intent = paid();
        stripe.refundsBecome("canceled");
        assertThat(provider.refund(refund(intent, 500))).isInstanceOf(RefundResult.RefundRefused.class);
    }

    @Test
    void among_others_of_the_same_payment_it_is_found_by_its_key_on_any_page() {
        stripe.pagesOf(1);
        ObjectNode intent = paid();
        RefundResult mine = provider.refund(refund(intent, 500));
        for (int other = 10; other < 13; other++) {
            provider.refund(new RefundRequest(new UUID(7, other), id(intent), new Money(1, "USD"), null));
        }
        assertThat(provider.refunded(refund(intent, 500))).contains(mine);
        assertThat(provider.refunded(new RefundRequest(new UUID(7, 99), id(intent), new Money(1, "USD"), null)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "charge_disputed,-,disputed",
                "refund_disputed_payment,-,disputed",
                "charge_already_refunded,-,already-refunded",
                "-,amount,more-than-is-left",
                "amount_too_large,amount,more-than-is-left"
            })
    void refusal_is_reported_by_name(@Nullable String code, @Nullable String parameter, String reason) {
        ObjectNode intent = paid();
        stripe.refuseNext(400, code, parameter);
        assertThat(provider.refund(refund(intent, 500))).isEqualTo(new RefundResult.RefundRefused(reason));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "balance_insufficient,-",
                "insufficient_funds,-",
                "parameter_invalid_integer,amount",
                "charge_not_refundable,-",
                "a_code_of_tomorrow,-",
                "-,-"
            })
    void an_unknown_refusal_is_retried(@Nullable String code, @Nullable String parameter) {
        ObjectNode intent = paid();
        stripe.refuseNext(400, code, parameter);
        assertThatThrownBy(() -> provider.refund(refund(intent, 500))).isInstanceOf(ProviderUnavailable.class);
        assertThat(provider.refund(refund(intent, 500))).isInstanceOf(RefundResult.RefundDone.class);
    }

    @Test
    void an_accepted_refund_is_looked_up_by_id() {
        ObjectNode intent = paid();
        stripe.refundsBecome("pending");
        String name = ((RefundResult.Pending) provider.refund(refund(intent, 500))).name();
        // As a refund made in Stripe's dashboard, without our metadata.
        stripe.object(name).put("status", "succeeded").putObject("metadata");
        RefundRequest taken = new RefundRequest(REFUND, id(intent), new Money(500, "USD"), name);

        assertThat(provider.refunded(taken)).contains(new RefundResult.RefundDone(name));
        stripe.forgets(name);
        assertThat(provider.refunded(taken)).isEmpty();
        assertThat(stripe.calls("GET", "/v1/refunds")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"500,-", "400,balance_insufficient"})
    void refund_with_a_spent_key_uses_a_second_key_once(int status, @Nullable String code) {
        ObjectNode intent = paid();
        stripe.breaksNext(status, code, false);
        assertThatThrownBy(() -> provider.refund(refund(intent, 500))).isInstanceOf(ProviderUnavailable.class);

        RefundResult answer = provider.refund(refund(intent, 500));
        assertThat(answer).isInstanceOf(RefundResult.RefundDone.class).isEqualTo(provider.refund(refund(intent, 500)));
        assertThat(stripe.calls("POST", "/v1/refunds").stream()
                        .map(call -> call.headers().get("idempotency-key")))
                .containsExactly(REFUND.toString(), REFUND.toString(), REFUND + "-2", REFUND.toString());
        assertThat(stripe.calls("POST", "/v1/refunds").get(2).form())
                .containsEntry("metadata[refund]", REFUND.toString());
        assertThat(provider.refunded(refund(intent, 500))).contains(answer);
    }

    @Test
    void a_refund_made_during_an_outage_is_found_and_not_repeated() {
        ObjectNode intent = paid();
        stripe.breaksNext(500, null, true);
        assertThatThrownBy(() -> provider.refund(refund(intent, 500))).isInstanceOf(ProviderUnavailable.class);

        assertThat(provider.refund(refund(intent, 500))).isInstanceOf(RefundResult.RefundDone.class);
        assertThat(stripe.calls("POST", "/v1/refunds")).hasSize(2);
    }

    @Test
    void refund_with_two_spent_keys_waits() {
        ObjectNode intent = paid();
        stripe.breaksNext(500, null, false);
        stripe.breaksNext(500, null, false);
        for (int time = 0; time < 3; time++) {
            assertThatThrownBy(() -> provider.refund(refund(intent, 500))).isInstanceOf(ProviderUnavailable.class);
        }
        assertThat(provider.refunded(refund(intent, 500))).isEmpty();
    }

    @Test
    void amount_that_stripe_cannot_express_is_refused() {
        assertThat(provider.refund(new RefundRequest(REFUND, "pi_1", new Money(1_234, "KWD"), null)))
                .isEqualTo(new RefundResult.RefundRefused("amount-not-taken"));
        assertThat(stripe.calls("POST", "/v1/refunds")).isEmpty();
    }
}
