package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves a registration's page, as a browser without scripts gets it from the running service. */
@RegistrationServiceTest
class RegistrationPageIT {

    @Autowired
    private ServiceFixture service;

    private Browser browser;

    @BeforeEach
    void openBrowser() {
        browser = new Browser(service.port());
    }

    @Test
    void a_registration_page_without_its_link_says_what_to_do() {
        String path =
                "/registrations/" + service.register("mlsys-2026", "virtual").text("id");
        HttpResponse<String> page = browser.get(path);
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(header(page, "Content-Type")).startsWith("text/html");
        assertThat(page.body()).contains("Please open the link from your email", "href=\"/open\"");

        service.get(path, "k1.nonsense").expectProblem(401, "unauthenticated");
        service.get("/nowhere", "k1.nonsense").expectProblem(404, "not-found");
        assertThat(browser.get("/nowhere").body()).contains("<h1>Page not found</h1>");
        assertThat(browser.get("/api/nowhere").body()).contains("\"code\":\"not-found\"");
        assertThat(browser.get("/registrations/none").statusCode()).isEqualTo(404);
    }

    @Test
    void the_link_of_a_mail_opens_the_registration_it_is_for() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        HttpResponse<String> opened =
                browser.post("/open", Map.of("token", Browser.ORIGIN + "/open#" + made.text("accessToken")));
        assertThat(opened.statusCode()).isEqualTo(303);
        assertThat(header(opened, "Location")).isEqualTo("/registrations/" + made.text("id"));
        assertThat(browser.get(header(opened, "Location")).body()).contains(made.text("reference"));

