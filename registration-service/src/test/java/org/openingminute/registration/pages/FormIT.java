package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.pages.Browser.header;
import static org.openingminute.registration.pages.Browser.register;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the registration form from the empty page to the registration, as a browser without scripts uses it on the running service. */
@RegistrationServiceTest
class FormIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private Browser browser;

    @BeforeEach
    void openBrowser() {
        browser = new Browser(service.port());
    }

    @Test
    void a_form_becomes_a_registration_whose_token_is_a_cookie_for_it_alone() {
        String slug = service.putConference(10, 600);
        HttpResponse<String> sent = browser.post(register(slug), browser.form(slug, "seat"));

        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        String page = header(sent, "Location");
        assertThat(page).startsWith("/registrations/");
        assertThat(header(sent, "Set-Cookie"))
                .startsWith("registration-" + page.substring("/registrations/".length()) + "=k1.")
                .contains("; Path=/", "; HttpOnly", "; SameSite=Lax")
                .doesNotContain("Secure", "Max-Age", "Domain");
        String shown = browser.get(page).body();
        assertThat(shown)
                .contains(
                        "Waiting for your payment",
                        "Your seat is held until",
                        "Please pay USD 100.00. Then your seat is confirmed.")
                .contains("action=\"/api/payments/" + page.substring("/registrations/".length()) + "/checkout\"")
                .contains("Ada Lovelace", "Seats held", "href=\"" + page + "?reload=true\"")
                .doesNotContain("http-equiv");
        assertThat(browser.get(page + "?reload=true").body())
                .as("only a requested reload scrolls to the top")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>", "Stop reloading");
        assertThat(header(browser.get(page), "Cache-Control")).contains("no-store");
    }

    @Test
    void the_same_form_sent_twice_at_once_and_again_later_is_one_registration() throws Exception {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> one =
                    executor.submit(() -> new Browser(service.port()).post(register(slug), form));
            Future<HttpResponse<String>> other =
                    executor.submit(() -> new Browser(service.port()).post(register(slug), form));
            String page = header(one.get(), "Location");
            assertThat(page).startsWith("/registrations/");
            assertThat(header(other.get(), "Location")).isEqualTo(page);
            assertThat(header(browser.post(register(slug), form), "Location")).isEqualTo(page);
        }
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);

        form.put("attendees[0].givenName", "Grace");
        HttpResponse<String> changed = browser.post(register(slug), form);
        assertThat(changed.statusCode()).isEqualTo(422);
        assertThat(changed.body()).contains("This form was already submitted", "Start with an empty form");
    }

    @Test
    void a_form_that_is_sent_again_keeps_the_newer_link() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");
        String page = header(browser.post(register(slug), form), "Location");
        browser.become(page.substring(1).replace("registrations/", "registration-"), "of-a-newer-link");

        HttpResponse<String> again = browser.post(register(slug), form);

        assertThat(header(again, "Location")).isEqualTo(page);
        assertThat(header(again, "Set-Cookie")).isEmpty();
    }

    @Test
    void a_form_of_another_site_registers_nobody() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");

        HttpResponse<String> refused = browser.postFrom("https://evil.example", register(slug), form);

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(header(refused, "Set-Cookie")).isEmpty();
        assertThat(service.statistics(slug).number("held")).isZero();
    }

    @Test
    void a_category_that_needs_a_proof_says_so_and_can_be_chosen() {
        assertThat(browser.get(register("mlsys-2026")).body())
                .contains("<option value=\"student\">Student, USD 350.00, proof required</option>")
                .contains("<option value=\"academic\">Academic, USD 650.00</option>");
        assertThat(browser.get(register("mlsys-2026"), "de").body()).contains("Student, 350,00 USD, mit Nachweis<");

        HttpResponse<String> sent = browser.post(register("mlsys-2026"), browser.form("mlsys-2026", "student"));
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(browser.get(header(sent, "Location")).body())
                .contains("Waiting for your proof", "Proof for Ada Lovelace");
    }

    @Test
    void errors_stand_beside_their_field_and_input_is_kept() {
        Map<String, String> form = browser.form("mlsys-2026", "industry");
        form.put("contact.email", "nobody");
        form.put("attendees[0].familyName", "");
        form.put("attendees[0].addOns[banquet]", "3");
        form.remove("acceptedCodeOfConduct");
        HttpResponse<String> answer = browser.post(register("mlsys-2026"), form);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body())
                .contains("<title>Error: Register for MLSys 2026</title>")
                .contains("<a href=\"#contact-email\">")
                .containsPattern("id=\"contact-email-error\">This is not an email address</p>")
                .containsPattern("<input id=\"contact-email\"[^>]*value=\"nobody\"[^>]*aria-invalid=\"true\""
                        + "[^>]*aria-describedby=\"contact-email-error\"")
                .contains("id=\"attendees-0-familyName-error\">Please fill this in<")
                .contains("id=\"attendees-0-addOns-error\">Between 1 and 2, or leave it empty<")
                .contains("id=\"acceptedCodeOfConduct-error\">Please accept the code of conduct<")
                .contains("value=\"Ada\"", "value=\"" + form.get("key") + "\"");
    }

    @Test
    void typed_input_is_escaped_everywhere() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");
        form.put("attendees[0].givenName", "<script>alert(1)</script>");
        form.put("attendees[0].affiliation", "\"><img src=x>");
        form.put("contact.email", "wrong");
        assertThat(browser.post(register(slug), form).body())
                .contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;\"")
                .doesNotContain("<script>alert", "<img");

        form.put("contact.email", "ada@example.org");
        String page = header(browser.post(register(slug), form), "Location");
        assertThat(browser.get(page).body())
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .doesNotContain("<script>alert", "<img");
    }

    @Test
    void attendees_come_and_go_without_a_script() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");
        assertThat(browser.get(register(slug)).body())
                .as("the response starts at the requested part")
                .containsPattern("value=\"add\"[^>]* formaction=\"[^\"]+/register#attendees-1-category\"")
                .containsPattern("value=\"price\"[^>]* formaction=\"[^\"]+/register#price\"");
        form.put("action", "add");
        HttpResponse<String> more = browser.post(register(slug), form);
        assertThat(more.statusCode()).isEqualTo(200);
        assertThat(more.body())
                .contains("name=\"attendees\" value=\"2\"", "name=\"attendees[1].email\"", "value=\"Ada\"")
                .contains("id=\"attendees-1-category\"");

        form.put("attendees", "2");
        form.put("attendees[1].givenName", "Grace");
        form.put("action", "remove-0");
        assertThat(browser.post(register(slug), form).body())
                .contains("name=\"attendees\" value=\"1\"", "value=\"Grace\"")
                .doesNotContain("value=\"Ada\"", "attendees[1]");
        assertThat(browser.get(register(slug) + "?attendees=3").body()).contains("name=\"attendees[2].email\"");
        assertThat(service.statistics(slug).number("held")).isZero();
    }

    @Test
    void the_price_can_be_seen_before_anything_is_held() {
        Map<String, String> form = browser.form("mlsys-2026", "academic");
        form.put("attendees[0].addOns[tutorials]", "1");
        form.put("attendees[0].addOns[banquet]", "2");
        form.put("voucher", "diversity-50");
        form.put("action", "price");

        assertThat(browser.post(register("mlsys-2026"), form).body())
                .contains("USD 650.00", "USD 150.00", "USD 220.00", "−USD 325.00", "USD 695.00");
        form.put("voucher", "no-such");
        HttpResponse<String> refused = browser.post(register("mlsys-2026"), form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("id=\"voucher-error\"");
    }

    @ParameterizedTest
    @CsvSource({
        "en, Please submit it again in a few seconds: you will not be registered twice.",
        "de, Bitte schicken Sie es in ein paar Sekunden noch einmal ab: Sie werden nicht doppelt angemeldet."
    })
    void a_seat_freed_a_moment_ago_keeps_the_input_and_says_to_try_again(String language, String says) {
        String slug = service.putConference(1, 600);
        Map<String, String> form = browser.form(slug, "seat");
        form.put("attendees[0].affiliation", "Analytical Engines");
        jdbc.sql("""
                insert into quota (conference, code, freed_at) values (?, 'capacity', 'infinity')
                """).param(slug).update();
        HttpResponse<String> answer = browser.post(register(slug), form, language);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(header(answer, "Retry-After")).isIn("1", "2", "3");
        assertThat(answer.body())
                .contains(says, "value=\"Ada\"", "value=\"Analytical Engines\"", "value=\"" + form.get("key") + "\"")
                .contains("<option value=\"seat\" selected=\"selected\">")
                .doesNotContain("href=\"" + register(slug) + "\"");
        await().atMost(ServiceFixture.SOON)
                .until(() -> browser.post(register(slug), form).statusCode() == 303);
    }

    @Test
    void a_late_registrant_reads_what_is_sold_out() {
        String slug = service.putConference(1, 600);
        Map<String, String> form = browser.form(slug, "seat");
        service.register(slug, "seat").expect(201);
        HttpResponse<String> answer = browser.post(register(slug), form);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("There are not enough seats left: Test Conference.", "value=\"Ada\"");
    }
}
