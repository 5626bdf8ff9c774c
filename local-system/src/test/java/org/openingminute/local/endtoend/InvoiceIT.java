package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, what happens if an invoice is paid with too little and then too much: the excess is transferred back. */
@ExtendWith(SystemFixture.class)
@Timeout(180)
class InvoiceIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final ApiClient api;

    InvoiceIT(Running running) {
        this.api = running.api();
    }

    @Test
    void transfers_add_up_and_surplus_returns_on_an_organisers_order() {
        String slug = ApiClient.newSlug("invoiced");
        api.putOnSale(slug, 1, "\"holdMinutes\": 15, \"invoiceDays\": 14", 80_000);
        Registered registered = api.registerByInvoice(slug, "guest", ApiClient.newAddress("payer"));
        String invoice = api.checkout(registered);
        assertThat(invoice).endsWith("/api/registrations/" + registered.id() + "/invoice.pdf");
        assertThat(api.get(invoice, registered.bearer()).has(200).text()).startsWith("%PDF-");
        api.registration(registered).assertThatText("/links/pay").isEqualTo(invoice);

        markPaid(registered, 79_000).has(200);
        await().atMost(SOON)
                .until(() -> api.get(
                                "/registrations/" + registered.id(),
                                Map.of("Cookie", "registration-" + registered.id() + "=" + registered.token()))
                        .text()
                        .contains("Please transfer the remaining EUR 10.00"));
        api.registration(registered).assertThatText("/status").isEqualTo("pending-payment");
        api.registration(registered).assertThatText("/payment/status").isEqualTo("awaiting");
        markPaid(registered, 79_000).isProblem(409, "not-allowed-now");

        markPaid(registered, 3_000).has(200);
        api.awaitStatus(registered, "confirmed", SOON);
        await().atMost(SOON).until(() -> !transfers(slug).isEmpty());
        JsonNode transfer = transfers(slug).get(0);
        assertThat(transfer.at("/registration").asString()).isEqualTo(registered.id());
        assertThat(transfer.at("/amount/amount").asLong()).isEqualTo(2_000);
        api.registration(registered).assertThatText("/payment/refunded/amount").isEqualTo("0");

        api.post(
                        "/api/payments/" + registered.id() + "/refunds/"
                                + transfer.at("/refund").asString() + "/transfer",
                        "{\"reference\": \"SEPA 4711\"}",
                        api.signIn("organiser"))
                .has(200);
        await().atMost(SOON)
                .until(() -> api.get("/api/registrations/" + registered.id() + "/timeline", registered.bearer())
                        .text()
                        .contains("Refund made"));
        assertThat(transfers(slug)).isEmpty();
    }

    private Answer markPaid(Registered registered, int amount) {
        Map<String, String> headers = new HashMap<>(api.signIn("organiser"));
        headers.put("Idempotency-Key", ApiClient.newKey());
        return api.post(
                "/api/admin/registrations/" + registered.id() + "/mark-paid", """
                {"reference": "transfer of %d", "amount": {"amount": %d, "currency": "EUR"},
                 "receivedAt": "2026-02-10T12:00:00Z"}""".formatted(amount, amount), headers);
    }

    private JsonNode transfers(String slug) {
        return api.get("/api/payments/transfers?conference=" + slug, api.signIn("organiser"))
                .has(200)
                .json()
                .at("/items");
    }
}
