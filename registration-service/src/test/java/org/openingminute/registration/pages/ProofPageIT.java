package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves proofs and offers on a registration's page, as a browser without scripts uses them on the running service. */
@RegistrationServiceTest
class ProofPageIT {

    private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern UPLOAD =
            Pattern.compile("method=\"post\" enctype=\"multipart/form-data\"\\s+action=\"([^\"]+)\"");

    @Autowired
    private ServiceFixture service;

    private Browser browser;

    @BeforeEach
    void openBrowser() {
        browser = new Browser(service.port());
    }

    @Test
    void a_proof_is_sent_in_by_a_form_and_the_page_says_what_becomes_of_it() {
        Reply made = service.register("mlsys-2026", "student").expect(201);
        String page = browser.open(made);
        String waiting = browser.get(page).body();
        assertThat(waiting)
                .contains("Waiting for your proof", "A category you chose requires proof. Please upload it below.")
                .doesNotContain("In review")
                .contains("(24 hours left)", "Proof for Ada Lovelace", "Proof is still needed.")
                .containsPattern("<label for=\"proof-0\">Proof for Ada Lovelace</label>")
                .containsPattern("<input type=\"file\"[^>]* id=\"proof-0\" aria-describedby=\"proof-0-hint\"");

        HttpResponse<String> sent = browser.postFile(upload(waiting), "card.pdf", PDF);
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        assertThat(header(sent, "Location")).isEqualTo(page);
        assertThat(browser.get(page).body())
                .contains("In review", "The organisers are reviewing what you sent in", "(5 days left)")
                .contains("<strong>Proof received</strong>")
                .contains("The proof has arrived and will be reviewed.")
                .doesNotContain("Please upload it below");
        assertThat(browser.get(page, "de").body()).contains("Nachweis eingereicht", "Nachweis für Ada Lovelace");

        review(made, "{\"accept\": true}");
        assertThat(browser.get(page).body())
                .contains("Waiting for your payment", "Proof accepted", "Pay USD 350.00")
                .doesNotContain("type=\"file\"");
    }

    @Test
    void an_invalid_proof_is_explained_above_the_same_form() {
        Reply made = service.register("mlsys-2026", "student").expect(201);
        String page = browser.open(made);
        String upload = upload(browser.get(page).body());

        HttpResponse<String> wrong = browser.postFile(upload, "card.gif", new byte[] {'G', 'I', 'F', '8'});
        assertThat(wrong.statusCode()).isEqualTo(415);
        assertThat(wrong.body())
                .contains("role=\"alert\"><p>This file was not accepted: a proof must be a PDF, JPEG or PNG file.")
                .contains("type=\"file\"");
        HttpResponse<String> none = browser.postFile(upload, "", new byte[0]);
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("No file arrived. Please choose one first.", "type=\"file\"");
        HttpResponse<String> large = browser.postFile(upload, "card.pdf", Arrays.copyOf(PDF, 5 * 1024 * 1024 + 1));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("<h1>The file is too large</h1>", "up to 5 MB");
        assertThat(browser.post(upload, Map.of("file", "x")).statusCode()).isEqualTo(400);
        HttpResponse<String> stranger = new Browser(service.port()).post(upload, Map.of("file", "x"));
        assertThat(stranger.statusCode()).as("without the cookie").isEqualTo(401);
        assertThat(stranger.body()).doesNotContain("Lovelace");
        HttpResponse<String> foreign = browser.postFileFrom("http://elsewhere.example", upload, "card.pdf", PDF);
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(service.get("/api" + page, made.text("accessToken"))
                        .body()
                        .at("/attendees/0/proof")
                        .asString())
                .isEqualTo("wanted");

        service.post("/api" + page + "/cancellation", made.text("accessToken"), newKey(), null)
                .expect(200);
        HttpResponse<String> late = browser.postFile(upload, "card.pdf", PDF);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("Proof can no longer be uploaded for this attendee.");
    }

    @Test
    void a_refused_proof_shows_the_offer_and_a_click_accepts_it() {
        Reply made = service.register("mlsys-2026", "student").expect(201);
        String page = browser.open(made);
        review(made, "{\"accept\": false, \"reason\": \"The card has ended.\"}");

        assertThat(browser.get(page).body())
                .contains("Proof not accepted", "Reason: The card has ended.<")
                .contains("Our offer", "USD 650.00", "Accept for USD 650.00", "(24 hours left)")
                .contains("action=\"" + page + "/offer\"", "Offer made")
                .doesNotContain("USD 350.00", "/checkout");
        assertThat(browser.get(page, "de").body()).contains("Unser Angebot", "Für 650,00 USD annehmen");
        assertThat(browser.postFrom("http://elsewhere.example", page + "/offer", Map.of())
                        .statusCode())
                .isEqualTo(403);

        assertThat(browser.post(page + "/offer", Map.of()).statusCode()).isEqualTo(303);
        assertThat(browser.post(page + "/offer", Map.of()).statusCode())
                .as("a double click counts once")
                .isEqualTo(303);
        assertThat(browser.get(page).body())
                .contains("Please pay USD 650.00.", "Offer accepted", "/checkout")
                .doesNotContain("Our offer", "Reason:");
    }

    @Test
    void the_page_without_an_offer_links_to_another_registration() {
        String slug = "soldout-" + newKey().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Small", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 10, "onePerAddress": true,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "student", "name": "Student", "amounts": {"all": 3000}, "needsProof": true}]}}
                """.formatted(slug))
                .expect(201);
        Reply made = service.register(slug, "student").expect(201);
        String page = browser.open(made);
        review(made, "{\"accept\": false, \"reason\": \"No card.\"}");

        assertThat(browser.get(page).body())
                .contains(
                        "We cannot make you another offer, and the seat has been released.",
                        "Register again",
                        "No offer possible")
                .doesNotContain("/offer\"", "held until", "/cancellation\"");
        HttpResponse<String> refused = browser.post(page + "/offer", Map.of());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("This offer is no longer available.");
        service.register(slug, "student").expect(201);
    }

    private void review(Reply registration, String body) {
        service.post(
                        "/api/admin/registrations/" + registration.text("id") + "/review",
                        staffToken("organiser"),
                        null,
                        body)
                .expect(200);
    }

    private static String upload(String page) {
        Matcher form = UPLOAD.matcher(page);
        assertThat(form.find()).as(page).isTrue();
        return form.group(1);
    }
}
