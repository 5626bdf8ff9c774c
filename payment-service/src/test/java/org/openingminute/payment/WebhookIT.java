package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.JSON;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.WEBHOOK_SECRET;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves that webhooks are stored, applied once and in any order, and replaced by polling when lost, on the running service with its
 * sandbox.
 */
@PaymentServiceTest
class WebhookIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Environment environment;

    @Test
    @DisturbsOthers
    void bad_signature_is_a_400_and_nothing_is_stored() {
        UUID id = service.requested();
        String body = dropped(id, "4242424242424242").getFirst();
        long now = Instant.now().getEpochSecond();

        assertThat(deliver(body, null).status()).isEqualTo(400);
        assertThat(deliver(body, "t=" + now + ",v1=" + "0".repeat(64)).code()).isEqualTo("malformed");
        assertThat(deliver(body + " ", signature(body, now)).status()).isEqualTo(400);
        assertThat(deliver(body, signature(body, now - 301)).status()).isEqualTo(400);
        assertThat(deliver(body, signature(body, now + 330)).status()).isEqualTo(400);
        assertThat(deliver("no json", signature("no json", now)).status()).isEqualTo(400);
        assertThat(stored(body)).isZero();

        assertThat(deliver(body, signature(body, now - 280)).status()).isEqualTo(204);
        assertThat(stored(body)).isEqualTo(1);
        service.awaitPublished(id, "payment.captured.v1");
    }

    @Test
    @DisturbsOthers
    void message_that_cannot_be_stored_is_not_acknowledged() {
        String body = dropped(service.requested(), "4242424242424242").getFirst();
        String signature = signature(body, Instant.now().getEpochSecond());
        jdbc.sql("alter table webhook_event add constraint nothing_new check (received_at is null) not valid")
                .update();
        try {
            assertThat(deliver(body, signature).code()).isEqualTo("unavailable");
        } finally {
            jdbc.sql("alter table webhook_event drop constraint nothing_new").update();
        }
        assertThat(deliver(body, signature).status()).isEqualTo(204);
        assertThat(stored(body)).isEqualTo(1);
    }

    @Test
    void a_provider_that_nobody_knows_is_a_404() {
        assertThat(service.postJson("/api/payments/webhooks/acme", "{}").code()).isEqualTo("not-found");
    }

    @Test
    @DisturbsOthers
    void messages_twice_and_in_the_wrong_order_are_applied_once() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        service.card(url, "4000000000000002");
        service.card(url, "4000000000000259");
        await().atMost(SOON).until(() -> bodies(id).size() == 3);
        service.faults("{}");

        List<String> bodies = bodies(id);
        for (String body : List.of(bodies.get(2), bodies.get(0), bodies.get(1), bodies.get(2), bodies.get(0))) {
            assertThat(deliver(body, signature(body, Instant.now().getEpochSecond()))
                            .status())
                    .isEqualTo(204);
        }

        await().atMost(SOON)
                .until(() -> jdbc.sql("select count(*) from webhook_event where state = 'waiting'")
                                .query(Long.class)
                                .single()
                        == 0);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.registration.publishedTypes(id))
                        .endsWith("payment.captured.v1", "payment.disputed.v1")
                        .doesNotHaveDuplicates());
        assertThat(service.status(id)).isEqualTo("disputed");
        assertThat(jdbc.sql("select count(*) from payment_capture where registration_id = ?")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    @DisturbsOthers
    void doubled_delayed_and_shuffled_messages_come_to_the_same() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"duplicateRate\": 1, \"delayMs\": 300, \"shuffle\": true}}");
        service.card(url, "4000000000000002");
        service.card(url, "4242424242424242");

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(service.registration.publishedTypes(id)).endsWith("payment.captured.v1"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jdbc.sql("""
                        select count(*) from sandbox.webhook
                         where state <> 'delivered' and body::jsonb -> 'session' ->> 'registration' = ?
                        """)
                                .param(id.toString())
                                .query(Long.class)
                                .single())
                        .isZero());
        assertThat(service.registration.publishedTypes(id)).containsOnlyOnce("payment.captured.v1");
        assertThat(service.payment(id).json().path("attempts").size()).isEqualTo(2);
    }

    @Test
    @DisturbsOthers
    void lost_messages_of_payments_and_disputes_are_only_a_delay() {
        UUID paid = service.requested();
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        String another = service.checkoutUrl(paid);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        service.card(another, "4242424242424242");
        service.card(url, "4000000000000259");

        service.awaitPublished(Duration.ofSeconds(60), paid, "payment.captured.v1");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(service.registration.publishedTypes(id)).endsWith("payment.disputed.v1"));

        String session = url.substring(url.lastIndexOf('/') + 1);
        service.postJson("/sandbox/payments/" + session + "/dispute-end", "{\"won\": false}");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(service.registration.publishedTypes(id)).endsWith("payment.dispute-ended.v1"));
        assertThat(service.registration
                        .published(id)
                        .getLast()
                        .body()
                        .path("disputes")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("lost");
    }

    @Test
    @DisturbsOthers
    void webhook_that_no_batch_has_looked_at_is_untried() {
        UUID id = service.requested();
        String body = dropped(id, "4242424242424242").getFirst();
        service.faults("{}");
        String event = JSON.readTree(body).path("id").asString();
        try (HeldLock _ = HeldLock.of(environment, id)) {
            assertThat(deliver(body, signature(body, Instant.now().getEpochSecond()))
                            .status())
                    .isEqualTo(204);
            // Waits until the batch has given up and the job has claimed the webhook.
            await().atMost(SOON)
                    .until(() -> jdbc.sql(
                                    "select next_at > received_at + interval '10 s' from webhook_event where event_id = ?")
                            .param(event)
                            .query(Boolean.class)
                            .single());
            assertThat(isTried(event)).isFalse();
        }
        service.awaitPublished(id, "payment.captured.v1");
        await().atMost(SOON).until(() -> isTried(event));
    }

    @Test
    @DisturbsOthers
    void webhook_that_the_database_refuses_counts_its_attempts() {
        UUID id = service.requested();
        String body;
        // Otherwise reconciliation could adopt the capture first, and the row below would already exist.
        try (HeldLock _ = HeldLock.ofReconciliation(environment)) {
            body = dropped(id, "4242424242424242").getFirst();
            service.faults("{}");
            jdbc.sql("""
                    insert into provider_payment (provider, name, registration_id, captured_at)
                    select 'sandbox', payment, gen_random_uuid(), now() from sandbox.session where registration = ?
                    """).param(id).update();
        }
        assertThat(deliver(body, signature(body, Instant.now().getEpochSecond()))
                        .status())
                .isEqualTo(204);
        await().atMost(SOON).until(() -> attempts(JSON.readTree(body).path("id").asString()) > 0);

        jdbc.sql("""
                delete from provider_payment
                 where (provider, name) in (select 'sandbox', payment from sandbox.session where registration = ?)
                """).param(id).update();
        service.awaitPublished(id, "payment.captured.v1");
    }

    private boolean isTried(String event) {
        return jdbc.sql("select tried from webhook_event where event_id = ?")
                .param(event)
                .query(Boolean.class)
                .single();
    }

    @Test
    @DisturbsOthers
    void webhook_whose_money_never_arrived_fails_after_a_day() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        service.card(url, "4000000000000259");
        await().atMost(SOON).until(() -> bodies(id).size() == 2);
        service.faults("{}");
        ObjectNode body = (ObjectNode) JSON.readTree(bodies(id).getLast());
        ((ObjectNode) body.path("session"))
                .put("registration", UUID.randomUUID().toString())
                .putArray("tries");
        String dispute = body.toString();
        storeAsReceived("of today " + id, dispute, Instant.now().minus(Duration.ofHours(23)));
        try {
            await().atMost(SOON).until(() -> isClaimed("of today " + id));
            // Stored later, so the job claims and processes it later.
            storeAsReceived("of yesterday " + id, dispute, Instant.now().minus(Duration.ofHours(25)));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(attempts("of yesterday " + id)).isPositive());
            assertThat(attempts("of today " + id)).isZero();
        } finally {
            jdbc.sql("delete from webhook_event where event_id like '% ' || ?")
                    .param(id.toString())
                    .update();
        }
    }

    private void storeAsReceived(String eventId, String body, Instant at) {
        jdbc.sql("""
                insert into webhook_event (provider, event_id, body, received_at, next_at) values ('sandbox', ?, ?, ?, ?)
                """)
                .param(eventId)
                .param(body.getBytes(StandardCharsets.UTF_8))
                .param(at.atOffset(ZoneOffset.UTC))
                .param(at.atOffset(ZoneOffset.UTC))
                .update();
    }

    private boolean isClaimed(String eventId) {
        return jdbc.sql("select next_at > now() from webhook_event where event_id = ?")
                .param(eventId)
                .query(Boolean.class)
                .single();
    }

    private int attempts(String eventId) {
        return jdbc.sql("select tries from webhook_event where event_id = ?")
                .param(eventId)
                .query(Integer.class)
                .single();
    }

    /** Pays by card while webhooks are dropped; returns the bodies that the provider would have sent. */
    private List<String> dropped(UUID id, String number) {
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        service.card(url, number);
        return bodies(id);
    }

    private List<String> bodies(UUID id) {
        return jdbc.sql("""
                select body from sandbox.webhook
                 where body::jsonb -> 'session' ->> 'registration' = ? order by id
                """).param(id.toString()).query(String.class).list();
    }

    private long stored(String body) {
        return jdbc.sql("select count(*) from webhook_event where event_id = ?")
                .param(JSON.readTree(body).path("id").asString())
                .query(Long.class)
                .single();
    }

    private Answer deliver(String body, @Nullable String signature) {
        HttpRequest.Builder request = service.to("/api/payments/webhooks/sandbox")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (signature != null) {
            request.header("Sandbox-Signature", signature);
        }
        return service.send(request);
    }

    private static String signature(String body, long seconds) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(WEBHOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signed = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
