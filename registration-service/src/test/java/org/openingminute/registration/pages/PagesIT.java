package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceUnderTest;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The pages as a browser without scripts gets them, from a service on a real database. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
class PagesIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @LocalServerPort
    private int port;

    private ServiceUnderTest service;
    private Browser browser;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "pages");
        registry.add("STAFF_JWKS_URI", ServiceUnderTest::jwksUri);
    }

    @BeforeEach
    void connect() {
        service = new ServiceUnderTest(port);
        browser = new Browser(port);
    }

    @Test
    void a_conference_shows_what_it_is_when_where_and_at_which_sample_prices() {
        HttpResponse<String> answer = browser.get("/conferences/mlsys-2026");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith("text/html");
        assertThat(answer.body())
                .contains("<html lang=\"en\"", "<h1>MLSys 2026</h1>", "Conference on Machine Learning and Systems 2026")
                .contains("May 18, 2026 to May 22, 2026", "Bellevue, WA, United States", "https://mlsys.org")
                .contains("Large language model systems", "Data scientists", "The programme is to be announced.")
                .contains("All prices here are samples.", "USD 950.00", "USD 1,150.00", "Tutorial day", "with a proof")
                .contains("Until April 18, 2026", "100 % of what you paid is given back, less USD 50.00")
                .contains("href=\"/conferences/mlsys-2026/register\"");
    }

    @Test
    void a_deadline_that_was_put_at_minus_twelve_is_said_as_anywhere_on_earth_and_in_local_time() {
        assertThat(browser.get("/conferences/mlsys-2026").body().replaceAll("\\h", " "))
                .contains("April 1, 2026, 11:59 PM anywhere on earth (April 2, 2026, 4:59 AM PDT)");
    }

    @Test
    void the_first_page_leads_to_what_is_on_sale() {
        assertThat(browser.get("/").body()).contains("MLSys 2026", "Registration is open.");
        service.putConference(10, 600);
        assertThat(browser.get("/").body())
                .contains("href=\"/conferences/mlsys-2026\"", "MLSys 2026", "Test Conference");
    }

    @Test
    void a_public_page_may_be_kept_for_a_moment_and_is_not_sent_twice_to_who_has_it() {
        HttpResponse<String> first = browser.get("/conferences/mlsys-2026");

        assertThat(header(first, "Cache-Control")).contains("public");
        assertThat(header(first, "Vary")).contains("Accept-Language");
        // Repeated, because the page bears the minute and so changes with it.
        await().atMost(SOON).untilAsserted(() -> {
            String tag = header(browser.get("/conferences/mlsys-2026"), "ETag");
            assertThat(browser.getWith("/conferences/mlsys-2026", "If-None-Match", tag)
                            .statusCode())
                    .isEqualTo(304);
        });
        assertThat(header(browser.get("/conferences/mlsys-2026/register"), "Cache-Control"))
                .contains("no-store");
    }

    @Test
    void every_page_of_a_rehearsal_says_so_and_what_time_it_is() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        open(made);
        for (String path : List.of(
                "/",
                "/conferences/mlsys-2026",
                "/conferences/mlsys-2026/register",
                "/open",
                "/nowhere",
                "/registrations/" + made.text("id"),
                "/registrations/" + made.text("id") + "/pay",
                "/registrations/" + made.text("id") + "/cancellation")) {
            assertThat(browser.get(path).body())
                    .as(path)
                    .contains("<strong>Rehearsal</strong>", "No money is taken, and prices are samples.")
                    .containsPattern("<time datetime=\"2026-[^\"]+\">[^<]+2026[^<]+</time>");
        }
    }

    @Test
    void a_form_becomes_a_registration_whose_token_is_a_cookie_for_it_alone() {
        String slug = service.putConference(10, 600);
        HttpResponse<String> sent = browser.post(register(slug), form(slug, "seat"));

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
                        "Please pay USD 100.00. Then your seat is yours for good.")
                .contains("action=\"/api/payments/" + page.substring("/registrations/".length()) + "/checkout\"")
                .contains("Ada Lovelace", "Seats held", "href=\"" + page + "?reload=true\"")
                .doesNotContain("http-equiv");
        assertThat(browser.get(page + "?reload=true").body())
                .as("only who asks for it is thrown back to the top")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>", "Stop that");
        assertThat(header(browser.get(page), "Cache-Control")).contains("no-store");
    }

    @Test
    void the_same_form_sent_twice_at_once_and_again_later_is_one_registration() throws Exception {
        String slug = service.putConference(10, 600);
        Map<String, String> form = form(slug, "seat");
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> one = executor.submit(() -> new Browser(port).post(register(slug), form));
            Future<HttpResponse<String>> other = executor.submit(() -> new Browser(port).post(register(slug), form));
            String page = header(one.get(), "Location");
            assertThat(page).startsWith("/registrations/");
            assertThat(header(other.get(), "Location")).isEqualTo(page);
            assertThat(header(browser.post(register(slug), form), "Location")).isEqualTo(page);
        }
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);

        form.put("attendees[0].givenName", "Grace");
        HttpResponse<String> changed = browser.post(register(slug), form);
        assertThat(changed.statusCode()).isEqualTo(422);
        assertThat(changed.body()).contains("This form was sent before", "Begin with an empty form");
    }

    @Test
    void a_category_that_needs_a_proof_says_so_and_can_be_chosen() {
        assertThat(browser.get(register("mlsys-2026")).body())
                .contains("<option value=\"student\">Student, USD 350.00, with a proof</option>")
                .contains("<option value=\"academic\">Academic, USD 650.00</option>");
        assertThat(browser.get(register("mlsys-2026"), "de").body()).contains("Student, 350,00 USD, mit Nachweis<");

        HttpResponse<String> sent = browser.post(register("mlsys-2026"), form("mlsys-2026", "student"));
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(browser.get(header(sent, "Location")).body()).contains("In review", "Proof for Ada Lovelace");
    }

    @Test
    void amounts_times_and_seats_are_said_in_one_way() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = form(slug, "seat");
        form.put("attendees", "2");
        form.put("attendees[0].country", "GB");
        form.put("attendees[1].category", "seat");
        form.put("attendees[1].givenName", "Grace");
        form.put("attendees[1].familyName", "Hopper");
        form.put("attendees[1].email", "grace@example.org");
        String page = header(browser.post(register(slug), form), "Location");

        assertThat(browser.get(page).body().replaceAll("\\h", " "))
                .contains("Your seats are held until", "Please pay USD 200.00. Then your seats are yours for good.")
                .contains("(10 minutes left)", "<p>United Kingdom</p>")
                .containsPattern("<strong><time [^>]+>February \\d+, 2026, \\d+:\\d\\d [AP]M PST</time></strong>");
        assertThat(browser.get(page, "de").body().replaceAll("\\h", " "))
                .contains("Ihre Plätze werden gehalten bis", "Bitte zahlen Sie 200,00 USD.", "(noch 10 Minuten)")
                .contains("<p>Vereinigtes Königreich</p>", "<strong>Angemeldet</strong> <span>Kennzeichen ")
                .containsPattern("<strong><time [^>]+>\\d+\\. Februar 2026, \\d\\d:\\d\\d PST</time></strong>");
    }

    @Test
    void what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept() {
        Map<String, String> form = form("mlsys-2026", "industry");
        form.put("contact.email", "nobody");
        form.put("attendees[0].familyName", "");
        form.put("attendees[0].addOns[banquet]", "3");
        form.remove("acceptedCodeOfConduct");
        HttpResponse<String> answer = browser.post(register("mlsys-2026"), form);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body())
                .contains("<title>Please look again: Register for MLSys 2026</title>")
                .contains("<a href=\"#contact-email\">")
                .containsPattern("id=\"contact-email-error\">This is not an e-mail address</p>")
                .containsPattern("<input id=\"contact-email\"[^>]*value=\"nobody\"[^>]*aria-invalid=\"true\""
                        + "[^>]*aria-describedby=\"contact-email-error\"")
                .contains("id=\"attendees-0-familyName-error\">Please fill this in<")
                .contains("id=\"attendees-0-addOns-error\">Between 1 and 2, or none<")
                .contains("id=\"acceptedCodeOfConduct-error\">Please accept the code of conduct<")
                .contains("value=\"Ada\"", "value=\"" + form.get("key") + "\"");
    }

    @Test
    void what_people_type_is_text_wherever_it_is_shown() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = form(slug, "seat");
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
        Map<String, String> form = form(slug, "seat");
        assertThat(browser.get(register(slug)).body())
                .as("what was asked for is where the answer begins")
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
        Map<String, String> form = form("mlsys-2026", "academic");
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

    @Test
    void who_comes_too_late_reads_what_there_is_not_enough_of() {
        String slug = service.putConference(1, 600);
        Map<String, String> form = form(slug, "seat");
        service.register(slug, "seat").expect(201);
        HttpResponse<String> answer = browser.post(register(slug), form);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("There are not enough seats left: Test Conference.", "value=\"Ada\"");
    }

    @Test
    void without_its_link_a_registration_is_a_page_that_says_what_to_do() {
        String path =
                "/registrations/" + service.register("mlsys-2026", "virtual").text("id");
        HttpResponse<String> page = browser.get(path);
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(header(page, "Content-Type")).startsWith("text/html");
        assertThat(page.body()).contains("Please open the link from your mail", "href=\"/open\"");

        service.get(path, "k1.nonsense").expectProblem(401, "unauthenticated");
        service.get("/nowhere", "k1.nonsense").expectProblem(404, "not-found");
        assertThat(browser.get("/nowhere").body()).contains("<h1>There is nothing here</h1>");
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
            assertThat(refused.body()).contains("This link opens nothing", "newest mail");
            assertThat(header(refused, "Set-Cookie")).isEmpty();
        }
    }

    @Test
    void five_more_minutes_are_given_once_and_a_double_click_is_one_click() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String page = open(made);
        assertThat(browser.get(page).body()).contains("Give me five more minutes");
        assertThat(browser.post(page + "/hold-extension", Map.of()).statusCode())
                .isEqualTo(303);

        assertThat(service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt"))
                .isGreaterThan(made.text("holdExpiresAt"));
        assertThat(browser.get(page).body()).contains("Hold extended").doesNotContain("Give me five more minutes");
        String until = service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt");
        assertThat(browser.post(page + "/hold-extension", Map.of()).statusCode())
                .isEqualTo(303);
        assertThat(service.get("/api" + page, made.text("accessToken")).text("holdExpiresAt"))
                .isEqualTo(until);

        String unpayable = open(service.register("mlsys-2026", "student").expect(201));
        HttpResponse<String> refused = browser.post(unpayable + "/hold-extension", Map.of());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("The time to pay cannot be extended any more.");
    }

    @Test
    void paid_is_confirmed_and_a_cancellation_shows_the_refund_before_it_is_one() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        String page = open(made);
        assertThat(browser.get(page + "/pay").body())
                .contains("Pay USD 100.00", "Your seat is held until", "(10 minutes left)");
        assertThat(browser.get(page + "/cancellation").body()).contains("Nothing has been paid");
        service.tellPayment(
                id, "payment.captured.v1", 1, ServiceUnderTest.captured(id, 10_000, 10_000, UUID.randomUUID()));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.get(page).body())
                        .contains("<span class=\"status confirmed\">Confirmed</span>", "Paid: USD 100.00")
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
        assertThat(other.body()).contains("The refund has changed meanwhile", "You will get USD 95.00 back.");

        assertThat(browser.post(page + "/cancellation", yes).statusCode()).isEqualTo(303);
        assertThat(browser.get(page).body())
                .contains("Cancelled", "USD 95.00 is on its way back to you.", "Reason: cancelled by you.");
        assertThat(browser.get(page + "/cancellation").body()).contains("cannot be cancelled now");
    }

    @Test
    void who_reads_german_is_served_in_german_and_who_reads_neither_in_english() {
        assertThat(browser.get("/conferences/mlsys-2026", "de-AT,de;q=0.9")
                        .body()
                        .replaceAll("\\h", " "))
                .contains(
                        "<html lang=\"de\"", "Die Anmeldung ist offen.", "1. April 2026, 23:59 irgendwo auf der Erde");
        assertThat(browser.get("/nowhere", "de").body()).contains("Hier ist nichts");
        assertThat(browser.get("/nowhere", "fr").body()).contains("There is nothing here");
    }

    @Test
    void the_assets_are_there_under_names_that_change_with_them() {
        String page = browser.get("/open").body();
        for (String kind : List.of("page-[0-9a-f]+\\.css", "open-[0-9a-f]+\\.js", "icon-[0-9a-f]+\\.svg")) {
            java.util.regex.Matcher asset =
                    java.util.regex.Pattern.compile("/assets/" + kind).matcher(page);
            assertThat(asset.find()).as(kind).isTrue();
            assertThat(browser.get(asset.group()).statusCode()).isEqualTo(200);
        }
        assertThat(page).doesNotContain("style=", "onclick=", "<style");
    }

    private String open(Reply made) {
        return header(browser.post("/open", Map.of("token", made.text("accessToken"))), "Location");
    }

    private static String register(String slug) {
        return "/conferences/" + slug + "/register";
    }

    private Map<String, String> form(String slug, String category) {
        Map<String, String> form = new LinkedHashMap<>(
                Browser.hiddenFields(browser.get(register(slug)).body()));
        form.putAll(Map.of(
                "contact.name", "Ada Lovelace",
                "contact.email", "ada@example.org",
                "contact.locale", "en",
                "attendees[0].category", category,
                "attendees[0].givenName", "Ada",
                "attendees[0].familyName", "Lovelace",
                "attendees[0].email", "ada@example.org",
                "acceptedCodeOfConduct", "true",
                "action", "register"));
        return form;
    }
}
