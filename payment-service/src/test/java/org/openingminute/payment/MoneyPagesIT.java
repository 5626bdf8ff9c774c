package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Money as organisers and finance see it in the browser. */
@PaymentServiceTest
class MoneyPagesIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void payment_of_a_registration_is_a_page_and_a_part_of_another() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.card(url, "4000000000009995");
        service.card(url, "4242424242424242");
        service.awaitPublished(id, "payment.failed.v1", "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        service.awaitStatus(id, "partly-refunded");
        String path = "/desk/mlsys-2026/registrations/" + id + "/money";

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(get(path, "organiser", "en").text()).contains("Receipt", "Credit note"));
        String page = get(path, "organiser", "en").text();
        assertThat(page)
                .contains(
                        "<html",
                        "<h1>Money of ML26-7K3F9Q</h1>",
                        "MLSys &lt;2026&gt; &amp; friends",
                        "<span>Partly refunded</span>",
                        "USD 800.00",
                        "USD 300.00",
                        "Card (sandbox)",
                        "The card was declined for funds.",
                        "href=\"/api/registrations/" + id + "/receipt.pdf\"",
                        "href=\"/api/registrations/" + id + "/credit-note.pdf\"")
                .doesNotContain(">money.", "??", "th:");
        assertThat(get(path, "finance", "de").text())
                .contains("Geld von ML26-7K3F9Q", "Teilweise erstattet", "800,00 USD", "Quittung")
                .doesNotContain("receipt.pdf", ">money.", "??");
        Answer part = service.send(service.to(path)
                .header("Authorization", "Bearer " + service.staff("finance"))
                .header("HX-Request", "true"));
        assertThat(part.status()).isEqualTo(200);
        assertThat(part.text().strip()).startsWith("<div id=\"registration-money\">");
        assertThat(part.text()).doesNotContain("<html", "<h1");
        assertThat(jdbc.sql("select distinct role || ' ' || what from audit where registration_id = ? order by 1")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("finance opened a payment", "organiser opened a payment");
    }

    @Test
    void pages_are_for_those_who_keep_accounts_of_the_conference() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        String path = "/desk/mlsys-2026/registrations/" + id + "/money";

        assertThat(get(path, "organiser", "en").text()).contains("No money has moved yet.", "Not paid");
        Answer stranger = service.send(service.to(path).header("Accept", "text/html"));
        assertThat(stranger.status()).isEqualTo(303);
        assertThat(stranger.whole().headers().firstValue("Location").orElse(""))
                .startsWith("/sign-in?to=%2Fdesk%2Fmlsys-2026%2Fregistrations%2F");
        for (String role : List.of("check-in", "organiser:elsewhere-2026")) {
            Answer denied = get(path, role, "en");
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.text()).contains("You do not have access to this", "Your role is not for this page");
        }
        assertThat(get("/desk/other-2026/registrations/" + id + "/money", "organiser", "de")
                        .status())
                .isEqualTo(404);
        assertThat(get("/desk/mlsys-2026/registrations/" + UUID.randomUUID() + "/money", "organiser", "de")
                        .text())
                .contains("Seite nicht gefunden");
    }

    private Answer get(String path, String role, String language) {
        return service.send(service.to(path)
                .header("Authorization", "Bearer " + service.staff(role))
                .header("Accept", "text/html")
                .header("Accept-Language", language));
    }
}
