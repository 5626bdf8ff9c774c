package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;
import static org.openingminute.registration.pages.Browser.hiddenFields;
import static org.openingminute.registration.proofs.ProofSteps.PDF;
import static org.openingminute.registration.proofs.ProofSteps.PNG;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves reviews of proofs on staff's pages, as a browser without scripts uses them on the running service. */
@RegistrationServiceTest
class ReviewPageIT {

    private final ServiceFixture service;
    private final ProofSteps proofs;
    private Browser browser;
    private String slug = "";
    private String list = "";

    @Autowired
    ReviewPageIT(ServiceFixture service, JdbcClient jdbc) {
        this.service = service;
        this.proofs = new ProofSteps(service, jdbc);
        this.browser = new Browser(service.port());
    }

    @BeforeEach
    void openBrowser() {
        slug = proofs.conference(10);
        list = "/desk/" + slug + "/proofs";
        browser = new Browser(service.port());
        browser.become("staff", staffToken("organiser"));
    }

    @Test
    void proofs_are_accepted_and_refused_one_after_the_other() {
        Reply first = sent(PNG);
        Reply second = sent(PDF);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(list).body())
                        .contains(address(first), address(second), "<th scope=\"row\"><a"));
        assertThat(header(browser.get(list + "/next"), "Location")).isEqualTo(address(first));

        String page = browser.get(address(first)).body();
        assertThat(page)
                .contains("<h1>Proof of Ada Lovelace</h1>", "<img src=\"" + address(first) + "/file\"")
                .contains("Student", "ada@example.org", first.text("reference"), "It cannot be read.")
                .contains("In review → Awaiting payment", "The proof was accepted", "No seat is taken or freed.")
                .contains("In review → Proof refused", "The proof was not accepted", "Seat: 1 taken; Student: 1 freed")
                .contains("Ada Lovelace: Student → Seat; USD 30.00 → USD 100.00, USD 70.00 more", "No offer is made.")
                .contains("This cannot be undone.");
        HttpResponse<String> file = browser.get(address(first) + "/file");
        assertThat(header(file, "Content-Type")).isEqualTo("image/png");
        assertThat(header(file, "Content-Disposition")).startsWith("inline");
        assertThat(header(file, "X-Content-Type-Options")).isEqualTo("nosniff");

        Map<String, String> accept = decision(page, "accept", Map.of());
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> accepted = browser.post(address(first), accept);
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(303);
            assertThat(header(browser.get(header(accepted, "Location")), "Location"))
                    .as("the next proof opens by itself, even after a double click")
                    .isEqualTo(address(second) + "?done=accepted");
        }
        assertThat(service.read(first).text("status")).isEqualTo("pending-payment");

        String next = browser.get(address(second) + "?done=accepted").body();
        assertThat(next)
                .contains("Accepted. The registrant is told.", "Open the file (in a new tab)")
                .doesNotContain("<img");
        HttpResponse<String> without = browser.post(address(second), decision(next, "refuse", Map.of("words", " ")));
        assertThat(without.statusCode()).isEqualTo(422);
        assertThat(without.body()).contains("Choose a reason, or give one in your own words", "href=\"#words\"");
        HttpResponse<String> refused = browser.post(
                address(second), decision(without.body(), "refuse", Map.of("reason", "ended", "words", "Since May.")));
        assertThat(header(browser.get(header(refused, "Location")), "Location")).isEqualTo(list + "?done=refused");
        assertThat(browser.get(list + "?done=refused").body()).contains("Refused.", "No proof waits for you.");
        assertThat(service.read(second).text("reason")).isEqualTo("It is no longer valid. Since May.");
        String offer = "/desk/" + slug + "/registrations/" + second.text("id") + "/accept-offer";
        assertThat(browser.get(offer).body())
                .contains("Ada Lovelace: Student → Seat", "USD 30.00 → USD 100.00, USD 70.00 more");
        Map<String, String> preview =
                new HashMap<>(hiddenFields(browser.get(offer).body()));
        preview.putAll(Map.of("step", "preview", "reason", "by phone"));
        assertThat(browser.post(offer, preview, "de").body())
                .contains("Ada Lovelace: Student → Seat", "30,00 USD → 100,00 USD, 70,00 USD mehr");
        assertThat(proofs.audited(first))
                .containsExactly("opened a registration", "opened a proof", "accepted a proof");
    }

    @Test
    void proof_that_was_replaced_meanwhile_is_not_accepted_unseen() {
        Reply made = sent(PNG);
        String seen = browser.get(address(made)).body();
        proofs.upload(made, 0, "other", PDF).expect(202);

        HttpResponse<String> wrong = browser.post(address(made), decision(seen, "refuse", Map.of()));
        assertThat(wrong.statusCode()).isEqualTo(422);
        HttpResponse<String> still =
                browser.post(address(made), decision(wrong.body(), "refuse", Map.of("words", "It ended.")));
        assertThat(still.statusCode()).as("the revision of the first form").isEqualTo(412);
        assertThat(still.body()).contains("It ended.</textarea>");
        assertThat(browser.post(address(made), Map.of("decision", "accept")).statusCode())
                .as("without a revision")
                .isEqualTo(412);
        HttpResponse<String> changed = browser.post(address(made), decision(seen, "accept", Map.of()));
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(412);
        assertThat(changed.body())
                .contains(
                        "The registration has changed since you looked at it, so nothing was done.",
                        "Open the file (in a new tab)")
                .doesNotContain("<img", "Your decision came later");
        assertThat(service.read(made).text("status")).isEqualTo("pending-review");

        assertThat(browser.post(address(made), decision(changed.body(), "accept", Map.of()))
                        .statusCode())
                .isEqualTo(303);
        assertThat(service.read(made).text("status")).isEqualTo("pending-payment");
        HttpResponse<String> back =
                browser.post(address(made), decision(changed.body(), "refuse", Map.of("reason", "ended")));
        assertThat(back.statusCode()).as("after the browser's Back").isEqualTo(409);
        assertThat(back.body()).contains("The person of organiser accepted this proof on");
    }

    @Test
    void proofs_of_one_registration_are_reviewed_in_turn() {
        Reply made = proofs.register(slug, "student", "student");
        proofs.upload(made, 0, "card", PNG).expect(202);
        proofs.upload(made, 1, "card", PDF).expect(202);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(list).body()).contains(address(made, 0), address(made, 1)));

        String page = browser.get(address(made, 0)).body();
        assertThat(page).contains("Stays: In review", "No email is sent.");
        HttpResponse<String> accepted = browser.post(address(made, 0), decision(page, "accept", Map.of()));
        String next = header(browser.get(header(accepted, "Location")), "Location");
        assertThat(next).isEqualTo(address(made, 1) + "?done=accepted");
        assertThat(browser.post(address(made, 1), decision(browser.get(next).body(), "accept", Map.of()))
                        .statusCode())
                .isEqualTo(303);

        assertThat(service.read(made).text("status")).isEqualTo("pending-payment");
    }

    @Test
    void registration_leads_organisers_to_the_review_also_without_a_file() {
        Reply made = proofs.register(slug, "student", "seat");
        String registration = "/desk/" + slug + "/registrations/" + made.text("id");
        String link = "<a href=\"" + address(made) + "\">";

        assertThat(browser.get(registration).body())
                .contains(link + "Review the proof</a>")
                .doesNotContain(address(made, 1));
        assertThat(browser.get(registration, "de").body()).contains(link + "Nachweis prüfen</a>");
        Browser finance = new Browser(service.port());
        finance.become("staff", staffToken("finance"));
        assertThat(finance.get(registration).body()).doesNotContain(address(made));

        String page = browser.get(address(made)).body();
        assertThat(page).contains("No file has been sent in.");
        assertThat(browser.post(address(made), decision(page, "accept", Map.of()))
                        .statusCode())
                .isEqualTo(303);
        assertThat(browser.get(registration).body()).doesNotContain(address(made));
    }

    @Test
    void second_of_two_reviewers_is_told_who_decided() {
        Reply made = sent(PNG);
        String page = browser.get(address(made)).body();
        assertThat(page).contains("Accept");
        assertThat(browser.get("/desk/" + slug + "/registrations/" + made.text("id"))
                        .body())
                .contains("<a href=\"" + address(made) + "/file\" target=\"_blank\">");
        proofs.review(made, "{\"accept\": true}").expect(200);

        HttpResponse<String> late =
                browser.post(address(made), decision(page, "refuse", Map.of("reason", "unreadable")));
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body())
                .contains("The person of organiser accepted this proof on February 2, 2026")
                .contains("Your decision came later and has changed nothing.", "Open the next")
                .doesNotContain("value=\"accept\"");
        assertThat(service.read(made).text("status")).isEqualTo("pending-payment");
        assertThat(browser.get(address(made), "de").body())
                .contains("The person of organiser hat diesen Nachweis anerkannt");
    }

    @Test
    void pages_are_for_organisers_of_the_conference_alone() {
        Reply made = sent(PNG);
        for (String role : List.of("finance", "check-in", "organiser:elsewhere-2026")) {
            Browser other = new Browser(service.port());
            other.become("staff", staffToken(role));
            for (String path : List.of(list, list + "/next", address(made), address(made) + "/file")) {
                assertThat(other.get(path).statusCode()).as(role + " " + path).isEqualTo(403);
            }
            assertThat(other.post(address(made), Map.of("decision", "accept")).statusCode())
                    .isEqualTo(403);
        }
        String elsewhere =
                "/desk/" + proofs.conference(10) + "/proofs" + address(made).substring(list.length());
        assertThat(browser.get(elsewhere).statusCode()).isEqualTo(404);
        assertThat(browser.get(elsewhere + "/file").statusCode()).isEqualTo(404);
        assertThat(browser.post(elsewhere, Map.of("decision", "accept")).statusCode())
                .isEqualTo(404);
        assertThat(browser.postFrom("http://elsewhere.example", address(made), Map.of("decision", "accept"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(header(new Browser(service.port()).get(list), "Location")).startsWith("/sign-in?to=");
        assertThat(service.read(made).text("status")).isEqualTo("pending-review");
    }

    private Reply sent(byte[] file) {
        Reply made = proofs.register(slug, "student");
        proofs.upload(made, 0, "card", file).expect(202);
        return made;
    }

    private String address(Reply made) {
        return address(made, 0);
    }

    private String address(Reply made, int attendee) {
        return list + "/" + made.text("id") + "/"
                + made.body().at("/attendees/" + attendee + "/id").asString();
    }

    /** Returns the fields that a page's form sends. */
    private static Map<String, String> decision(String page, String decision, Map<String, String> typed) {
        Map<String, String> fields = new HashMap<>(hiddenFields(page));
        fields.putAll(typed);
        fields.put("decision", decision);
        return fields;
    }
}
