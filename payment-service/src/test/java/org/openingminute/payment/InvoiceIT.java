package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Rounds;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves invoices, payments by bank transfer and transfers back, over HTTP on the running service with its database and broker. */
@PaymentServiceTest
class InvoiceIT {

    @Autowired
    private ServiceFixture service;

    @Test
    void a_link_that_was_taken_back_opens_nothing() {
        UUID id = invoiced();
        List<String> reads = List.of(
                "/api/payments/" + id,
                "/api/registrations/" + id + "/invoice.pdf",
                "/api/registrations/" + id + "/receipt.pdf",
                "/api/registrations/" + id + "/credit-note.pdf");
        assertThat(reads.stream().map(read -> status(read, id, 0))).containsExactly(200, 200, 404, 404);

        service.registration.endLinks(id, 1);

        await().atMost(SOON).until(() -> service.payment(id).status() == 401);
        assertThat(reads.stream().map(read -> status(read, id, 0))).containsOnly(401);
        assertThat(service.checkout(id).status()).isEqualTo(401);
        assertThat(reads.stream().map(read -> status(read, id, 1))).containsExactly(200, 200, 404, 404);
        assertThat(status("/api/payments/" + id, id, 2)).as("not received yet").isEqualTo(200);
    }

    private int status(String path, UUID id, int generation) {
        return service.send(service.to(path).header("Authorization", "Bearer " + ServiceFixture.token(id, generation)))
                .status();
    }

    @Test
    void invoice_of_a_registration_just_made_is_waited_for() {
        service.awaitStatus(service.requested(), "awaiting"); // The service reads requests now.
        int answer = Rounds.within(Duration.ofSeconds(2), () -> {
            UUID id = RegistrationPlayed.newId();
            CompletableFuture<Integer> early = CompletableFuture.supplyAsync(
                    () -> status("/api/registrations/" + id + "/invoice.pdf", id, 0),
                    task -> Thread.ofVirtual().start(task));
            service.registration.send(RegistrationPlayed.request(id).byInvoice());
            return early.join();
        });
        assertThat(answer).isEqualTo(200);
    }

    @Test
    void the_place_to_pay_is_an_invoice_that_says_what_is_left() {
        UUID id = invoiced();
        Answer checkout = service.checkout(id);
        assertThat(checkout.status()).isEqualTo(201);
        assertThat(checkout.json().path("expiresAt").asString()).isEqualTo("2026-02-02T17:14:30Z");
        String url = checkout.json().path("checkoutUrl").asString();
        assertThat(url).isEqualTo(service.url() + "/api/registrations/" + id + "/invoice.pdf");
        assertThat(service.checkout(id).status()).isEqualTo(200);

        assertThat(invoice(id))
                .contains(
                        "Pro forma invoice ML26-7K3F9Q",
                        "Amount to transfer USD 800.00",
                        "This is a rehearsal: please do not transfer any money.",
                        "Please quote only the reference ML26-7K3F9Q");
        service.registration.markPaid(RegistrationPlayed.newId(), id, 50_000);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(invoice(id)).contains("Bank transfer USD 500.00", "Amount to transfer USD 300.00"));
        assertThat(service.status(id)).isEqualTo("awaiting");
        assertThat(service.registration.published(id)).isEmpty();

