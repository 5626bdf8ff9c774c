package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.pages.Browser.header;
import static org.openingminute.registration.pages.Browser.register;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.StaffIssuer;
import org.openingminute.registration.conferences.AvailabilityView;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.openingminute.ui.Assets;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** Proves the public pages, as a browser without scripts gets them from the running service. */
@RegistrationServiceTest
class PagesIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private ConferencePageController.RenderedPages pages;

    @Autowired
    private Conferences conferences;

    @Autowired
    private PageViews views;

    @Autowired
    private WebApplicationContext context;

    private Browser browser;

    @BeforeEach
    void openBrowser() {
        browser = new Browser(service.port());
    }

    @Test
    void a_conference_shows_what_it_is_when_where_and_at_which_sample_prices() {
        HttpResponse<String> answer = browser.get("/conferences/mlsys-2026");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith("text/html");
        assertThat(answer.body())
                .contains("<html lang=\"en\"", "<h1>MLSys 2026</h1>", "Conference on Machine Learning and Systems 2026")
                .contains("May 18, 2026 to May 22, 2026", "Bellevue, WA, United States", "https://mlsys.org")
                .contains("Large language model systems", "Data scientists", "The programme will be announced later.")
                .contains(
                        "All prices here are samples made up for a rehearsal.",
                        "USD 950.00",
                        "USD 1,150.00",
                        "Tutorial day",
                        "proof required")
                .contains("Until April 18, 2026", "100% of what you paid is refunded, less USD 50.00")
                .contains("href=\"/conferences/mlsys-2026/register\"")
                .containsOnlyOnce("no refund");
    }

    @Test
    void an_aoe_deadline_is_shown_as_aoe_and_in_local_time() {
        assertThat(browser.get("/conferences/mlsys-2026").body().replaceAll("\\h", " "))
                .contains("April 1, 2026, 11:59 PM anywhere on earth (April 2, 2026, 4:59 AM PDT)");
    }

    @Test
    void the_interest_form_works_without_script() {
        assertThat(browser.get("/conferences/mlsys-2026").body())
                .contains("<form method=\"post\" action=\"/conferences/mlsys-2026/interest\">", "Tell me when")
                .contains("name=\"topics\" value=\"price-deadline\"", "for=\"tell-me-email\"");
        assertThat(browser.get("/conferences/mlsys-2026", "de").body())
                .contains("Wann sich Preise bald ändern", "Hauptvorträge");
    }

    @Test
    void opening_mail_is_offered_only_before_the_opening() {
        assertThat(browser.get("/conferences/mlsys-2026").body()).doesNotContain("id=\"tell-me-registration\"");
        String slug = "later-" + UUID.randomUUID().toString().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, StaffIssuer.staffToken("organiser"), """
                        {"slug": "%s", "name": "Later", "startsOn": "2999-05-18", "endsOn": "2999-05-22",
                         "timeZone": "America/Los_Angeles",
                         "registration": {"currency": "USD", "capacity": 10,
                          "phases": [{"code": "all", "name": "All", "from": "2999-01-01T00:00:00Z", "until": "2999-05-01T00:00:00Z"}],
                          "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}}]}}
                        """.formatted(slug))
                .expect(201);
        assertThat(browser.get("/conferences/" + slug).body())
                .contains("id=\"tell-me-registration\"", "id=\"tell-me-keynotes\"");
    }

    @Test
    void the_first_page_leads_to_what_is_on_sale() {
        assertThat(browser.get("/").body()).contains("MLSys 2026", "Registration is open.");
        service.putConference(10, 600);
        assertThat(browser.get("/").body())
                .contains("href=\"/conferences/mlsys-2026\"", "MLSys 2026", "Test Conference");
    }

    @Test
    void paused_sale_is_said_to_be_paused_and_then_why() {
        String slug = service.putConference(10, 600);
        service.put("/api/admin/conferences/" + slug + "/sale", StaffIssuer.staffToken("organiser"), """
                {"state": "paused", "message": "We are back at noon."}""")
                .expect(200);

        for (String path : List.of("/", "/conferences/" + slug, "/conferences/" + slug + "/register")) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(browser.get(path).body())
                            .as(path)
                            .contains("Registration is paused for the moment. We are back at noon."));
        }
    }

    @Test
    void public_pages_are_cached_briefly_and_revalidated() {
        HttpResponse<String> first = browser.get("/conferences/mlsys-2026");

        assertThat(header(first, "Cache-Control")).contains("public");
        assertThat(header(first, "Vary")).contains("Accept-Language");
        assertThat(first.headers().allValues("Content-Language")).containsExactly("en");
        assertThat(browser.get("/conferences/mlsys-2026").headers().allValues("Content-Language"))
                .containsExactly("en");
        // Repeated, because the page shows the time, so its tag changes each minute.
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
    void page_is_rendered_once_for_each_change_of_what_it_shows() {
        Conference conference = conferences.require("mlsys-2026");
        AvailabilityView now = new AvailabilityView("open", Instant.EPOCH, null, List.of(), false);
        AvailabilityView later = now.asOf(Instant.EPOCH.plusSeconds(1));
        AvailabilityView soldOut = new AvailabilityView("sold-out", Instant.EPOCH, null, List.of(), false);
        // Repeated, because the banner's minute is also a change.
        await().atMost(SOON).untilAsserted(() -> {
            render(conference, now, Locale.ENGLISH);
            assertThat(render(conference, now, Locale.ENGLISH)).isZero();
            assertThat(render(conference, later, Locale.ENGLISH)).isZero();
            assertThat(render(conference, soldOut, Locale.ENGLISH)).isOne();
            assertThat(render(withRevision(conference, conference.revision() + 1), soldOut, Locale.ENGLISH))
                    .isOne();
            render(conference, now, Locale.GERMAN);
            assertThat(render(conference, now, Locale.GERMAN)).isZero();
        });
    }

    private static Conference withRevision(Conference conference, long revision) {
        return new Conference(
                conference.slug(),
                revision,
                conference.definition(),
                conference.source(),
                conference.open(),
                conference.saleMessage());
    }

    /** Returns how often the page was rendered. */
    private int render(Conference conference, AvailabilityView availability, Locale language) {
        AtomicInteger times = new AtomicInteger();
        MockHttpServletRequest request = new MockHttpServletRequest(context.getServletContext(), "GET", "/test");
        request.setAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE, context);
        request.addPreferredLocale(language);
        pages.of(
                List.of(new ConferencePageController.Offered(conference, availability, null)),
                request,
                new MockHttpServletResponse(),
                localizer -> {
                    times.incrementAndGet();
                    return views.page("conferences", "A title", localizer).addObject("conferences", List.of());
                });
        return times.get();
    }

    @Test
    void every_page_of_a_rehearsal_says_so_and_what_time_it_is() {
        Reply made = service.register("mlsys-2026", "industry").expect(201);
        browser.open(made);
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
    void amounts_times_and_seats_are_said_in_one_way() {
        String slug = service.putConference(10, 600);
        Map<String, String> form = browser.form(slug, "seat");
        form.put("attendees", "2");
        form.put("attendees[0].country", "GB");
        form.put("attendees[1].category", "seat");
        form.put("attendees[1].givenName", "Grace");
        form.put("attendees[1].familyName", "Hopper");
        form.put("attendees[1].email", "grace@example.org");
        String page = header(browser.post(register(slug), form), "Location");

        assertThat(browser.get(page).body().replaceAll("\\h", " "))
                .contains("Your seats are held until", "Please pay USD 200.00. Then your seats are confirmed.")
                .contains("(10 minutes left)", "<p>United Kingdom</p>")
                .containsPattern("<strong><time [^>]+>February \\d+, 2026, \\d+:\\d\\d [AP]M PST</time></strong>");
        assertThat(browser.get(page, "de").body().replaceAll("\\h", " "))
                .contains("Ihre Plätze sind reserviert bis", "Bitte zahlen Sie 200,00 USD.", "(noch 10 Minuten)")
                .contains("<p>Vereinigtes Königreich</p>", "<strong>Angemeldet</strong> <span>Referenz ")
                .containsPattern("<strong><time [^>]+>\\d+\\. Februar 2026, \\d\\d:\\d\\d PST</time></strong>");
    }

    @Test
    void pages_are_german_for_german_readers_and_english_otherwise() {
        assertThat(browser.get("/conferences/mlsys-2026", "de-AT,de;q=0.9")
                        .body()
                        .replaceAll("\\h", " "))
                .contains(
                        "<html lang=\"de\"", "Die Anmeldung ist offen.", "1. April 2026, 23:59 irgendwo auf der Erde");
        assertThat(browser.get("/nowhere", "de").body()).contains("Seite nicht gefunden");
        assertThat(browser.get("/nowhere", "fr").body()).contains("Page not found");
    }

    @Test
    void the_assets_are_there_under_names_that_change_with_them() {
        String page = browser.get("/open").body();
        for (String shared : List.of("ui.css", "icon.svg")) {
            assertThat(page).as("the gateway serves it").contains("href=\"" + new Assets().address(shared) + "\"");
        }
        java.util.regex.Matcher script =
                java.util.regex.Pattern.compile("/assets/open-[0-9a-f]+\\.js").matcher(page);
        assertThat(script.find()).isTrue();
        assertThat(browser.get(script.group()).statusCode()).isEqualTo(200);
        assertThat(page).doesNotContain("style=", "onclick=", "<style");
    }
}