        String token = made.text("accessToken");
        for (String bad : List.of("", "nonsense", token.substring(0, token.length() - 2), token + "x")) {
            HttpResponse<String> refused = browser.post("/open", Map.of("token", bad));
            assertThat(refused.statusCode()).as(bad).isEqualTo(401);
            assertThat(refused.body()).contains("This link does not work", "latest email");
            assertThat(header(refused, "Set-Cookie")).isEmpty();
        }
    }

    @Test
    void a_contact_takes_links_back_and_is_led_to_the_new_one() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String page = browser.open(made);
        assertThat(browser.get(page).body()).contains("action=\"" + page + "/new-link\"");

        Map<String, String> form = Map.of("ends", "generation-0");
        assertThat(browser.get(page).body()).contains("name=\"ends\" value=\"generation-0\"");
        HttpResponse<String> ended = browser.post(page + "/new-link", form);
        assertThat(ended.statusCode()).isEqualTo(303);
        assertThat(header(ended, "Set-Cookie")).contains("registration-" + made.text("id") + "=;", "Max-Age=0");
        assertThat(browser.get(header(ended, "Location")).body()).contains("A new one is on its way");
        browser.become("registration-" + made.text("id"), made.text("accessToken"));
        assertThat(header(browser.post(page + "/new-link", form), "Location"))
                .as("a double click")
                .isEqualTo(header(ended, "Location"));
        browser.become("registration-" + made.text("id"), made.text("accessToken"));

        HttpResponse<String> again = browser.get(page);
        assertThat(again.statusCode()).isEqualTo(401);
        assertThat(again.body()).contains("Please open the link from your email", "action=\"/open/link\"");
        HttpResponse<String> formerLink = browser.post("/open", Map.of("token", made.text("accessToken")));
        assertThat(formerLink.statusCode()).isEqualTo(401);
        assertThat(formerLink.body()).contains("This link does not work", "action=\"/open/link\"");
    }

    @Test
    void an_organiser_goes_on_where_an_opened_link_ends() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String page = browser.open(made);
        browser.become("staff", staffToken("organiser"));
        service.post("/api" + page + "/new-link", made.text("accessToken"), null, null)
                .expect(202);

        assertThat(browser.get(page).statusCode()).isEqualTo(200);
    }

    @Test
    void staff_take_links_back_six_times_an_hour() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String path = "/registrations/" + made.text("id");
        browser.become("staff", staffToken("organiser"));
        for (int i = 0; i < 6; i++) {
            assertThat(browser.post(path + "/new-link", Map.of()).statusCode()).isEqualTo(303);
        }

        HttpResponse<String> refused = browser.post(path + "/new-link", Map.of());

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("The links were already revoked several times within an hour");
    }

    @Test
    void a_browser_forgets_what_it_has_opened() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String page = browser.open(made);
        assertThat(browser.get(page).body()).contains("action=\"/open/close\"");

        HttpResponse<String> closed = browser.post("/open/close", Map.of());

        assertThat(closed.statusCode()).isEqualTo(303);
        assertThat(header(closed, "Set-Cookie")).contains("registration-" + made.text("id") + "=;", "Max-Age=0");
        assertThat(browser.get(header(closed, "Location")).body()).contains("This browser has forgotten");
        assertThat(browser.get(page).statusCode()).isEqualTo(401);
        assertThat(browser.open(made)).as("the link stays valid").isEqualTo(page);
    }

    @Test
    void a_page_of_another_site_sets_no_cookie_and_takes_none_away() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String page = browser.open(made);
        for (String foreign : List.of("https://evil.example", "null", Browser.ORIGIN + ".evil.example")) {
            for (String path : List.of("/open", "/open/close", page + "/new-link", page + "/hold-extension")) {
                HttpResponse<String> refused =
                        browser.postFrom(foreign, path, Map.of("token", made.text("accessToken")));
                assertThat(refused.statusCode()).as(foreign + " " + path).isEqualTo(403);
                assertThat(refused.body()).contains("You do not have access to this");
                assertThat(header(refused, "Set-Cookie")).isEmpty();
            }
        }
        assertThat(browser.get(page).statusCode()).isEqualTo(200);
    }

    @Test
    void a_link_goes_on_to_a_document_and_nowhere_else() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        String token = made.text("accessToken");
        assertThat(browser.get("/open?to=receipt").body())
                .contains("<input type=\"hidden\" name=\"to\" value=\"receipt\"");
        assertThat(browser.get("/open?to=//elsewhere.example").body()).doesNotContain("name=\"to\"", "elsewhere");

        for (String document : List.of("receipt", "credit-note")) {
            HttpResponse<String> opened = browser.post("/open", Map.of("token", token, "to", document));
            assertThat(opened.statusCode()).isEqualTo(303);
            assertThat(header(opened, "Location"))
                    .isEqualTo("/api/registrations/" + made.text("id") + "/" + document + ".pdf");
            assertThat(header(opened, "Set-Cookie")).contains("registration-" + made.text("id"));
        }
        String attendee = "019c1f4b-fe80-7025-8065-5a1d316edc57";
        for (String document : List.of("ticket.pdf", "calendar.ics")) {
            String to = document.substring(0, document.indexOf('.')) + "." + attendee;
            assertThat(browser.get("/open?to=" + to).body()).contains("name=\"to\" value=\"" + to + "\"");
            assertThat(header(browser.post("/open", Map.of("token", token, "to", to)), "Location"))
                    .as("not before the confirmation")
                    .isEqualTo("/registrations/" + made.text("id"));
        }
        service.publishPayment(
                made.text("id"),
                "payment.captured.v1",
                1,
                ServiceFixture.captured(
                        made.text("id"),
                        made.body().at("/total/amount").asLong(),
                        made.body().at("/total/amount").asLong(),
                        UUID.randomUUID()));
        service.awaitStatus(made, "confirmed");
        for (String document : List.of("ticket.pdf", "calendar.ics")) {
            String to = document.substring(0, document.indexOf('.')) + "." + attendee;
            assertThat(header(browser.post("/open", Map.of("token", token, "to", to)), "Location"))
                    .isEqualTo("/api/registrations/" + made.text("id") + "/attendees/" + attendee + "/" + document);
        }
        assertThat(header(browser.post("/open", Map.of("token", token, "to", "invoice")), "Location"))
                .as("nothing is due any more")
                .isEqualTo("/registrations/" + made.text("id"));
        for (String bad : List.of("//elsewhere.example", "ticket." + attendee + "/../..", "proof." + attendee)) {
            assertThat(header(browser.post("/open", Map.of("token", token, "to", bad)), "Location"))
                    .isEqualTo("/registrations/" + made.text("id"));
        }
    }

    @Test
    void five_more_minutes_are_given_once_and_a_double_click_is_one_click() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String page = browser.open(made);
        assertThat(browser.get(page).body()).contains("Give me five more minutes");
        assertThat(browser.post(page + "/hold-extension", Map.of()).statusCode())
                .isEqualTo(303);

        assertThat(service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt"))
                .isGreaterThan(made.text("holdExpiresAt"));
        assertThat(browser.get(page).body())
                .contains("Time to pay extended")
                .doesNotContain("Give me five more minutes");
        String until = service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt");
        assertThat(browser.post(page + "/hold-extension", Map.of()).statusCode())
                .isEqualTo(303);
        assertThat(service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt"))
                .isEqualTo(until);

        String unpayable =
                browser.open(service.register("mlsys-2026", "student").expect(201));
        HttpResponse<String> refused = browser.post(unpayable + "/hold-extension", Map.of());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("The time to pay cannot be extended any further.");
    }

    @Test
    void paid_is_confirmed_and_a_cancellation_shows_the_refund_before_it_is_one() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        String page = browser.open(made);
        assertThat(browser.get(page + "/pay").body())
                .contains("Pay USD 100.00", "Your seat is held until", "(10 minutes left)");
        assertThat(browser.get(page + "/cancellation").body())
                .contains("We have not received a payment. If one still arrives, it is refunded in full.");
        String documents = "/api/registrations/" + id + "/attendees/"
                + made.body().at("/attendees/0/id").asString();
        assertThat(browser.get(page).body()).doesNotContain(documents);
        service.publishPayment(
                id, "payment.captured.v1", 1, ServiceFixture.captured(id, 10_000, 10_000, UUID.randomUUID()));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(page).body())
                        .contains("<span class=\"status confirmed\">Confirmed</span>", "Paid: USD 100.00")
                        .contains(
                                documents + "/ticket.pdf",
                                documents + "/calendar.ics",
                                documents + "/invitation-letter.pdf")
                        .doesNotContain("http-equiv=\"refresh\"", "/checkout"));
        assertThat(browser.get(page + "/pay").body()).doesNotContain("/checkout");

        String asked = browser.get(page + "/cancellation").body();
        assertThat(asked).contains("You will get USD 95.00 back.", "less USD 5.00");
        Map<String, String> yes = Browser.hiddenFields(asked);
        HttpResponse<String> foreign = browser.postFrom("http://elsewhere.example", page + "/cancellation", yes);
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.body()).contains("did not come from a page of this site");
        HttpResponse<String> other =
                browser.post(page + "/cancellation", Map.of("key", yes.get("key"), "refund", "10000"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("The refund has changed in the meantime", "You will get USD 95.00 back.");

        assertThat(browser.post(page + "/cancellation", yes).statusCode()).isEqualTo(303);
        assertThat(browser.get(page).body())
                .contains("Cancelled", "USD 95.00 is on its way back to you.", "Reason: cancelled by you.")
                .doesNotContain(documents);
        assertThat(browser.get(page + "/cancellation").body()).contains("cannot be cancelled now");

        UUID refund = UUID.fromString(service.awaitWritten("payment.commands.v1", id, "payment.refund.v1")
                .body()
                .get("refund")
                .asString());
        service.publishPayment(
                id,
                "payment.refunded.v1",
                2,
                ServiceFixture.captured(id, 10_000, 10_000, UUID.randomUUID())
                        .replace("\"answered\": false", "\"answered\": true")
                        .replace("\"refunded\": {\"amount\": 0", "\"refunded\": {\"amount\": 9500")
                        .replace("\"refunds\": []", """
                                "refunds": [{"id": "%s", "amount": {"amount": 9500, "currency": "USD"}, "state": "done",
                                             "at": "2026-02-02T17:02:00Z"}]""".formatted(refund)));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(page).body())
                        .contains("Paid: USD 100.00", "Refunded: USD 95.00", "USD 95.00 was refunded to you."));
        assertThat(browser.get(page, "de").body().replaceAll("\\h", " ")).contains("Erstattet: 95,00 USD");
    }

    @Test
    void page_says_whether_the_confirmation_was_sent() {
        Reply made = service.register(service.putConference(1, 600), "free").expect(201);
        String page = browser.open(made);
        assertThat(browser.get(page).body()).contains("The confirmation will be sent to ");
        assertThat(browser.get(page, "de").body()).contains("Die Bestätigung wird an ");

        String mails = """
                {"registration": "%s", "mails": [{"id": "%s", "kind": "confirmation", "state": "sent",
                 "at": "2026-02-02T17:02:00Z"}]}""".formatted(made.text("id"), UUID.randomUUID());
        service.publish("notification.events.v1", made.text("id"), "mail.sent.v1", 1, mails);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(page).body())
                        .contains("The confirmation was sent to ")
                        .doesNotContain("will be sent"));
        assertThat(browser.get(page, "de").body()).contains("Die Bestätigung wurde an ");
    }

    @Test
    void payer_is_not_asked_again_while_the_payment_is_not_reported() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String page = browser.open(made);
        decline(made, 1);
        assertThat(browser.get(page).body()).contains("did not go through", "/checkout");

        HttpResponse<String> returned = browser.get(page + "?paid=true");
        assertThat(returned.statusCode()).isEqualTo(303);
        String confirming = header(returned, "Location");
        assertThat(confirming).startsWith(page + "?returned=");
        assertThat(browser.get(confirming).body())
                .contains("We are confirming your payment. You do not need to pay again.", "Confirming your payment<")
                .contains("http-equiv=\"refresh\"", "data-page=\"" + confirming + "\"", "&amp;reload=false\"")
                .doesNotContain("did not go through", "Please pay", "/checkout", "/hold-extension", "/cancellation");
        assertThat(browser.get(confirming, "de").body())
                .contains("Wir bestätigen Ihre Zahlung. Sie müssen nicht noch einmal zahlen.")
                .doesNotContain("Bitte zahlen", "/checkout", "/hold-extension", "/cancellation");
        assertThat(browser.get(confirming + "&reload=false").body())
                .contains("confirming your payment", "&amp;reload=true\"")
                .doesNotContain("http-equiv=\"refresh\"");

        report(made, 2, "processing");
        assertThat(browser.get(confirming).body())
                .contains("We are confirming your payment.")
                .doesNotContain("Please pay", "/checkout");

        service.pay(made, 10_000, 3);
        service.awaitStatus(made, "confirmed");
        assertThat(browser.get(confirming).body())
                .contains("Paid: USD 100.00")
                .doesNotContain("confirming your payment", "http-equiv=\"refresh\"");
    }

    @Test
    void payer_without_a_report_after_a_minute_is_told_so_and_can_pay() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String page = browser.open(made);
        decline(made, 1);
        Instant now = Instant.now();
        String late = page + "?returned=" + now.minusSeconds(60);

        assertThat(browser.get(page + "?returned=" + now.minusSeconds(30)).body())
                .contains("confirming your payment");
        assertThat(browser.get(late).body())
                .contains(
                        "We have not been notified of your payment yet. If you have paid, you do not need to pay again")
                .contains("If you have not paid, please pay USD 100.00.", "/checkout", "/hold-extension")
                .contains("Waiting for your payment", "&amp;reload=true\"")
                .doesNotContain("did not go through", "confirming", "http-equiv=\"refresh\"");
        assertThat(browser.get(late, "de").body().replaceAll("\\h", " "))
                .contains("Wir haben noch keine Nachricht über Ihre Zahlung.")
                .contains("Haben Sie nicht gezahlt, zahlen Sie bitte 100,00 USD.");
        assertThat(browser.get(page + "?returned=" + Instant.now().plusSeconds(20))
                        .body())
                .as("a clock that is slightly ahead")
                .contains("confirming your payment", "data-confirming-seconds=\"6")
                .doesNotContain("/checkout");
        assertThat(browser.get(page + "?returned=" + now.plusSeconds(600)).body())
                .as("an instant in the future")
                .contains("We have not been notified of your payment yet.");
        assertThat(browser.get(page + "?returned=2026-02-02T17:01:09Z").body())
                .as("a decline after the return")
                .contains("did not go through", "Please pay USD 100.00.");
        assertThat(browser.get(page + "?returned=nonsense").statusCode()).isEqualTo(422);
    }

    @Test
    void payer_without_a_report_is_told_so_until_the_end_of_an_extension_or_a_cancellation() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String page = browser.open(made);
        decline(made, 1);
        assertThat(browser.get(page).body()).contains("If you have paid since, this page will say so.");
        String query = "?returned=" + Instant.now().minusSeconds(90);
        String late = page + query;
        assertThat(browser.get(late).body())
                .contains("action=\"" + page + "/hold-extension" + query + "\"")
                .contains("href=\"" + page + "/cancellation" + query + "\"");

        HttpResponse<String> extended = browser.post(page + "/hold-extension" + query, Map.of());
        assertThat(extended.statusCode()).isEqualTo(303);
        assertThat(header(extended, "Location")).isEqualTo(late);

        String asked = browser.get(page + "/cancellation" + query).body();
        assertThat(asked)
                .contains("We have not received a payment. If one still arrives, it is refunded in full.")
                .contains("action=\"" + page + "/cancellation" + query + "\"", "href=\"" + late + "\"");
        HttpResponse<String> otherRefund = browser.post(
                page + "/cancellation" + query,
                Map.of("key", Browser.hiddenFields(asked).get("key"), "refund", "1"));
        assertThat(otherRefund.statusCode()).isEqualTo(409);
        assertThat(otherRefund.body()).contains("href=\"" + late + "\"");

        Reply ended = service.register(service.putConference(10, 600), "seat").expect(201);
        String endedPage = browser.open(ended);
        service.moveTo(service.businessTime().plusSeconds(601).toString());
        service.awaitStatus(ended, "expired");
        assertThat(browser.post(endedPage + "/hold-extension" + query, Map.of()).body())
                .as("a refused extension")
                .contains("We have not been notified of your payment yet.", "data-page=\"" + endedPage + query + "\"");
    }

    @Test
    void payer_whose_hold_ended_meanwhile_is_not_sent_to_register_again() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String page = browser.open(made);
        service.moveTo(service.businessTime().plusSeconds(601).toString());
        service.awaitStatus(made, "expired");
        assertThat(browser.get(page).body()).contains("/register\"");

        assertThat(browser.get(page + "?returned=" + Instant.now()).body())
                .contains("We are confirming your payment.", "If the seat is still available when it does, it is yours")
                .doesNotContain("/register\"", "If you have not paid");
        assertThat(browser.get(page + "?returned=" + Instant.now().minusSeconds(90))
                        .body())
                .contains(
                        "We have not been notified of your payment yet.",
                        "If the seat is still available",
                        "/register\"");
    }

    private void decline(Reply made, long sequence) {
        report(made, sequence, "failed");
    }

    private void report(Reply made, long sequence, String status) {
        service.publishPayment(made.text("id"), "payment.failed.v1", sequence, """
                {"registration": "%s", "status": "%s", "due": {"amount": 10000, "currency": "USD"},
                 "captured": {"amount": 0, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"}, "captures": [], "refunds": [], "disputes": [],
                 "failure": {"at": "2026-02-02T17:01:10Z", "reason": "card-declined", "code": "card-declined"},
                 "receipt": null}""".formatted(made.text("id"), status));
        await().atMost(SOON)
                .until(() -> service.read(made).text("payment.status").equals(status));
    }
}
