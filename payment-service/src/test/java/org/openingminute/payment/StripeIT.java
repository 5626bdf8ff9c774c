package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.JSON;
import static org.openingminute.payment.ServiceFixture.SOON;

import com.stripe.net.Webhook;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.payment.ServiceFixture.Answer;
import org.openingminute.payment.stripe.StripePlayed;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** Proves card payments by Stripe, on the running service with a played Stripe and its database and broker. */
@PaymentServiceTest(surroundings = StripeIT.StripeForCards.class)
@Isolated("it takes the commands of every test")
class StripeIT {

    private static final String SECRET = "whsec_of_the_tests";
    static final StripePlayed STRIPE = new StripePlayed();

    static final class StripeForCards extends ServiceFixture.Surroundings {

        StripeForCards() {
            super(
                    "STRIPE_API_KEY=rk_test_of_the_tests",
                    "STRIPE_WEBHOOK_SECRET=" + SECRET,
                    "STRIPE_API_BASE=" + STRIPE.url(),
                    "PAYMENT_CARD_PROVIDER=stripe");
        }
    }

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void a_card_at_stripe_becomes_a_captured_event_and_a_disputed_one() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        ObjectNode session = STRIPE.sessionOf(id);
        assertThat(url).isEqualTo(session.path("url").asString());
        assertThat(service.checkoutUrl(id)).isEqualTo(url);

        ObjectNode intent = STRIPE.paid(session, Instant.now());
        ObjectNode paid = STRIPE.happened("checkout.session.completed", session, Instant.now());
        assertThat(deliver(paid).status()).isEqualTo(204);
        assertThat(deliver(paid).status()).isEqualTo(204);

        service.awaitPublished(id, "payment.captured.v1");
        assertThat(service.status(id)).isEqualTo("captured");
        assertThat(service.ledger(id)).containsExactly("capture provider:stripe registrations 80000");
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");

