package org.openingminute.registration.acts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** Proves acts of staff in a browser without scripts: form, preview, and one execution of the act. Uses the running service. */
@RegistrationServiceTest
class ActPagesIT {

    @Autowired
    private ServiceFixture service;

    private Browser browser;

    @BeforeEach
    void sign_in() {
        browser = as("organiser");
    }

    @Test
    void refund_is_shown_and_then_done_once() {
        Reply made = paid();
        String page = page(made, "refund");
        HttpResponse<String> form = browser.get(page);
        assertThat(form.statusCode()).as(form.body()).isEqualTo(200);
        assertThat(form.body()).contains("At most USD 100.00", made.text("reference"), "name=\"reason\"");

        HttpResponse<String> shown =
                browser.post(page, sent(form, "preview", Map.of("amount", "25,00", "reason", "no lunch <b>")));

        assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
        assertThat(shown.body())
                .contains(
                        "Stays: Confirmed",
                        "USD 25.00 goes back.",
                        "Refund made",
                        "Tickets stay as they are.",
                        "This cannot be undone.",
                        "no lunch &lt;b&gt;")
                .doesNotContain("<b>");
        assertThat(service.written("payment.commands.v1", made.text("id"), "payment.refund.v1"))
                .isEmpty();

        for (int click = 0; click < 2; click++) {
            HttpResponse<String> done = browser.post(page, sent(shown, "do", Map.of()));
            assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
            assertThat(Browser.header(done, "Location")).isEqualTo(registration(made) + "?done=refund");
        }
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(service.written("payment.commands.v1", made.text("id"), "payment.refund.v1"))
                .hasSize(1);

        assertThat(browser.get(registration(made) + "?done=refund").body())
                .contains(
                        "The refund is ordered: USD 25.00 goes back.",
                        "href=\"" + page + "\"",
                        "/cancel\"",
                        "/new-link\"")
                .doesNotContain("/mark-paid\"", "/accept-offer\"");
        for (String done : List.of("nothing", "cancel", "sell")) {
            assertThat(browser.get(registration(made) + "?done=" + done).body())
                    .as("an act that was not done")
                    .doesNotContain("notice good");
        }

        HttpResponse<String> other = browser.post(page, sent(shown, "do", Map.of("amount", "30.00")));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("already sent with other content", "value=\"30.00\"");
    }

    @Test
    void act_on_a_changed_registration_shows_the_change_and_does_nothing() {
        Reply made = paid();
        String page = page(made, "cancel");
        HttpResponse<String> shown =
                browser.post(page, sent(browser.get(page), "preview", Map.of("refund", "full", "reason", "ill")));
        assertThat(shown.body()).contains("USD 100.00 goes back.", "Confirmed → Cancelled", "In total: 1 freed");
        service.post("/api/admin/registrations/" + made.text("id") + "/refunds", staffToken("finance"), newKey(), """
                {"amount": {"amount": 2500, "currency": "USD"}, "reason": "no lunch"}""")
                .expect(202);

        HttpResponse<String> again = browser.post(page, sent(shown, "do", Map.of()));

        assertThat(again.statusCode()).as(again.body()).isEqualTo(412);
        assertThat(again.body())
                .contains("nothing was done", "Refund ordered (USD 25.00)", "USD 75.00 goes back.")
                .doesNotContain("Payment received");
        assertThat(service.read(made).text("status")).isEqualTo("confirmed");
        assertThat(browser.post(page, sent(again, "do", Map.of())).statusCode()).isEqualTo(303);
        assertThat(service.read(made).text("status")).isEqualTo("cancelled");
        assertThat(browser.get(registration(made) + "?done=cancel", "de").body())
                .contains("Die Anmeldung ist storniert. 75,00 USD gehen zurück.");
        HttpResponse<String> other = browser.post(page, sent(again, "do", Map.of("reason", "bored")));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("already sent with other content").doesNotContain("This is not possible now");
    }

