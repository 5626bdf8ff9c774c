package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.net.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.stripe.StripePlayed;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.node.ObjectNode;

/** The service with Stripe for cards, beside the sandbox of a rehearsal. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT)
class StripeIT {

    private static final int PORT = WholeService.freePort();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final RegistrationPlayed registration = WholeService.registration;
    private static final String LEDGER =
            "select concat_ws(' ', act, debit, credit, amount) from ledger where registration_id = ? order by id";
    private static final String SECRET = "whsec_of_the_tests";
    private static final StripePlayed stripe = new StripePlayed();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Autowired
    private JdbcClient jdbc;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        WholeService.rehearsal(registry, PORT);
        registry.add("STRIPE_API_KEY", () -> "rk_test_of_the_tests");
        registry.add("STRIPE_WEBHOOK_SECRET", () -> SECRET);
        registry.add("STRIPE_API_BASE", stripe::url);
        registry.add("PAYMENT_CARD_PROVIDER", () -> "stripe");
        registry.add("PROVIDERS_ASKED_EVERY", () -> "3s");
    }

    @Test
    void a_card_at_stripe_becomes_a_captured_event_and_a_disputed_one() {
        UUID id = requested();
        String url = checkoutUrl(id);
        ObjectNode session = stripe.sessionOf(id);
        assertThat(url).isEqualTo(session.path("url").asString());
        assertThat(checkoutUrl(id)).isEqualTo(url);

        ObjectNode intent = stripe.paid(session, Instant.now());
        ObjectNode paid = stripe.happened("checkout.session.completed", session, Instant.now());
        assertThat(deliver(paid).status()).isEqualTo(204);
        assertThat(deliver(paid).status()).isEqualTo(204);

        awaitSaid(id, "payment.captured.v1");
        assertThat(status(id)).isEqualTo("captured");
        assertThat(rows(LEDGER, id)).containsExactly("capture provider:stripe registrations 80000");
        assertThat(checkout(id).code()).isEqualTo("not-payable");

        ObjectNode dispute = stripe.disputed(intent, "needs_response", Instant.now());
        ObjectNode opened = stripe.happened("charge.dispute.created", dispute, Instant.now());
        assertThat(deliver(opened).status()).isEqualTo(204);
        awaitSaid(id, "payment.captured.v1", "payment.disputed.v1");
        assertThat(status(id)).isEqualTo("disputed");
    }

    @Test
    void a_signature_that_is_bad_is_a_400_and_nothing_is_stored() {
        UUID id = requested();
        checkoutUrl(id);
        ObjectNode session = stripe.sessionOf(id);
        stripe.paid(session, Instant.now());
        ObjectNode event = stripe.happened("checkout.session.completed", session, Instant.now());
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
    void a_dispute_whose_message_was_lost_is_only_a_delay_whatever_else_cannot_be_applied() {
        UUID id = requested();
        checkoutUrl(id);
        ObjectNode session = stripe.sessionOf(id);
        ObjectNode intent = stripe.paid(session, Instant.now());
        ObjectNode paid = stripe.happened("checkout.session.completed", session, Instant.now());
        deliver(paid);
        awaitSaid(id, "payment.captured.v1");
        registration.keep(id);
        awaitSaid(id, "payment.captured.v1", "payment.receipt-issued.v1");

        ObjectNode strange = stripe.paidElsewhere(RegistrationPlayed.newId(), Instant.now());
        for (ObjectNode disputed : List.of(strange, intent)) {
            ObjectNode dispute = stripe.disputed(disputed, "needs_response", Instant.now());
            stripe.happened("charge.dispute.created", dispute, Instant.now());
        }
        awaitSaid(SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
    }

    @Test
    void a_message_that_waits_for_stripe_to_say_whom_it_concerns_is_no_failed_try() {
        UUID id = requested();
        checkoutUrl(id);
        ObjectNode session = stripe.sessionOf(id);
        ObjectNode intent = stripe.paid(session, Instant.now());
        deliver(stripe.happened("checkout.session.completed", session, Instant.now()));
        awaitSaid(id, "payment.captured.v1");
        registration.keep(id);
        awaitSaid(id, "payment.captured.v1", "payment.receipt-issued.v1");

        ObjectNode dispute = stripe.disputed(intent, "needs_response", Instant.now());
        ObjectNode opened = stripe.happened("charge.dispute.created", dispute, Instant.now());
        String asked = "/v1/payment_intents/" + intent.path("id").asString();
        stripe.isDown(true);
        try {
            assertThat(deliver(opened).status()).isEqualTo(204);
            // As often as the guard repeats it, so that one reading of the message has ended.
            await().atMost(SOON).until(() -> stripe.calls("GET", asked).size() > 3);
        } finally {
            stripe.isDown(false);
        }
        awaitSaid(SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rows(
                                "select concat_ws(' ', state, tries, problem) from webhook_event where event_id = ?",
                                opened.path("id").asString()))
                        .containsExactly("applied 0"));
    }

    @Test
    void money_whose_message_was_lost_is_found_by_asking_and_goes_back_by_command() {
        UUID id = requested();
        checkoutUrl(id);
        stripe.paid(stripe.sessionOf(id), Instant.now());
        awaitSaid(SOON.multipliedBy(3), id, "payment.captured.v1");

        registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 30_000);
        awaitSaid(id, "payment.captured.v1", "payment.refunded.v1");
        assertThat(status(id)).isEqualTo("partly-refunded");
        assertThat(rows(LEDGER, id))
                .containsExactly(
                        "capture provider:stripe registrations 80000", "refund registrations provider:stripe 30000");
    }

    @Test
    void a_payment_whose_message_was_lost_is_found_though_its_session_is_not_due_to_be_asked_about() {
        UUID id = requested();
        checkoutUrl(id);
        jdbc.sql("update payment_session set next_at = now() + interval '5 minutes' where registration_id = ?")
                .param(id)
                .update();
        ObjectNode session = stripe.sessionOf(id);
        stripe.paid(session, Instant.now());
        stripe.happened("checkout.session.completed", session, Instant.now());

        awaitSaid(SOON.multipliedBy(2), id, "payment.captured.v1");
    }

    @Test
    void a_refund_that_stripe_has_taken_is_asked_about_ever_less_often_and_never_ordered_again() {
        UUID id = paid();
        UUID refund = RegistrationPlayed.newId();
        String pause = """
                select extract(epoch from next_at - now())::int from payment_refund
                 where id = ? and provider_refund is not null and next_at > now()
                """;
        stripe.refundsBecome("pending");
        String name;
        try {
            registration.refund(RegistrationPlayed.newId(), id, refund, 30_000);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(rows(pause, refund))
                            .singleElement()
                            .satisfies(seconds ->
                                    assertThat(Integer.parseInt(seconds)).isBetween(40, 60)));
            name = rows("select provider_refund from payment_refund where id = ?", refund)
                    .getFirst();
            assertThat(stripe.calls("GET", "/v1/refunds/" + name)).isEmpty();
            stripe.forgets(name);
            jdbc.sql("update payment_refund set next_at = now(), asked_at = now() - interval '20 minutes' where id = ?")
                    .param(refund)
                    .update();
            await().atMost(SOON)
                    .until(() -> !stripe.calls("GET", "/v1/refunds/" + name).isEmpty());
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(rows(pause, refund))
                            .singleElement()
                            .satisfies(seconds ->
                                    assertThat(Integer.parseInt(seconds)).isBetween(1_100, 1_200)));
        } finally {
            stripe.refundsBecome("succeeded");
        }
        assertThat(stripe.calls("POST", "/v1/refunds").stream()
                        .filter(call -> refund.toString().equals(call.form().get("metadata[refund]"))))
                .hasSize(1);
        assertThat(rows("select state from payment_refund where id = ?", refund))
                .containsExactly("pending");
    }

    @Test
    void a_session_whose_key_is_spent_is_over_and_the_next_checkout_makes_another() {
        UUID id = requested();
        stripe.breaksNextSession();
        WholeService.Answer broken = checkout(id);
        assertThat(broken.status()).isEqualTo(503);
        assertThat(broken.code()).isEqualTo("unavailable");
        assertThat(rows("select state from payment_session where registration_id = ?", id))
                .containsExactly("ended");

        assertThat(checkout(id).status()).isEqualTo(201);
    }

    @Test
    void what_cannot_be_applied_for_a_day_keeps_nothing_else_and_is_passed_over() {
        UUID id = paid();
        // A dispute about nothing cannot be saved, and one that does not say about how much cannot be read.
        ObjectNode intent = stripe.object(intentOf(id));
        Instant longAgo = Instant.now().minus(Duration.ofHours(25));
        ObjectNode nothing = stripe.disputed(intent, "needs_response", longAgo).put("amount", 0);
        stripe.happened("charge.dispute.created", nothing, longAgo);
        stripe.happened("charge.dispute.created", nothing.deepCopy().putNull("amount"), longAgo);
        ObjectNode dispute = stripe.disputed(intent, "needs_response", Instant.now());
        stripe.happened("charge.dispute.created", dispute, Instant.now());
        jdbc.sql("update provider_watch set disputes_until = now() - interval '2 days' where provider = 'stripe'")
                .update();

        awaitSaid(SOON.multipliedBy(2), id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.disputed.v1");
        await().atMost(SOON.multipliedBy(2))
                .untilAsserted(() -> assertThat(rows(
                                "select disputes_until > now() - interval '1 hour' from provider_watch where provider = ?",
                                "stripe"))
                        .containsExactly("t"));
    }

    private String intentOf(UUID id) {
        return rows("select provider_payment from payment_capture where registration_id = ?", id)
                .getFirst();
    }

    private UUID paid() {
        UUID id = requested();
        checkoutUrl(id);
        ObjectNode session = stripe.sessionOf(id);
        stripe.paid(session, Instant.now());
        deliver(stripe.happened("checkout.session.completed", session, Instant.now()));
        awaitSaid(id, "payment.captured.v1");
        registration.keep(id);
        awaitSaid(id, "payment.captured.v1", "payment.receipt-issued.v1");
        return id;
    }

    @Test
    void an_order_that_stripe_does_not_take_is_not_payable_and_the_next_is_another_attempt() {
        UUID id = requested();
        stripe.refuseNextSession("amount_too_small");
        WholeService.Answer refused = checkout(id);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("not-payable");
        assertThat(refused.text()).contains("does not take this payment");
        assertThat(rows("select state from payment_session where registration_id = ?", id))
                .containsExactly("ended");

        assertThat(checkout(id).status()).isEqualTo(201);
    }

    @Test
    void an_order_that_is_repeated_after_an_outage_and_refused_then_is_over() {
        UUID id = requested();
        stripe.isDown(true);
        try {
            assertThat(checkout(id).status()).isEqualTo(503);
            stripe.refuseNextSession("amount_too_large");
        } finally {
            stripe.isDown(false);
        }
        await().atMost(SOON.multipliedBy(2))
                .untilAsserted(() -> assertThat(rows("select state from payment_session where registration_id = ?", id))
                        .containsExactly("ended"));
    }

    private static UUID requested() {
        UUID id = RegistrationPlayed.newId();
        registration.send(RegistrationPlayed.request(id));
        return id;
    }

    /** Opens a session and gives its address. */
    private String checkoutUrl(UUID id) {
        WholeService.Answer answer = checkout(id);
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        return answer.json().path("checkoutUrl").asString();
    }

    private WholeService.Answer checkout(UUID id) {
        return send(of(id, "/checkout").POST(HttpRequest.BodyPublishers.noBody()));
    }

    private String status(UUID id) {
        return send(of(id, "")).json().path("status").asString();
    }

    private static void awaitSaid(UUID id, String... types) {
        awaitSaid(SOON, id, types);
    }

    private static void awaitSaid(Duration within, UUID id, String... types) {
        await().atMost(within)
                .untilAsserted(() -> assertThat(registration.typesSaid(id)).containsExactly(types));
    }

    private List<String> rows(String sql, Object about) {
        return jdbc.sql(sql).param(about).query(String.class).list();
    }

    private WholeService.Answer deliver(ObjectNode event) {
        return deliver(event.toString(), signature(event.toString()));
    }

    private WholeService.Answer deliver(String body, String signature) {
        return send(to("/api/payments/webhooks/stripe")
                .header("Content-Type", "application/json")
                .header("Stripe-Signature", signature)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder of(UUID id, String path) {
        return to("/api/payments/" + id + path).header("Authorization", "Bearer " + WholeService.token(id));
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .timeout(Duration.ofSeconds(40));
    }

    private WholeService.Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new WholeService.Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signature(String body) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, SECRET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