        ObjectNode dispute = STRIPE.disputed(intent, "needs_response", Instant.now());
        ObjectNode opened = STRIPE.happened("charge.dispute.created", dispute, Instant.now());
        assertThat(deliver(opened).status()).isEqualTo(204);
        service.awaitPublished(id, "payment.captured.v1", "payment.disputed.v1");
        assertThat(service.status(id)).isEqualTo("disputed");
    }

    @Test
    void a_signature_that_is_bad_is_a_400_and_nothing_is_stored() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        ObjectNode session = STRIPE.sessionOf(id);
        STRIPE.paid(session, Instant.now());
        ObjectNode event = STRIPE.happened("checkout.session.completed", session, Instant.now());
        String body = event.toString();

        assertThat(deliver(body, "t=1,v1=00").code()).isEqualTo("malformed");
        assertThat(deliver(body + " ", signature(body)).status()).isEqualTo(400);
        assertThat(deliver(body, signature(body).replace("t=1", "t=2")).status())
                .isEqualTo(400);
        assertThat(rows(
                        "select state from webhook_event where event_id = ?",
                        event.path("id").asString()))
                .isEmpty();
    }

    @Test
    void ignored_message_is_stored_without_its_body() {
        ObjectNode payout = JSON.createObjectNode().put("id", "po_1").put("description", "Ada Lovelace");
        ObjectNode event = STRIPE.happened("payout.paid", payout, Instant.now());

        assertThat(deliver(event).status()).isEqualTo(204);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rows(
                                "select concat_ws(' ', state, body) from webhook_event where event_id = ?",
                                event.path("id").asString()))
                        .containsExactly("applied"));
        assertThat(deliver(event).status()).isEqualTo(204);
    }

    @Test
    void lost_dispute_message_is_only_a_delay_beside_a_broken_one() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        ObjectNode session = STRIPE.sessionOf(id);
        ObjectNode intent = STRIPE.paid(session, Instant.now());
        ObjectNode paid = STRIPE.happened("checkout.session.completed", session, Instant.now());
        deliver(paid);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");

        ObjectNode strange = STRIPE.paidElsewhere(RegistrationPlayed.newId(), Instant.now());
        for (ObjectNode disputed : List.of(strange, intent)) {
            ObjectNode dispute = STRIPE.disputed(disputed, "needs_response", Instant.now());
            STRIPE.happened("charge.dispute.created", dispute, Instant.now());
        }
        service.awaitPublished(
                SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
    }

    @Test
    void message_that_waits_for_stripe_is_no_failed_attempt() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        ObjectNode session = STRIPE.sessionOf(id);
        ObjectNode intent = STRIPE.paid(session, Instant.now());
        deliver(STRIPE.happened("checkout.session.completed", session, Instant.now()));
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");

        ObjectNode dispute = STRIPE.disputed(intent, "needs_response", Instant.now());
        ObjectNode opened = STRIPE.happened("charge.dispute.created", dispute, Instant.now());
        String asked = "/v1/payment_intents/" + intent.path("id").asString();
        STRIPE.isDown(true);
        try {
            assertThat(deliver(opened).status()).isEqualTo(204);
            // One read of the message has ended after as many calls as the guard attempts.
            await().atMost(SOON).until(() -> STRIPE.calls("GET", asked).size() > 3);
        } finally {
            STRIPE.isDown(false);
        }
        service.awaitPublished(
                SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rows(
                                "select concat_ws(' ', state, tries, problem) from webhook_event where event_id = ?",
                                opened.path("id").asString()))
                        .containsExactly("applied 0"));
    }

    @Test
    void lost_money_is_found_by_asking_and_refunded_by_command() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        STRIPE.paid(STRIPE.sessionOf(id), Instant.now());
        service.awaitPublished(SOON.multipliedBy(3), id, "payment.captured.v1");

        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 30_000);
        service.awaitPublished(id, "payment.captured.v1", "payment.refunded.v1");
        assertThat(service.status(id)).isEqualTo("partly-refunded");
        assertThat(service.ledger(id))
                .containsExactly(
                        "capture provider:stripe registrations 80000", "refund registrations provider:stripe 30000");
    }

    @Test
    void lost_payment_is_found_before_its_session_is_due() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        service.due(id, "session", Duration.ofMinutes(5));
        ObjectNode session = STRIPE.sessionOf(id);
        STRIPE.paid(session, Instant.now());
        STRIPE.happened("checkout.session.completed", session, Instant.now());

        service.awaitPublished(SOON.multipliedBy(2), id, "payment.captured.v1");
    }

    @Test
    void accepted_refund_is_asked_about_less_often_and_ordered_once() {
        UUID id = paid();
        UUID refund = RegistrationPlayed.newId();
        String pause = """
                select extract(epoch from due_at - now())::int
                  from payment_open join payment_refund using (registration_id, id)
                 where id = ? and provider_refund is not null and due_at > now()
                """;
        STRIPE.refundsBecome("pending");
        String name;
        try {
            service.registration.refund(RegistrationPlayed.newId(), id, refund, 30_000);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(rows(pause, refund))
                            .singleElement()
                            .satisfies(seconds ->
                                    assertThat(Integer.parseInt(seconds)).isBetween(40, 60)));
            name = rows("select provider_refund from payment_refund where id = ?", refund)
                    .getFirst();
            assertThat(STRIPE.calls("GET", "/v1/refunds/" + name)).isEmpty();
            STRIPE.forgets(name);
            service.edit(id, "jsonb_set(document, '{refunds,0,requestedAt}', to_jsonb(now() - interval '20 minutes'))");
            service.due(id, "refund");
            await().atMost(SOON)
                    .until(() -> !STRIPE.calls("GET", "/v1/refunds/" + name).isEmpty());
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(rows(pause, refund))
                            .singleElement()
                            .satisfies(seconds ->
                                    assertThat(Integer.parseInt(seconds)).isBetween(1_100, 1_200)));
        } finally {
            STRIPE.refundsBecome("succeeded");
        }
        assertThat(STRIPE.calls("POST", "/v1/refunds").stream()
                        .filter(call -> refund.toString().equals(call.form().get("metadata[refund]"))))
                .hasSize(1);
        assertThat(rows("select state from payment_refund where id = ?", refund))
                .containsExactly("pending");
    }

    @Test
    void session_with_a_spent_key_is_over_and_followed_by_another() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        STRIPE.breaksNextSession();
        Answer broken = service.checkout(id);
        assertThat(broken.status()).isEqualTo(503);
        assertThat(broken.code()).isEqualTo("unavailable");
        assertThat(rows("select state from payment_session where registration_id = ?", id))
                .containsExactly("ended");

        assertThat(service.checkout(id).status()).isEqualTo(201);
    }

    @Test
    void message_not_applicable_for_a_day_is_passed_over() {
        UUID id = paid();
        // A dispute over a zero amount cannot be saved, and one without an amount cannot be read.
        ObjectNode intent = STRIPE.object(intentOf(id));
        Instant longAgo = Instant.now().minus(Duration.ofHours(25));
        ObjectNode nothing = STRIPE.disputed(intent, "needs_response", longAgo).put("amount", 0);
        STRIPE.happened("charge.dispute.created", nothing, longAgo);
        STRIPE.happened("charge.dispute.created", nothing.deepCopy().putNull("amount"), longAgo);
        ObjectNode dispute = STRIPE.disputed(intent, "needs_response", Instant.now());
        STRIPE.happened("charge.dispute.created", dispute, Instant.now());
        jdbc.sql("update provider_watch set disputes_until = now() - interval '2 days' where provider = 'stripe'")
                .update();

        service.awaitPublished(
                SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
        await().atMost(SOON.multipliedBy(2))
                .untilAsserted(() -> assertThat(rows(
                                "select disputes_until > now() - interval '1 hour' from provider_watch where provider = ?",
                                "stripe"))
                        .containsExactly("t"));
    }

    @Test
    void inquiry_and_a_refund_in_the_dashboard_leave_the_rest_refundable() {
        UUID id = paid();
        ObjectNode intent = STRIPE.object(intentOf(id));
        ObjectNode inquiry = STRIPE.disputed(intent, "warning_needs_response", Instant.now());
        deliver(STRIPE.happened("charge.dispute.created", inquiry, Instant.now()));
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.inquiry-changed.v1");
        assertThat(service.status(id)).isEqualTo("captured");
        Instant inBusinessTime = Instant.parse("2026-02-12T17:00:00Z");
        assertThat(Instant.parse(service.registration
                        .published(id)
                        .getLast()
                        .body()
                        .at("/inquiries/0/evidenceDueAt")
                        .asString()))
                .isBetween(inBusinessTime.minusSeconds(1), inBusinessTime.plusSeconds(120));

        ObjectNode refund = STRIPE.refundedByHand(intent, 30_000, Instant.now());
        deliver(STRIPE.happened("refund.created", refund, Instant.now()));
        service.awaitStatus(id, "partly-refunded");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 50_000);
        service.awaitStatus(id, "refunded");

        service.awaitPublished(
                id,
                "payment.captured.v1",
                "payment.receipt-issued.v1",
                "payment.inquiry-changed.v1",
                "payment.refunded.v1",
                "payment.refunded.v1");
        assertThat(service.ledger(id))
                .containsExactly(
                        "capture provider:stripe registrations 80000",
                        "refund registrations provider:stripe 30000",
                        "refund registrations provider:stripe 50000");
    }

    private String intentOf(UUID id) {
        return rows("select provider_payment from payment_capture where registration_id = ?", id)
                .getFirst();
    }

    private UUID paid() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        ObjectNode session = STRIPE.sessionOf(id);
        STRIPE.paid(session, Instant.now());
        deliver(STRIPE.happened("checkout.session.completed", session, Instant.now()));
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");
        return id;
    }

    @Test
    void refused_order_is_not_payable_and_the_next_is_another_attempt() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        STRIPE.refuseNextSession("amount_too_small");
        Answer refused = service.checkout(id);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("not-payable");
        assertThat(refused.text()).contains("does not accept this payment");
        assertThat(rows("select state from payment_session where registration_id = ?", id))
                .containsExactly("ended");

        assertThat(service.checkout(id).status()).isEqualTo(201);
    }

    @Test
    void an_order_that_is_repeated_after_an_outage_and_refused_then_is_over() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        STRIPE.isDown(true);
        try {
            assertThat(service.checkout(id).status()).isEqualTo(503);
            STRIPE.refuseNextSession("amount_too_large");
        } finally {
            STRIPE.isDown(false);
        }
        String nextCheck = """
                select extract(epoch from due_at - now())::int from payment_open
                 where registration_id = ? and what = 'session' and due_at > now()
                """;
        assertThat(rows(nextCheck, id))
                .singleElement()
                .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(5, 15));
        service.due(id, "session");
        await().atMost(SOON.multipliedBy(2))
                .untilAsserted(() -> assertThat(rows("select state from payment_session where registration_id = ?", id))
                        .containsExactly("ended"));
    }

    private List<String> rows(String sql, Object about) {
        return jdbc.sql(sql).param(about).query(String.class).list();
    }

    private Answer deliver(ObjectNode event) {
        return deliver(event.toString(), signature(event.toString()));
    }

    private Answer deliver(String body, String signature) {
        return service.send(service.to("/api/payments/webhooks/stripe")
                .header("Content-Type", "application/json")
                .header("Stripe-Signature", signature)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String signature(String body) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, SECRET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
