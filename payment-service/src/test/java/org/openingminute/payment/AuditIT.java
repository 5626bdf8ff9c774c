package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.AuditMatrix;
import org.openingminute.messaging.testing.Parked;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What staff do and read is in the audit. */
@PaymentServiceTest
class AuditIT implements AuditMatrix {

    private static final String DEAD_LETTERS = "/internal/ops/dead-letters/";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Override
    public long rowsOf(String role) {
        return jdbc.sql("select count(*) from audit where who = ? and role = ? and person is not null")
                .param(role)
                .param(role)
                .query(Long.class)
                .single();
    }

    @Override
    public Map<String, Runnable> acts() {
        Map<String, Runnable> acts = new LinkedHashMap<>();
        acts.put("POST /api/payments/{registrationId}/checkout", () -> {
            UUID id = service.requested();
            service.awaitStatus(id, "awaiting");
            assertThat(call("POST", "/api/payments/" + id + "/checkout", "organiser", null)
                            .status())
                    .isEqualTo(201);
        });
        acts.put("POST /api/payments/{registrationId}/refunds/{refundId}/transfer", this::transferred);
        acts.put("POST /internal/ops/dead-letters/{id}/discard", () -> done("discard", "{\"reason\": \"mended\"}"));
        acts.put("POST /internal/ops/dead-letters/{id}/replay", () -> done("replay", null));
        acts.put(
                "POST /internal/ops/outbox/relay-again",
                () -> assertThat(call(
                                        "POST",
                                        "/internal/ops/outbox/relay-again",
                                        "operator",
                                        "{\"since\": \"2099-01-01T00:00:00Z\"}")
                                .status())
                        .isEqualTo(200));
        return acts;
    }

    private void done(String what, @Nullable String body) {
        UUID id = RegistrationPlayed.newId();
        String letter = new Parked(
                        "payment.commands.v1",
                        id.toString(),
                        "payment.unheard-of.v1",
                        0,
                        "{\"registration\": \"" + id + "\"}")
                .in(jdbc, "payment-service");
        assertThat(call("POST", DEAD_LETTERS + letter + "/" + what, "operator", body)
                        .status())
                .isEqualTo(200);
    }

    /** A refund of a bank transfer that somebody has transferred back; gives the registration. */
    private UUID transferred() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).byInvoice());
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        String path = "/api/payments/" + id + "/refunds/" + refund + "/transfer";
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(call("POST", path, "finance", "{\"reference\": \"SEPA 4711\"}")
                                .status())
                        .isEqualTo(200));
        assertThat(call("POST", path, "finance", "{\"reference\": \"SEPA 4711\"}")
                        .status())
                .as("a repeat")
                .isEqualTo(200);
        return id;
    }

    @Test
    void transfer_of_a_refund_is_one_row_of_its_transaction() {
        UUID id = transferred();

        JsonNode rows = audit("?registration=" + id);

        assertThat(rows).hasSize(1);
        assertThat(rows.at("/0/what").asString()).isEqualTo("transferred a refund");
        assertThat(rows.at("/0/who").asString()).isEqualTo("finance");
        assertThat(rows.at("/0/person").asString()).isEqualTo("Olga Organiser");
        assertThat(rows.at("/0/role").asString()).isEqualTo("finance");
        assertThat(rows.at("/0/conference").asString()).isEqualTo("mlsys-2026");
        assertThat(rows.at("/0/before/state").asString()).isEqualTo("pending");
        assertThat(rows.at("/0/after/state").asString()).isEqualTo("done");
        assertThat(rows.at("/0/why").asString()).isEqualTo("SEPA 4711");
    }

    @Test
    void looking_at_a_payment_and_its_documents_are_rows() {
        UUID id = service.paid();
        service.registration.keep(id);
        await().atMost(SOON)
                .until(() -> service.send(service.to("/api/registrations/" + id + "/receipt.pdf")
                                        .header("Authorization", "Bearer " + ServiceFixture.token(id)))
                                .status()
                        == 200);
        for (String read : new String[] {"/api/payments/" + id, "/api/registrations/" + id + "/receipt.pdf"}) {
            assertThat(call("GET", read, "organiser", null).status()).isEqualTo(200);
            assertThat(call("GET", read, "organiser:elsewhere-2026", null).status())
                    .isEqualTo(403);
        }

        assertThat(audit("?registration=" + id + "&who=organiser")
                        .valueStream()
                        .map(row -> row.at("/what").asString()))
                .containsExactly("opened a receipt", "opened a payment");
    }

    private JsonNode audit(String query) {
        Answer answer = call("GET", "/internal/audit" + query, "organiser", null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("items");
    }

    private Answer call(String method, String path, String role, @Nullable String body) {
        HttpRequest.Builder request = service.to(path)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + service.staff(role));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return service.send(request);
    }
}
