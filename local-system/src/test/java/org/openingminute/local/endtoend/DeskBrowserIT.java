package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, in a real browser, what organisers do on their pages. */
@ExtendWith(SystemFixture.class)
class DeskBrowserIT {

    private static final String LIST = "/desk/mlsys-2026/registrations";
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Running running;
    private final ApiClient api;
    private final Chromium chromium;

    DeskBrowserIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        this.api = running.api();
    }

    @ParameterizedTest
    @EnumSource
    void organiser_signs_in_finds_a_registration_by_its_reference_and_opens_it(Look look) {
        Registered made = api.register("mlsys-2026", "academic", ApiClient.newAddress("desk"));
        String reference = made.answer().at("/reference");
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, look, "organiser", LIST)) {
            Page page = browser.page();
            page.getByRole(AriaRole.SEARCHBOX).fill(reference.toLowerCase(Locale.ROOT));
            if (!look.hasScripts()) {
                page.getByRole(AriaRole.SEARCHBOX).press("Enter");
            }
            page.waitForURL(address -> address.contains("q=" + reference.toLowerCase(Locale.ROOT)));
            page.locator("#registrations tbody tr:only-child").waitFor();
            browser.check("desk-registrations");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(reference))
                    .click();
            page.waitForURL("**" + LIST + "/" + made.id());
            assertThat(page.locator("h1").innerText()).contains(reference);
            assertThat(page.locator("main").innerText()).contains("@", "USD");
            browser.check("desk-registration");
            assertThat(browser.complaints()).isEmpty();
            page.locator("form[action='/sign-out'] button").click();
            page.waitForURL("**/sign-out");
            browser.go(LIST);
            assertThat(page.url()).contains("/sign-in?to=");
        }
    }

    @Test
    void list_is_read_by_keyboard_alone() {
        String family = "K" + ApiClient.newKey().replaceAll("[^a-z]", "");
        String body = ApiClient.body("academic", ApiClient.newAddress("desk")).replace("Lovelace", family);
        for (int i = 0; i < 2; i++) {
            api.attempt("mlsys-2026", body, ApiClient.newKey()).has(201);
        }
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, Look.WIDE, "finance", LIST)) {
            Page page = browser.page();
            await().pollInSameThread().atMost(SOON).until(() -> {
                browser.go(LIST + "?q=" + family);
                return page.locator("#registrations tbody tr").count() == 2;
            });
            page.keyboard().press("/");
            assertThat(page.evaluate("document.activeElement.type")).isEqualTo("search");
            page.keyboard().press("ArrowDown");
            page.keyboard().press("ArrowDown");
            Object second = page.evaluate("document.activeElement.getAttribute('href')");
            assertThat(second)
                    .isEqualTo(page.locator("#registrations tbody th a").nth(1).getAttribute("href"));
            page.keyboard().press("Enter");
            page.waitForURL("**" + second);
            assertThat(page.locator("h1").innerText()).startsWith("Registration ");
            assertThat(browser.complaints()).isEmpty();
        }
    }
}
