package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.node.ObjectNode;

/** Proves the registration form of an address whose bound on unpaid seats is used up, on the running service with limits on. */
@RegistrationServiceTest
@TestPropertySource(properties = "LIMITS=on")
class UnpaidFormIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AccessTokens tokens;

    @Test
    void refused_form_leads_to_a_confirmed_mailbox_and_is_then_taken() {
        String slug = service.putConference(1_000, 1_200);
        for (int i = 0; i < 10; i++) {
            service.post("/api/conferences/" + slug + "/registrations", null, newKey(), tenSeats(i))
                    .expect(201);
        }
        Browser browser = new Browser(service.port());
        String path = "/conferences/" + slug + "/register";
        Map<String, String> form = browser.form(slug, "seat");

        HttpResponse<String> refused = browser.post(path, form);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body())
                .contains("Too many unpaid seats are already held from your network address")
                .containsPattern("Please try again in (19|20) minutes")
                .contains("action=\"/conferences/" + slug + "/mailbox-confirmations\"")
                .contains("name=\"email\" value=\"" + form.get("contact.email") + "\"");

        String mailed = tokens.sign(
                "mailbox-confirmation",
                tokens.pseudonym("unpaid-mailbox", form.get("contact.email")) + "_"
                        + Instant.now().plusSeconds(60).getEpochSecond());
        HttpResponse<String> opened = browser.post("/open", Map.of("token", "http://localhost:8080/open#" + mailed));
        assertThat(header(opened, "Location")).isEqualTo("/open?done=mailbox");
        assertThat(header(opened, "Set-Cookie"))
                .startsWith("mailbox-token=k1.")
                .contains("; Max-Age=86400", "; HttpOnly", "; SameSite=Lax");
        assertThat(browser.get("/open?done=mailbox").body())
                .contains("<h1>Your email address is confirmed</h1>", "Please return to the registration form")
                .doesNotContain("Open your registration", "paste it here", "No link?");
        assertThat(header(browser.post(path, form), "Location")).startsWith("/registrations/");
    }

    @Test
    void refusal_for_seats_without_a_price_names_the_mailed_link() {
        String slug = service.putConference(1_000, 1_200);
        for (int i = 0; i < 2; i++) {
            service.post(
                            "/api/conferences/" + slug + "/registrations",
                            null,
                            newKey(),
                            tenSeats(0).replace("\"seat\"", "\"free\""))
                    .expect(201);
        }
        Browser browser = new Browser(service.port());
        Map<String, String> form = browser.form(slug, "free");
        form.put("contact.email", "bot0@example.org");

        HttpResponse<String> refused = browser.post("/conferences/" + slug + "/register", form);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body())
                .contains("Please open the links in our emails first, then submit this form again")
                .doesNotContain("try again in");
    }

    @Test
    void expired_mailbox_link_differs_from_an_invalid_one() {
        String expired = tokens.sign(
                "mailbox-confirmation",
                tokens.pseudonym("unpaid-mailbox", "eve@example.org") + "_"
                        + Instant.now().minusSeconds(1).getEpochSecond());

        HttpResponse<String> opened = new Browser(service.port()).post("/open", Map.of("token", expired));
        assertThat(opened.statusCode()).isEqualTo(401);
        assertThat(opened.body())
                .contains("has expired. Please request another one from the registration form.")
                .doesNotContain("latest email");
    }

    @Test
    void form_ties_the_days_of_an_invoice_to_the_mailed_link() {
        String path = "/api/admin/conferences/" + service.putConference(10, 1_200);
        ObjectNode definition = (ObjectNode)
                service.get(path, staffToken("organiser")).expect(200).body();
        definition.withObject("registration").put("invoiceDays", 14);
        service.put(path, staffToken("organiser"), definition.toString()).expect(200);

        assertThat(new Browser(service.port())
                        .get(path.substring("/api/admin".length()) + "/register")
                        .body())
                .contains("held for 14 days once you have opened the link that we email you");
    }

    @Test
    void page_of_a_short_hold_mails_its_link_once_more() {
        Reply made = service.post("/api/conferences/mlsys-2026/registrations", null, newKey(), """
                        {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"}, "acceptedCodeOfConduct": true,
                         "paymentMethod": "invoice",
                         "attendees": [{"category": "industry", "givenName": "Ada", "familyName": "Lovelace",
                                        "email": "ada@example.org"}]}""")
                .expect(201);
        Browser browser = new Browser(service.port());
        String page = browser.open(made);

        assertThat(browser.get(page).body())
                .contains("Please open the link that we email you: then your seat is held until")
                .contains("action=\"/open/link\"")
                .contains("name=\"reference\" value=\"" + made.text("reference") + "\"")
                .contains("name=\"email\" value=\"ada@example.org\"");
    }

    private static String tenSeats(int contact) {
        return """
                {"contact": {"name": "Bot", "email": "bot%d@example.org"}, "attendees": [%s], "acceptedCodeOfConduct": true}
                """.formatted(contact, IntStream.range(0, 10).mapToObj(_ -> """
                                        {"category": "seat", "givenName": "B", "familyName": "T", "email": "bot@example.org"}""").collect(Collectors.joining(",")));
    }
}