    @Test
    void cancellation_after_a_deadline_of_the_policy_shows_the_other_refund_first() {
        Reply made = paid();
        String page = page(made, "cancel");
        service.moveTo("2026-04-30T23:59:00Z");
        HttpResponse<String> shown =
                browser.post(page, sent(browser.get(page), "preview", Map.of("refund", "policy", "reason", "ill")));
        assertThat(shown.body()).contains("USD 95.00 goes back.");
        service.moveTo("2026-05-01T00:01:00Z");

        HttpResponse<String> again = browser.post(page, sent(shown, "do", Map.of()));

        assertThat(again.statusCode()).as(again.body()).isEqualTo(412);
        assertThat(again.body())
                .contains("What goes back: USD 0.00, no longer USD 95.00", "No money goes back.", "nothing was done")
                .doesNotContain("The registration has changed");
        assertThat(service.read(made).text("status")).isEqualTo("confirmed");
        assertThat(browser.post(page, sent(again, "do", Map.of())).statusCode()).isEqualTo(303);
        assertThat(service.read(made).text("status")).isEqualTo("cancelled");
    }

    @Test
    void changes_that_finance_reads_tell_nothing_of_proofs() {
        Reply made = service.register(service.putConference(5, 600, ", \"needsProof\": true"), "seat")
                .expect(201);
        service.upload(
                        "/api/registrations/" + made.text("id") + "/attendees/" + made.text("attendees/0/id")
                                + "/proof",
                        made.text("accessToken"),
                        null,
                        "card.pdf",
                        "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII))
                .expect(202);
        service.post(
                        "/api/admin/registrations/" + made.text("id") + "/review",
                        staffToken("organiser"),
                        newKey(),
                        "{\"accept\": true}")
                .expect(200);
        Map<String, String> old = Map.of(
                "key",
                newKey(),
                "step",
                "do",
                "revision",
                "0",
                "seen",
                "0",
                "reference",
                "SEPA 7",
                "amount",
                "100",
                "receivedAt",
                "2026-02-02");

        String finances = as("finance").post(page(made, "mark-paid"), old).body();
        assertThat(finances)
                .contains("The registration has changed", "Registered")
                .doesNotContain("Proof ");
        assertThat(browser.post(page(made, "mark-paid"), old).body()).contains("Proof received", "Proof accepted");
    }

    @Test
    void all_that_is_left_of_a_part_paid_invoice_is_its_parts() {
        String slug = service.putConference(5, 600);
        String conference = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(conference, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.path("registration")).put("invoiceDays", 14);
        service.put(conference, staffToken("organiser"), definition.toString()).expect(200);
        Reply made = service.post(
                        "/api/conferences/" + slug + "/registrations",
                        null,
                        newKey(),
                        ServiceFixture.body("seat").replaceFirst("\\{", "{\"paymentMethod\": \"invoice\","))
                .expect(201);
        service.post("/api/admin/registrations/" + made.text("id") + "/mark-paid", staffToken("finance"), newKey(), """
                {"reference": "SEPA 1", "amount": {"amount": 6000, "currency": "USD"}, "receivedAt": "2026-02-02T17:00:00Z"}""")
                .expect(200);

        HttpResponse<String> form = browser.get(page(made, "cancel"));

        assertThat(form.body()).contains("All that is left: USD 60.00");
        assertThat(browser.post(page(made, "cancel"), sent(form, "preview", Map.of("refund", "full", "reason", "ill")))
                        .body())
                .contains("USD 60.00 goes back.");
    }

    @Test
    void wrong_fields_keep_what_was_typed() {
        Reply made = paid();
        String page = page(made, "refund");
        HttpResponse<String> form = browser.get(page);

        HttpResponse<String> wrong = browser.post(page, sent(form, "preview", Map.of("amount", "a lot")));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body())
                .contains(
                        "value=\"a lot\"",
                        "href=\"#act-amount\"",
                        "id=\"act-amount-error\"",
                        "href=\"#act-reason\"",
                        "Please fill this in");

        Map<String, String> tooMuch = sent(wrong, "preview", Map.of("amount", "100.01", "reason", "all"));
        assertThat(browser.post(page, tooMuch).body()).contains("At most USD 100.00 is left");
        assertThat(browser.post(page, tooMuch, "de").body()).contains("Es sind höchstens 100,00 USD übrig");
        Map<String, String> edited = sent(wrong, "edit", Map.of("amount", "5", "reason", "kept"));
        assertThat(browser.post(page, edited).body()).contains("value=\"kept\"", "value=\"5\"");
    }

