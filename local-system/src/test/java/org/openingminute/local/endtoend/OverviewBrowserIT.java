package org.openingminute.local.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves that an organiser can watch, pause and resume a sale in a real browser. */
@ExtendWith(SystemFixture.class)
class OverviewBrowserIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    /** The limit for the part that reloads, in compressed bytes. */
    private static final int PART = 5_000;

    private static final String FIGURES = "#overview-live dl";

    private final Running running;
    private final ApiClient api;
    private final Chromium chromium;

    OverviewBrowserIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        this.api = running.api();
    }

    @ParameterizedTest
    @EnumSource
    void overview_follows_the_sale_and_pauses_it(Look look) {
        String slug = conference();
        try (StaffBrowser browser = overview(look, slug)) {
            Page page = browser.page();
            assertThat(page.locator(FIGURES)).containsText(look.text("desk.overview.of-seats", 10));
            register(slug).has(201);
            shows(page, look, held(look, 1));
            browser.check("desk-overview");

            page.locator("#sale-message").fill("A short break.");
            page.locator("#sale-form button").click();
            assertThat(page.locator("#overview-live .status")).hasText(look.text("desk.sale.paused"));
            assertThat(page.locator("#overview-live")).containsText("A short break.");
            browser.check("desk-overview-paused");
            register(slug).isProblem(409, "paused");
            page.locator("#sale-form button").click();
            assertThat(page.locator("#overview-live .status")).hasText(look.text("desk.sale.open"));
            register(slug).has(201);
            shows(page, look, held(look, 2));

            browser.go("/desk/" + slug + "?wall");
            assertThat(page.locator("body > header")).isHidden();
            browser.check("desk-wall");
            browser.go("/desk/" + slug + "/needs");
            assertThat(page.locator(".empty")).isVisible();
            browser.check("desk-needs");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** A reload of the surrounding part does not close details that the reader has opened. */
    @Test
    void numbers_that_are_read_stay_until_they_are_folded_up() {
        String slug = conference();
        try (StaffBrowser browser = overview(Look.WIDE, slug)) {
            Page page = browser.page();
            Locator numbers = page.locator("#overview-live details").first();
            numbers.locator("summary").click();
            register(slug).has(201);
            for (int i = 0; i < 2; i++) {
                page.waitForResponse(answer -> answer.url().contains("/desk/" + slug), () -> {});
            }
            assertThat(numbers).hasAttribute("open", "");
            assertThat(page.locator(FIGURES)).containsText(held(Look.WIDE, 0), innerText());
            numbers.locator("summary").click();
            page.locator("h1").click();
            shows(page, Look.WIDE, held(Look.WIDE, 1));
        }
    }

    /** A click moves the focus to the table. A part with keyboard focus would not reload. */
    @Test
    void overview_follows_the_sale_after_a_click_on_a_table() {
        String slug = conference();
        try (StaffBrowser browser = overview(Look.WIDE, slug)) {
            Page page = browser.page();
            page.locator("#overview-live [role=region] caption").last().click();
            register(slug).has(201);
            shows(page, Look.WIDE, held(Look.WIDE, 1));
        }
    }

    @Test
    void parts_that_load_themselves_are_light() {
        String slug = conference();
        register(slug).has(201);
        try (StaffBrowser browser = overview(Look.WIDE, slug)) {
            for (String part : List.of("/desk/" + slug, "/check-in/" + slug + "/counts")) {
                assertThat((int) browser.page().evaluate("""
                        async (part) => {
                          const answer = await fetch(part, { headers: { 'HX-Request': 'true' } });
                          await answer.text();
                          return performance.getEntriesByName(answer.url).at(-1).encodedBodySize;
                        }
                        """, part))
                        .as(part)
                        .isPositive()
                        .isLessThan(PART);
            }
        }
    }

    private String conference() {
        String slug = ApiClient.newSlug("overview");
        api.putOnSale(slug, 10, "\"holdMinutes\": 15", 10_000);
        return slug;
    }

    private StaffBrowser overview(Look look, String slug) {
        return StaffBrowser.signedIn(chromium, running, look, "organiser", "/desk/" + slug);
    }

    private static String held(Look look, int seats) {
        return look.text("desk.overview.held") + " " + seats;
    }

    /** One look updates by itself; the others, some without JavaScript, are reloaded. */
    private static void shows(Page page, Look look, String figure) {
        if (look != Look.WIDE) {
            page.reload();
        }
        assertThat(page.locator(FIGURES)).containsText(figure, innerText());
    }

    private static ContainsTextOptions innerText() {
        return new ContainsTextOptions().setUseInnerText(true).setTimeout(SOON.toMillis());
    }

    private Answer register(String slug) {
        return api.post(
                "/api/conferences/" + slug + "/registrations",
                ApiClient.body("guest", ApiClient.newAddress("overview")),
                Map.of("Idempotency-Key", ApiClient.newKey()));
    }
}
