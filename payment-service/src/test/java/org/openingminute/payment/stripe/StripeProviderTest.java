package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import tools.jackson.databind.node.ObjectNode;

/** Proves how sessions are ordered, read and ended, with a played Stripe over HTTP. */
class StripeProviderTest extends StripeCase {

    @Test
    void a_session_is_one_card_line_with_our_ids_and_no_payer_data() {
        ProviderSession session = provider.open(order(DUE));

        StripePlayed.Call call = stripe.calls("POST", "/v1/checkout/sessions").getFirst();
        String page = PUBLIC_URL + "/registrations/" + REGISTRATION;
        assertThat(call.form())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("mode", "payment"),
                        Map.entry("payment_method_types[0]", "card"),
                        Map.entry("line_items[0][quantity]", "1"),
                        Map.entry("line_items[0][price_data][currency]", "usd"),
                        Map.entry("line_items[0][price_data][unit_amount]", "80000"),
                        Map.entry(
                                "line_items[0][price_data][product_data][name]", "MLSys <2026> & friends, ML26-7K3F9Q"),
                        Map.entry("adaptive_pricing[enabled]", "false"),
                        Map.entry("client_reference_id", REGISTRATION.toString()),
                        Map.entry("metadata[registration]", REGISTRATION.toString()),
                        Map.entry("metadata[attempt]", ATTEMPT.toString()),
                        Map.entry("payment_intent_data[description]", "ML26-7K3F9Q"),
                        Map.entry("payment_intent_data[metadata][registration]", REGISTRATION.toString()),
                        Map.entry("payment_intent_data[metadata][attempt]", ATTEMPT.toString()),
                        Map.entry("locale", "en"),
                        Map.entry("success_url", page + "?paid=true"),
                        Map.entry("cancel_url", page),
                        Map.entry(
                                "expires_at",
                                Long.toString(NOW.plus(Duration.ofMinutes(90)).getEpochSecond()))));
        assertThat(call.headers())
                .containsEntry("idempotency-key", ATTEMPT.toString())
                .containsEntry("authorization", "Bearer rk_test_of_the_tests");
        assertThat(session.key()).isEqualTo(ATTEMPT);
        assertThat(session.registration()).isEqualTo(REGISTRATION);
        assertThat(session.url()).isEqualTo(URI.create("https://checkout.stripe.example/c/pay/" + session.id()));
        assertThat(session.over()).isFalse();
        assertThat(session.happened()).isEmpty();
    }

    @Test
    void an_order_that_is_repeated_is_the_same_session() {
        assertThat(provider.open(order(DUE))).isEqualTo(provider.open(order(DUE)));
    }

    @ParameterizedTest
    @CsvSource({"de,de", "de-AT,de", "pt-BR,pt-BR", "en-gb,en-GB", "eo,auto", "'',auto"})
    void the_page_is_in_the_language_that_was_asked_for_if_stripe_has_it(String wanted, String reported) {
        provider.open(order(ATTEMPT, DUE, wanted));
        assertThat(stripe.calls("POST", "/v1/checkout/sessions").getFirst().form())
                .containsEntry("locale", reported);
    }

    @Test
    void the_version_is_the_librarys_unless_another_is_wanted() {
        provider.open(order(DUE));
        provider("2025-03-31.basil").fetch(provider.open(order(DUE)).id());

        assertThat(stripe.calls("POST", "/v1/checkout/sessions").getFirst().headers())
                .containsEntry("stripe-version", com.stripe.Stripe.API_VERSION);
        assertThat(stripe.calls("GET", "/v1/checkout/sessions/cs_test_1")
                        .getFirst()
                        .headers())
                .containsEntry("stripe-version", "2025-03-31.basil");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "amount_too_small,-,amount-too-small",
                "amount_too_large,-,amount-too-large",
                "-,line_items[0][price_data][currency],currency-not-taken"
            })
    void a_session_that_is_not_taken_is_refused_by_name(String code, String parameter, String reason) {
        stripe.refuseNext(400, code, parameter);
        assertThatThrownBy(() -> provider.open(order(DUE)))
                .isInstanceOf(SessionRefused.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "parameter_invalid_empty,line_items[0][price_data][product_data][name]",
                "parameter_missing,line_items[0][price_data][currency]",
                "url_invalid,success_url",
                "account_closed,-",
                "-,-"
            })
    void an_unknown_refusal_is_rejected_for_now(@Nullable String code, @Nullable String parameter) {
        stripe.refuseNext(400, code, parameter);
        assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(CallRejected.class);
        assertThat(provider.open(order(DUE)).over()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"500,-,true", "500,-,false", "503,-,false", "400,account_closed,false"})
    void a_replayed_error_without_a_session_spends_the_key(int status, @Nullable String code, boolean done) {
        stripe.breaksNext(status, code, done);
        assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(ProviderUnavailable.class);
        assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(KeySpent.class);
        assertThat(provider.open(order(new UUID(8, 1), DUE, "en")).over()).isFalse();
    }

    @Test
    void order_that_would_end_within_half_an_hour_is_rejected() {
        SessionOrder last = order(ATTEMPT, DUE, "en", NOW.minus(Duration.ofMinutes(60)));
        assertThat(provider.open(last).over()).isFalse();
        SessionOrder late = order(new UUID(8, 1), DUE, "en", NOW.minus(Duration.ofMinutes(61)));
        assertThatThrownBy(() -> provider.open(late)).isInstanceOf(CallRejected.class);
    }

    @Test
    void an_order_that_has_changed_since_spends_its_key() {
        provider.open(order(DUE));
        SessionOrder other = order(new Money(1, "USD"));
        assertThatThrownBy(() -> provider.open(other)).isInstanceOf(KeySpent.class);
    }

    @Test
    void a_paid_session_with_an_unexpanded_payment_is_money() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.paid(session, NOW.minusSeconds(20));
        stripe.answerNext(200, session.toString());
        assertThat(provider.fetch(id(session)).events().triggers())
                .containsExactly(
                        new PaymentTrigger.MoneyArrived(ATTEMPT, "stripe", id(intent), DUE, NOW),
                        new PaymentTrigger.SessionEnded(ATTEMPT));

        stripe.answerNext(200, session.deepCopy().putNull("payment_intent").toString());
        assertThatThrownBy(() -> provider.fetch(id(session))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void amount_that_stripe_cannot_express_is_refused_without_a_call() {
        SessionOrder order = order(new Money(1_234, "KWD"));
        assertThatThrownBy(() -> provider.open(order))
                .isInstanceOf(SessionRefused.class)
                .hasMessage("amount-not-taken");
        assertThat(stripe.calls("POST", "/v1/checkout/sessions")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500,JPY,500", "500,ISK,50000", "500,UGX,50000", "12300,MGA,123", "1230,KWD,1230", "1999,EUR,1999"})
    void a_payment_is_reported_as_ordered(long amount, String currency, String stripes) {
        Money money = new Money(amount, currency);
        ProviderSession session = provider.open(order(money));
        stripe.paid(stripe.object(session.id()), NOW);

        assertThat(stripe.calls("POST", "/v1/checkout/sessions").getFirst().form())
                .containsEntry("line_items[0][price_data][unit_amount]", stripes);
        assertThat(provider.fetch(session.id()).happened())
                .first()
                .isInstanceOfSatisfying(
                        PaymentTrigger.MoneyArrived.class,
                        arrived -> assertThat(arrived.amount()).isEqualTo(money));
    }

    @Test
    void money_arrived_at_the_time_of_its_charge_under_the_name_of_its_payment() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.paid(session, NOW.minusSeconds(20));

        ProviderSession reported = provider.fetch(id(session));
        assertThat(reported.happened())
                .containsExactly(
                        new PaymentTrigger.MoneyArrived(ATTEMPT, "stripe", id(intent), DUE, NOW.minusSeconds(20)));
        assertThat(reported.over()).isTrue();
        assertThat(reported.url()).isEqualTo(URI.create(PUBLIC_URL + "/registrations/" + REGISTRATION));
    }

    @ParameterizedTest
    @CsvSource({"insufficient_funds,insufficient-funds", "generic_decline,card-declined", "lost_card,card-declined"})
    void a_declined_card_leaves_the_session_open_and_is_named_in_our_words(String code, String reason) {
        ObjectNode session = opened();
        ObjectNode intent = stripe.declined(session, code, NOW.minusSeconds(5));

        ProviderSession reported = provider.fetch(id(session));
        assertThat(reported.over()).isFalse();
        assertThat(reported.happened())
                .containsExactly(new PaymentTrigger.Declined(
                        "stripe", intent.path("latest_charge").asString(), reason, NOW.minusSeconds(5)));
    }

    @Test
    void pending_authentication_waits_and_failed_one_is_a_decline() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.toBeConfirmed(session, NOW);
        assertThat(provider.fetch(id(session)).happened())
                .containsExactly(new PaymentTrigger.Processing("stripe", id(intent), NOW));

        stripe.notConfirmed(session, NOW);
        assertThat(provider.fetch(id(session)).happened())
                .singleElement()
                .isInstanceOfSatisfying(PaymentTrigger.Declined.class, declined -> {
                    assertThat(declined.reason()).isEqualTo("not-confirmed");
                    assertThat(declined.id()).isNotEqualTo(id(intent)).startsWith("pm_");
                });
    }

    @Test
    void an_open_session_is_ended() {
        ObjectNode session = opened();
        ProviderSession reported = provider.end(id(session));
        assertThat(reported.over()).isTrue();
        assertThat(reported.events().triggers()).containsExactly(new PaymentTrigger.SessionEnded(ATTEMPT));
    }

    @Test
    void a_session_paid_before_its_end_reports_the_payment() {
        ObjectNode session = opened();
        stripe.paid(session, NOW);

        ProviderSession reported = provider.end(id(session));
        assertThat(stripe.calls("POST", "/v1/checkout/sessions/" + id(session) + "/expire"))
                .hasSize(1);
        assertThat(reported.events().triggers())
                .hasExactlyElementsOfTypes(PaymentTrigger.MoneyArrived.class, PaymentTrigger.SessionEnded.class);
    }

    @Test
    void an_expired_session_stays_expired() {
        ObjectNode session = opened();
        session.put("status", "expired");
        assertThat(provider.end(id(session)).events().triggers())
                .containsExactly(new PaymentTrigger.SessionEnded(ATTEMPT));
    }

    @Test
    void a_session_is_found_by_our_key_once_a_payer_has_tried() {
        ObjectNode session = opened();
        assertThat(provider.opened(ATTEMPT)).isEmpty();

        stripe.paid(session, NOW);
        assertThat(provider.opened(ATTEMPT)).hasValueSatisfying(found -> {
            assertThat(found.id()).isEqualTo(id(session));
            assertThat(found.happened()).hasExactlyElementsOfTypes(PaymentTrigger.MoneyArrived.class);
        });
        assertThat(provider.opened(new UUID(7, 99))).isEmpty();
    }
}