    @Test
    void transfer_is_marked_on_a_page() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        String page = page(made, "mark-paid");
        HttpResponse<String> form = browser.get(page);
        assertThat(form.body()).contains("value=\"100.00\"", "value=\"2026-02-02\"");

        HttpResponse<String> never = browser.post(
                page,
                sent(
                        form,
                        "preview",
                        Map.of("reference", "SEPA 7", "amount", "101", "receivedAt", "+999999999-12-31")));
        assertThat(never.statusCode()).isEqualTo(422);
        assertThat(never.body()).contains("id=\"act-receivedAt-error\"");

        HttpResponse<String> shown = browser.post(
                page,
                sent(form, "preview", Map.of("reference", "SEPA 7", "amount", "101", "receivedAt", "2026-02-02")));
        assertThat(shown.body())
                .contains("Awaiting payment → Confirmed", "USD 1.00 goes back.", "Ada Lovelace: is valid");
        browser.post(page, sent(shown, "do", Map.of()));

        assertThat(service.awaitWritten("payment.commands.v1", made.text("id"), "payment.mark-paid.v1")
                        .body()
                        .toString())
                .contains("SEPA 7", "10100");
        HttpResponse<String> twice = browser.get(page);
        assertThat(browser.post(
                                page,
                                sent(
                                        twice,
                                        "preview",
                                        Map.of("reference", "SEPA 8", "amount", "100", "receivedAt", "2026-02-02")))
                        .body())
                .contains("A payment is being booked");
    }

    @Test
    void new_link_ends_the_former_ones_with_a_reason() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        String page = page(made, "new-link");
        HttpResponse<String> shown =
                browser.post(page, sent(browser.get(page, "de"), "preview", Map.of("reason", "lost phone")), "de");
        assertThat(shown.body()).contains("lang=\"de\"", "Ein neuer Link zur Anmeldung", "Bleibt: Zahlung offen");

        assertThat(browser.post(page, sent(shown, "do", Map.of())).statusCode()).isEqualTo(303);

        service.get("/api/registrations/" + made.text("id"), made.text("accessToken"))
                .expectProblem(401, "unauthenticated");
        assertThat(service.get("/internal/audit?registration=" + made.text("id"), staffToken("organiser"))
                        .expect(200)
                        .body()
                        .at("/items/0/why")
                        .asString())
                .isEqualTo("lost phone");
    }

    @Test
    void contact_is_corrected_on_a_page_that_shows_what_changes() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        String page = page(made, "contact");
        HttpResponse<String> form = browser.get(page);
        assertThat(form.body())
                .contains("value=\"Ada Lovelace\"", "value=\"ada@example.org\"", "value=\"en\" selected=\"selected\"")
                .doesNotContain("Please choose");
        Map<String, String> typed =
                Map.of("name", "Ada Lovelace", "email", "ada@", "locale", "de", "reason", "a typo <b>");

        HttpResponse<String> wrong = browser.post(page, sent(form, "preview", typed));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("href=\"#act-email\"", "This is not an email address", "value=\"ada@\"");

        HttpResponse<String> shown =
                browser.post(page, sent(wrong, "preview", with(typed, "email", "ada@example.net")));
        assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
        assertThat(shown.body())
                .contains(
                        "Email address: ada@example.org → ada@example.net",
                        "Language of emails: English → German",
                        "A new link to the registration",
                        "Notice to the former address",
                        "All earlier links stop working.",
                        "a typo &lt;b&gt;")
                .doesNotContain("Name: Ada");
        assertThat(browser.post(page, sent(shown, "do", Map.of())).statusCode()).isEqualTo(303);

        assertThat(browser.get(registration(made) + "?done=contact").body())
                .contains("The contact is corrected.", "ada@example.net");
        service.get("/api/registrations/" + made.text("id"), made.text("accessToken"))
                .expectProblem(401, "unauthenticated");
        HttpResponse<String> same = browser.get(page, "de");
        assertThat(browser.post(page, sent(same, "preview", with(typed, "email", "ada@example.net")), "de")
                        .body())
                .contains("Es ändert sich nichts.", "Es wird keine E-Mail verschickt.", "value=\"edit\"")
                .doesNotContain("Das lässt sich nicht", "value=\"do\"");
    }

    private static Map<String, String> with(Map<String, String> fields, String field, String value) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return changed;
    }

    @Test
    void pages_are_for_the_roles_that_may_do_the_act() {
        Reply made = paid();

        assertThat(as("finance").get(page(made, "refund")).statusCode()).isEqualTo(200);
        HttpResponse<String> denied = as("finance").get(page(made, "cancel"));
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("Your role is not for this page");
        assertThat(browser.get("/desk/mlsys-2026/registrations/" + made.text("id") + "/refund")
                        .statusCode())
                .isEqualTo(404);
        assertThat(browser.postFrom("https://elsewhere.example", page(made, "refund"), Map.of("step", "do"))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> nobody = new Browser(service.port()).get(page(made, "refund"));
        assertThat(nobody.statusCode()).isEqualTo(303);
        assertThat(Browser.header(nobody, "Location")).startsWith("/sign-in?to=");
        HttpResponse<String> part = browser.getWith(page(made, "refund"), "HX-Request", "true");
        assertThat(part.body()).contains("<h1>Refund</h1>").doesNotContain("<html");
    }

    @Test
    void impossible_act_says_so_in_place_of_its_form() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        HttpResponse<String> form = browser.get(page(made, "mark-paid"));
        assertThat(form.body()).contains("name=\"amount\"");
        assertThat(browser.get(page(made, "refund")).body())
                .contains("There is no money that could go back.", "state: Awaiting payment")
                .doesNotContain("name=\"amount\"");
        assertThat(browser.get(page(made, "accept-offer"), "de").body())
                .contains("Es gibt kein Angebot", "Zurück zur Anmeldung")
                .doesNotContain("name=\"reason\"");
        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");

        HttpResponse<String> refused = browser.post(
                page(made, "mark-paid"),
                sent(form, "preview", Map.of("reference", "SEPA 7", "amount", "100", "receivedAt", "2026-02-02")));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("state: Confirmed").doesNotContain("name=\"amount\"");
        HttpResponse<String> cancel = browser.get(page(made, "cancel"));
        browser.post(
                page(made, "cancel"),
                sent(
                        browser.post(
                                page(made, "cancel"),
                                sent(cancel, "preview", Map.of("refund", "full", "reason", "ill"))),
                        "do",
                        Map.of()));
        assertThat(browser.get(page(made, "cancel")).body())
                .contains("This is not possible now. The registration’s state: Cancelled.")
                .doesNotContain("name=\"refund\"", "its seats are free for others");
    }

    @Test
    void seats_are_sold_on_a_page_once() {
        String slug = service.putConference(2, 600);
        String page = "/desk/" + slug + "/registrations/new";
        assertThat(browser.get("/desk/" + slug + "/registrations").body()).contains("href=\"" + page + "\"");
        assertThat(as("finance").get("/desk/" + slug + "/registrations").body()).doesNotContain(page);
        HttpResponse<String> form = browser.get(page);
        assertThat(form.statusCode()).as(form.body()).isEqualTo(200);
        assertThat(form.body())
                .contains("All attendees accept the code of conduct.", "<span>Reference of the payment</span>")
                .doesNotContainPattern("<span>Reference of the payment</span>\\s*<span class=\"optional\"");
        Map<String, String> typed = new LinkedHashMap<>(Map.of(
                "contact.name", "Ada Lovelace",
                "contact.email", "ada@example.org",
                "contact.locale", "en",
                "attendees[0].category", "seat",
                "attendees[0].givenName", "Ada",
                "attendees[0].familyName", "Lovelace",
                "acceptedCodeOfConduct", "true",
                "paid.reference", "till 7"));

        HttpResponse<String> more = browser.post(page, sale(form, "add", typed));
        assertThat(more.body()).contains("attendees[1].email", "value=\"till 7\"");
        HttpResponse<String> priced = browser.post(page, sale(form, "price", typed));
        assertThat(priced.statusCode()).isEqualTo(200);
        assertThat(priced.body())
                .contains("USD 100.00", "value=\"100.00\"", "once all fields are filled in", "This cannot be undone.")
                .doesNotContain("effects-caption");

        typed.put("paid.amount", "90");
        assertThat(browser.post(page, sale(form, "price", typed)).body())
                .as("the taken amount stays, for comparison with the price")
                .contains("USD 100.00", "value=\"90\"");
        HttpResponse<String> wrong = browser.post(page, sale(priced, "sell", typed));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("href=\"#attendees-0-email\"", "Please fill this in", "value=\"90\"");
        typed.put("attendees[0].email", "ada@example.org");
        Map<String, String> unpaid = new LinkedHashMap<>(typed);
        unpaid.keySet().removeIf(field -> field.startsWith("paid."));
        assertThat(browser.post(page, sale(priced, "sell", unpaid)).body())
                .contains("href=\"#paid-amount\"")
                .doesNotContain("href=\"#reason\"");
        assertThat(browser.post(page, sale(priced, "price", typed)).body())
                .as("the effects at the price")
                .contains(
                        "In total: 1 taken",
                        "USD 100.00 is taken at the desk.",
                        "Confirmation",
                        "Ada Lovelace: is valid",
                        "This cannot be undone.")
                .doesNotContain("once all fields are filled in");
        assertThat(browser.post(page, sale(priced, "sell", typed)).body())
                .contains("href=\"#paid-amount\"", "The price is USD 100.00");
        typed.put("paid.amount", "100,00");
        String registration = "";
        for (int click = 0; click < 2; click++) {
            HttpResponse<String> sold = browser.post(page, sale(priced, "sell", typed));
            assertThat(sold.statusCode()).as(sold.body()).isEqualTo(303);
            registration = Browser.header(sold, "Location");
        }
        assertThat(why(registration)).isEqualTo("till 7");

        assertThat(browser.get(registration).body())
                .contains("The registration is sold and confirmed. USD 100.00 was taken.", "Confirmed", "till 7");
        Map<String, String> free = new LinkedHashMap<>(typed);
        free.put("attendees[0].category", "free");
        free.keySet().removeIf(field -> field.startsWith("paid."));
        HttpResponse<String> unexplained = browser.post(page, sale(browser.get(page), "sell", free));
        assertThat(unexplained.statusCode()).isEqualTo(422);
        assertThat(unexplained.body()).contains("href=\"#reason\"", "Please fill this in");
        free.put("reason", "a speaker <b>");
        assertThat(browser.post(page, sale(unexplained, "price", free)).body())
                .contains("There is nothing to pay.", "<td>a speaker &lt;b&gt;</td>");
        HttpResponse<String> given = browser.post(page, sale(unexplained, "sell", free));
        assertThat(given.statusCode()).as(given.body()).isEqualTo(303);
        assertThat(why(Browser.header(given, "Location"))).isEqualTo("a speaker <b>");
        assertThat(browser.post(page, sale(browser.get(page), "price", typed)).statusCode())
                .as("a refusal arrives with the price")
                .isEqualTo(409);
        HttpResponse<String> full = browser.post(page, sale(browser.get(page, "de"), "sell", typed), "de");
        assertThat(full.statusCode()).isEqualTo(409);
        assertThat(full.body()).contains("nicht genug Plätze frei", "value=\"till 7\"");
        assertThat(as("finance").get(page).statusCode()).isEqualTo(403);
    }

    /** Returns the reason in a sale's audit row, before anybody has opened the registration. */
    private String why(String registration) {
        String id = registration.replaceFirst(".*/", "").replace("?done=sell", "");
        return service.get("/internal/audit?registration=" + id, staffToken("organiser"))
                .expect(200)
                .body()
                .at("/items/0/why")
                .asString();
    }

    private static Map<String, String> sale(HttpResponse<String> page, String action, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>(Browser.hiddenFields(page.body()));
        fields.putAll(typed);
        fields.put("action", action);
        return fields;
    }

    private Browser as(String role) {
        Browser signedIn = new Browser(service.port());
        signedIn.become("staff", staffToken(role));
        return signedIn;
    }

    private Reply paid() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");
        return made;
    }

    private static String registration(Reply made) {
        return "/desk/" + made.text("conference") + "/registrations/" + made.text("id");
    }

    private static String page(Reply made, String act) {
        return registration(made) + "/" + act;
    }

    /** Returns the fields of a page's form with typed values and the pressed button. */
    private static Map<String, String> sent(HttpResponse<String> page, String step, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>(Browser.hiddenFields(page.body()));
        fields.putAll(typed);
        fields.put("step", step);
        return fields;
    }
}
