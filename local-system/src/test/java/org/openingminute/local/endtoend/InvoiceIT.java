package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem.Running;
import tools.jackson.databind.JsonNode;

/** Who pays by invoice transfers too little, then too much, and has what is above the price transferred back. */
@ExtendWith(WholeSystem.class)
@Timeout(180)
class InvoiceIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Door door;

    InvoiceIT(Running running) {
        this.door = running.door();
    }

    @Test
    void transfers_add_up_and_what_is_above_the_price_goes_back_by_an_organisers_word() {
        String slug = Door.newSlug("invoiced");
        door.putOnSale(slug, 1, "\"holdMinutes\": 15, \"invoiceDays\": 14", 80_000);
        Answer made = door.attempt(
                        slug,
                        Door.body("guest", Door.newAddress("payer"))
                                .replace("\"contact\"", "\"paymentMethod\": \"invoice\", \"contact\""),
                        Door.newKey())
                .has(201);
        Registered registered = new Registered(made.at("/id"), made.at("/accessToken"), made);
        String invoice = door.checkout(registered);
        assertThat(invoice).endsWith("/api/registrations/" + registered.id() + "/invoice.pdf");
        assertThat(door.get(invoice, registered.bearer()).has(200).text()).startsWith("%PDF-");
        door.registration(registered).assertThatText("/links/pay").isEqualTo(invoice);

        markPaid(registered, 79_000).has(200);
        await().atMost(SOON)
                .until(() -> door.get(
                                "/registrations/" + registered.id(),
                                Map.of("Cookie", "registration-" + registered.id() + "=" + registered.token()))
                        .text()
                        .contains("Please transfer the remaining EUR 10.00"));
        door.registration(registered).assertThatText("/status").isEqualTo("pending-payment");
        door.registration(registered).assertThatText("/payment/status").isEqualTo("awaiting");
        markPaid(registered, 79_000).isProblem(409, "not-allowed-now");

        markPaid(registered, 3_000).has(200);
        door.awaitStatus(registered, "confirmed", SOON);
        await().atMost(SOON).until(() -> !transfers(slug).isEmpty());
        JsonNode transfer = transfers(slug).get(0);
        assertThat(transfer.at("/registration").asString()).isEqualTo(registered.id());
        assertThat(transfer.at("/amount/amount").asLong()).isEqualTo(2_000);
        door.registration(registered).assertThatText("/payment/refunded/amount").isEqualTo("0");

        door.post(
                        "/api/payments/" + registered.id() + "/refunds/"
                                + transfer.at("/refund").asString() + "/transfer",
                        "{\"reference\": \"SEPA 4711\"}",
                        door.signIn("organiser"))
                .has(200);
        await().atMost(SOON)
                .until(() -> door.get("/api/registrations/" + registered.id() + "/timeline", registered.bearer())
                        .text()
                        .contains("Refund made"));
        assertThat(transfers(slug)).isEmpty();
    }

    private Answer markPaid(Registered registered, int amount) {
        Map<String, String> headers = new HashMap<>(door.signIn("organiser"));
        headers.put("Idempotency-Key", Door.newKey());
        return door.post(
                "/api/admin/registrations/" + registered.id() + "/mark-paid", """
                {"reference": "transfer of %d", "amount": {"amount": %d, "currency": "EUR"},
                 "receivedAt": "2026-02-10T12:00:00Z"}""".formatted(amount, amount), headers);
    }

    private JsonNode transfers(String slug) {
        return door.get("/api/payments/transfers?conference=" + slug, door.signIn("organiser"))
                .has(200)
                .json()
                .at("/items");
    }
}
