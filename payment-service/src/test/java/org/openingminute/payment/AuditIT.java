package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
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

/** Proves that every read and act of staff writes an audit row, on the running service with its database. */
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
        acts.put(
                "POST /desk/{slug}/registrations/{registrationId}/money/refunds/{refundId} (form)",
                this::transferredOnThePage);
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

    private void transferredOnThePage() {
        UUID id = RegistrationPlayed.newId();
        UUID refund = transferable(id);
        HttpRequest.Builder form = service.to("/desk/mlsys-2026/registrations/" + id + "/money/refunds/" + refund)
                .header("Authorization", "Bearer " + service.staff("finance"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Business-Time", "2026-02-03T08:00:00.123Z")
                .POST(HttpRequest.BodyPublishers.ofString("reference=SEPA+4711"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.send(form).status()).isEqualTo(303));
        assertThat(audit("?registration=" + id).at("/0/at").asString()).isEqualTo("2026-02-03T08:00:00.123Z");
    }

    /** Creates a refund of a bank transfer and waits until the payment has it; an organiser has to transfer the money back. */
    private UUID transferable(UUID id) {
        service.registration.send(RegistrationPlayed.request(id).byInvoice());
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        return refund;
    }

    /** Creates a refund of a bank transfer that was transferred back; returns its registration. */
    private UUID transferred() {
        UUID id = RegistrationPlayed.newId();
        UUID refund = transferable(id);
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
        List<String> reads = List.of("/api/payments/" + id, "/api/registrations/" + id + "/receipt.pdf");
        for (String read : reads) {
            for (String role : List.of("organiser", "finance")) {
                assertThat(call("GET", read, role, null).status()).isEqualTo(200);
            }
            for (String role : List.of("organiser:elsewhere-2026", "finance:elsewhere-2026", "check-in")) {
                assertThat(call("GET", read, role, null).status()).isEqualTo(403);
            }
        }
        assertThat(call("POST", "/api/payments/" + id + "/checkout", "finance", null)
                        .status())
                .as("an operation for registrants")
                .isEqualTo(403);

        for (String role : List.of("organiser", "finance")) {
            assertThat(audit("?registration=" + id)
                            .valueStream()
                            .filter(row -> row.at("/who").asString().equals(role))
                            .map(row -> row.at("/what").asString()))
                    .containsExactly("opened a receipt", "opened a payment");
        }

        String told = "2026-02-03T08:00:00.123Z";
        for (String read : reads) {
            assertThat(service.send(service.to(read)
                                    .header("Authorization", "Bearer " + service.staff("organiser"))
                                    .header("Business-Time", told))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(audit("?registration=" + id + "&from=2026-02-03T00:00:00Z&to=2026-02-04T00:00:00Z")
                        .valueStream()
                        .map(row ->
                                row.at("/what").asString() + " " + row.at("/at").asString()))
                .as("at the time that the gateway sends")
                .containsExactly("opened a receipt " + told, "opened a payment " + told);
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