        service.registration.markPaid(RegistrationPlayed.newId(), id, 30_000);
        service.awaitStatus(id, "captured");
        await().atMost(SOON).until(() -> !service.registration.published(id).isEmpty());
        JsonNode reported = service.registration.published(id).getLast().body();
        assertThat(reported.path("captures")
                        .valueStream()
                        .map(c -> c.path("byTransfer").asBoolean()))
                .containsExactly(true);
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
        assertThat(get("/api/registrations/" + id + "/invoice.pdf", token(id)).code())
                .isEqualTo("not-payable");
    }

    @Test
    void invoice_names_the_deadline_before_the_link_is_opened() {
        UUID id = RegistrationPlayed.newId();
        String body = RegistrationPlayed.request(id).byInvoice().body();
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.request.v1",
                id.toString(),
                body.replace("\"method\"", "\"holdOnceOpened\": \"2026-02-16T17:00:00Z\", \"method\""),
                Instant.now());
        service.awaitKnown(id);

        assertThat(service.checkout(id).status()).isEqualTo(201);
        assertThat(invoice(id)).contains("Due by", "February 16, 2026");
    }

    @Test
    void card_payments_and_settled_registrations_have_no_invoice() {
        UUID card = service.requested();
        service.awaitStatus(card, "awaiting");
        assertThat(get("/api/registrations/" + card + "/invoice.pdf", token(card))
                        .status())
                .isEqualTo(404);
        UUID ended = invoiced();
        service.registration.close(ended);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get("/api/registrations/" + ended + "/invoice.pdf", token(ended))
                                .code())
                        .isEqualTo("not-payable"));
        assertThat(get("/api/registrations/" + ended + "/invoice.pdf", token(card))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void transfer_back_waits_for_an_organisers_word() {
        UUID id = invoiced();
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);

        await().atMost(SOON).untilAsserted(() -> assertThat(waiting(refund)).isNotNull());
        JsonNode item = waiting(refund);
        assertThat(item.propertyNames())
                .containsExactlyInAnyOrder(
                        "refund", "registration", "reference", "payer", "amount", "reason", "askedAt");
        assertThat(item.path("registration").asString()).isEqualTo(id.toString());
        assertThat(item.path("reference").asString()).isEqualTo("ML26-7K3F9Q");
        assertThat(item.path("payer").asString()).isEqualTo("Ada Lovelace");
        assertThat(item.path("amount").path("amount").asLong()).isEqualTo(30_000);
        assertThat(service.status(id)).isEqualTo("captured");
        assertThat(transfersFor("finance:mlsys-2026")).contains(refund.toString());
        assertThat(transfersFor("finance:elsewhere-2026")).doesNotContain(refund.toString());
        assertThat(get("/api/payments/transfers?conference=mlsys-2026", service.staff("finance:elsewhere-2026"))
                        .status())
                .isEqualTo(403);

        String path = "/api/payments/" + id + "/refunds/" + refund + "/transfer";
        assertThat(post(path, "{\"reference\": \"SEPA 4711\"}", token(id)).status())
                .isEqualTo(403);
        assertThat(post(path, "{\"reference\": \" \"}", organiser()).status()).isEqualTo(422);
        assertThat(post(path, "{}", organiser()).status()).isEqualTo(422);
        assertThat(post(path, "{\"reference\": \"x\"}", service.staff("finance:elsewhere-2026"))
                        .status())
                .isEqualTo(403);
        assertThat(post(path.replace(refund.toString(), id.toString()), "{\"reference\": \"x\"}", organiser())
                        .status())
                .isEqualTo(404);

        Answer made = post(path, "{\"reference\": \"SEPA 4711\"}", organiser());
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.json().path("state").asString()).isEqualTo("done");
        assertThat(post(path, "{\"reference\": \"SEPA 4711\"}", organiser()).status())
                .isEqualTo(200);
        assertThat(post(path, "{\"reference\": \"SEPA 4712\"}", organiser()).code())
                .isEqualTo("not-allowed-now");

        service.awaitStatus(id, "partly-refunded");
        assertThat(waiting(refund)).isNull();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(service.registration.publishedTypes(id)).endsWith("payment.refunded.v1"));
        JsonNode reported = service.registration
                .published(id)
                .getLast()
                .body()
                .path("refunds")
                .path(0);
        assertThat(reported.path("byTransfer").asBoolean()).isTrue();
        assertThat(reported.path("transfer").path("by").asString()).isEqualTo("organiser");
        assertThat(reported.path("transfer").path("byName").asString()).isEqualTo("Olga Organiser");
        assertThat(reported.path("transfer").path("reference").asString()).isEqualTo("SEPA 4711");
        assertThat(service.ledger(id))
                .containsExactly(
                        "transfer provider:invoice parts 80000",
                        "capture parts registrations 80000",
                        "refund registrations provider:invoice 30000");
    }

    @Test
    void refund_by_the_provider_is_transferred_by_nobody() {
        UUID id = service.paid();
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        service.awaitStatus(id, "partly-refunded");
        Answer refused =
                post("/api/payments/" + id + "/refunds/" + refund + "/transfer", "{\"reference\": \"x\"}", organiser());
        assertThat(refused.code()).isEqualTo("not-allowed-now");
        assertThat(get("/api/payments/transfers", token(id)).status()).isEqualTo(403);
        assertThat(get("/api/payments/transfers?limit=0", organiser()).status()).isEqualTo(422);
        assertThat(get("/api/payments/transfers?after=x", organiser()).status()).isEqualTo(422);
    }

    private String transfersFor(String role) {
        return get("/api/payments/transfers?limit=200", service.staff(role))
                .json()
                .path("items")
                .toString();
    }

    private UUID invoiced() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).byInvoice());
        service.awaitStatus(id, "awaiting");
        return id;
    }

    private String organiser() {
        return service.staff("organiser");
    }

    private Answer get(String path, String token) {
        return service.send(service.to(path).header("Authorization", "Bearer " + token));
    }

    private Answer post(String path, String body, String token) {
        return service.send(service.to(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private JsonNode waiting(UUID refund) {
        return get("/api/payments/transfers?conference=mlsys-2026&limit=200", organiser())
                .json()
                .path("items")
                .valueStream()
                .filter(item -> item.path("refund").asString().equals(refund.toString()))
                .findFirst()
                .orElse(null);
    }

    private String invoice(UUID id) {
        HttpRequest request = service.to("/api/registrations/" + id + "/invoice.pdf")
                .header("Authorization", "Bearer " + token(id))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            try (PDDocument document = Loader.loadPDF(answer.body())) {
                return new PDFTextStripper().getText(document);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
