package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the pages with money for organisers and finance, as a browser without scripts gets them from the running service. */
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
                        "<dt>Price</dt>",
                        "USD 800.00",
                        "USD 300.00",
                        "Card (sandbox)",
                        "The card was declined for lack of funds.",
                        "href=\"" + path + "?file=receipt.pdf\"",
                        "href=\"" + path + "?file=credit-note.pdf\"")
                .doesNotContain(">money.", "??", "th:");
        assertThat(get(path, "finance", "de").text())
                .contains("Geld von ML26-7K3F9Q", "Teilweise erstattet", "800,00 USD", "Quittung")
                .contains("href=\"" + path + "?file=receipt.pdf\"")
                .doesNotContain("/money/refunds/", ">money.", "??");
        Answer document = get(path + "?file=receipt.pdf", "finance", "en");
        assertThat(document.status()).isEqualTo(303);
        assertThat(document.whole().headers().firstValue("Location"))
                .contains("/api/registrations/" + id + "/receipt.pdf");
        Answer stranger = service.send(service.to(path + "?file=receipt.pdf").header("Accept", "text/html"));
        assertThat(stranger.whole().headers().firstValue("Location").orElse(""))
                .startsWith("/sign-in?to=%2Fdesk%2F")
                .endsWith("%2Fmoney%3Ffile%3Dreceipt.pdf");
        Answer part = service.send(service.to(path)
                .header("Authorization", "Bearer " + service.staff("finance"))
                .header("HX-Request", "true"));
        assertThat(part.status()).isEqualTo(200);
        assertThat(part.text().strip()).startsWith("<div id=\"registration-money\">");
        assertThat(part.text())
                .as("the totals stand on the page that has this part")
                .contains("Card (sandbox)", "USD 300.00")
                .doesNotContain("<html", "<h1", "<dl", "Partly refunded");
        assertThat(jdbc.sql("select distinct role || ' ' || what from audit where registration_id = ? order by 1")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("finance opened a payment", "organiser opened a payment");
    }

    @Test
    void refund_that_was_transferred_back_is_noted_on_the_page() {
        UUID id = RegistrationPlayed.newId();
        UUID refund = transferable(id);
        String path = "/desk/mlsys-2026/registrations/" + id + "/money";
        String form = path + "/refunds/" + refund;
        String field = "id=\"reference-" + refund + "\"";
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get(path, "finance", "en").text())
                        .contains(
                                "action=\"" + form + "\"",
                                "Transfer USD 300.00 back.",
                                "It was paid by Ada Lovelace.",
                                ">To transfer</span>",
                                field));
        assertThat(get(path, "finance", "de").text()).contains("300,00 USD zurücküberweisen.", "Zu überweisen");

        Answer empty = post(form, "reference=+", "finance");
        assertThat(empty.status()).isEqualTo(422);
        assertThat(empty.text())
                .contains(
                        "<a href=\"#reference-" + refund + "\">Reference of the transfer: Please fill this in.</a>",
                        field);
        Answer tooLong = post(form, "reference=" + "x".repeat(201), "organiser");
        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(tooLong.text()).contains("This is too long.", "value=\"" + "x".repeat(201) + "\"");
        assertThat(post(form, "reference=SEPA+4711", "check-in").status()).isEqualTo(403);
        assertThat(post(form, "reference=SEPA+4711", "finance:elsewhere-2026").status())
                .isEqualTo(403);
        assertThat(post(path + "/refunds/" + id, "reference=SEPA+4711", "finance")
                        .status())
                .isEqualTo(404);
        Answer signedOut = service.postForm(form, "reference=SEPA+4711");
        assertThat(signedOut.status()).isEqualTo(401);
        assertThat(signedOut.text()).contains("Please sign in again", "action=\"" + form + "\"", "value=\"SEPA 4711\"");
        assertThat(service.send(form(form, "reference=SEPA+4711")
                                .header("Cookie", "staff=" + service.staff("finance"))
                                .header("Origin", "https://elsewhere.example"))
                        .status())
                .as("from another site")
                .isEqualTo(403);
        assertThat(service.status(id)).isEqualTo("captured");

        for (int i = 0; i < 2; i++) {
            Answer noted = service.send(form(form, "reference=+SEPA+4711")
                    .header("Cookie", "staff=" + service.staff("finance"))
                    .header("Origin", service.url()));
            assertThat(noted.status()).as("%s times", i + 1).isEqualTo(303);
            assertThat(noted.whole().headers().firstValue("Location")).contains(path + "?transferred");
        }
        assertThat(get(path + "?transferred", "finance", "en").text())
                .contains("The transfer is recorded.", "SEPA 4711", ">Done</span>")
                .doesNotContain("/money/refunds/", ">money.", "??");
        Answer other = post(form, "reference=SEPA+4712", "organiser");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text()).contains("already recorded with another reference: SEPA 4711");
        assertThat(jdbc.sql("select who || ' ' || why from audit where registration_id = ? and what = ?")
                        .param(id)
                        .param("transferred a refund")
                        .query(String.class)
                        .list())
                .containsExactly("finance SEPA 4711");
    }

    @Test
    void money_taken_at_the_desk_is_no_bank_transfer() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).atDesk());
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        String path = "/desk/mlsys-2026/registrations/" + id + "/money";
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get(path, "finance", "en").text())
                        .contains(
                                "<td>Paid at the desk</td>",
                                "<td>BANK-1</td>",
                                "Give USD 300.00 back.",
                                "taken at the desk, so you have to give it back yourself",
                                ">To give back</span>",
                                ">Mark as given back</button>")
                        .doesNotContain("Bank transfer<", ">transfer ", "To transfer", "transferred", ">money.", "??"));
        assertThat(get(path, "finance", "de").text())
                .contains("Vor Ort bezahlt", "300,00 USD zurückgeben.", "Zurückzugeben")
                .doesNotContain("Überweisung<", "überw", "Zu überweisen", ">money.", "??");
        assertThat(post(path + "/refunds/" + refund, "reference=+", "finance").text())
                .contains("Reference of the refund: Please fill this in.");
        service.send(form(path + "/refunds/" + refund, "reference=till+78")
                .header("Cookie", "staff=" + service.staff("finance"))
                .header("Origin", service.url()));
        assertThat(get(path + "?transferred", "finance", "en").text())
                .contains("The refund is recorded.", "<td>till 78</td>");
    }

    /** Creates a refund of a bank transfer, which an organiser has to transfer back. */
    private UUID transferable(UUID id) {
        service.registration.send(RegistrationPlayed.request(id).byInvoice());
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        return refund;
    }

    @Test
    void days_sum_to_the_ledger() {
        String slug = "days-" + RegistrationPlayed.newId();
        assertThat(get("/desk/" + slug + "/money", "finance", "en").status()).isEqualTo(404);
        service.registration.conference(slug, "Pacific/Auckland");
        await().atMost(SOON)
                .until(() -> get("/desk/" + slug + "/money", "finance", "en").status() == 200);
        assertThat(get("/desk/" + slug + "/money", "finance", "en").text()).contains("Nothing moved in this month.");
        assertThat(service.send(service.to("/desk/" + slug + "/money")
                                .header("Authorization", "Bearer " + service.staff("finance"))
                                .header("Accept-Language", "en")
                                .header("Business-Time", "2026-03-05T12:00:00Z"))
                        .text())
                .contains("Nothing moved in this month.", "March 2026")
                .as("the rehearsal's time, in the conference's zone")
                .containsPattern("<time datetime=\"2026-03-05T12:00:00Z\">March 6, 2026, 1:00\\hAM NZDT</time>");
        UUID kept = paid(slug);
        UUID refunded = paid(slug);
        service.registration.keep(refunded);
        service.registration.refund(RegistrationPlayed.newId(), refunded, RegistrationPlayed.newId(), 30_000);
        await().atMost(SOON).until(() -> service.ledger(refunded).size() == 2);

        String page = get("/desk/" + slug + "/money", "finance", "en").text();
        assertThat(page)
                .contains(
                        "aria-current=\"page\"",
                        "<dd><span>USD 1,600.00</span></dd>",
                        "<dd><span>USD 300.00</span></dd>",
                        "February 2026",
                        ">Tuesday, February 3, 2026</a>",
                        "href=\"/desk/" + slug + "/exports?file=money.csv&amp;day=2026-02-03\"",
                        "href=\"/desk/" + slug + "/exports?file=money.xlsx&amp;day=2026-02-03\"")
                .doesNotContain(">money.", "??", "th:", "rel=\"next\"", "rel=\"prev\"");
        assertThat(jdbc.sql("select sum(amount) from ledger where act = 'capture' and registration_id in (?, ?)")
                        .param(kept)
                        .param(refunded)
                        .query(Long.class)
                        .single())
                .isEqualTo(160_000);
        assertThat(get("/desk/" + slug + "/money?month=2026-03", "organiser", "de")
                        .text())
                .contains("In diesem Monat hat sich nichts bewegt.", "März 2026", "/money?month=2026-02\"");
        for (String wrong : List.of("2026-13", "2026", "x", "9999-12")) {
            Answer refused = get("/desk/" + slug + "/money?month=" + wrong, "organiser", "en");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("The address has a wrong “month”: it must be a month such as 2026-05.");
        }
        assertThat(get("/desk/" + slug + "/money", "check-in", "en").status()).isEqualTo(403);
    }

    private UUID paid(String slug) {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.request.v1",
                id.toString(),
                RegistrationPlayed.request(id).body().replace("mlsys-2026", slug),
                Instant.now());
        assertThat(service.card(service.checkoutUrl(id), "4242424242424242").status())
                .isEqualTo(200);
        service.awaitPublished(id, "payment.captured.v1");
        return id;
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

    private Answer post(String path, String body, String role) {
        return service.send(form(path, body).header("Authorization", "Bearer " + service.staff(role)));
    }

    private HttpRequest.Builder form(String path, String body) {
        return service.to(path)
                .header("Accept", "text/html")
                .header("Accept-Language", "en")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private Answer get(String path, String role, String language) {
        return service.send(service.to(path)
                .header("Authorization", "Bearer " + service.staff(role))
                .header("Accept", "text/html")
                .header("Accept-Language", language));
    }
}
