package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.ui.desk.DeskEntry;

/** Each page of the navigation for staff is taken a picture of, as it is during a sale. */
@ExtendWith(SystemFixture.class)
class GalleryIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Running running;
    private final ApiClient api;
    private final Chromium chromium;
    private final String slug = ApiClient.newSlug("gallery");

    GalleryIT(Running running, Chromium chromium) {
        this.running = running;
        this.api = running.api();
        this.chromium = chromium;
    }

    @Test
    void pages_of_the_navigation_are_accessible_and_have_pictures() throws Exception {
        Map<String, String> organiser = api.signIn("organiser");
        sell(organiser);
        try (StaffBrowser browser =
                StaffBrowser.signedIn(chromium, running, Look.WIDE, "organiser", DeskEntry.OVERVIEW.address(slug))) {
            for (DeskEntry entry : DeskEntry.values()) {
                browser.go(entry.address(slug));
                assertThat(browser.page().locator("h1").count())
                        .as(entry.name())
                        .isEqualTo(1);
                browser.check("desk-" + entry.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            }
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private void sell(Map<String, String> organiser) throws Exception {
        String definition = ApiClient.withStudents(
                ApiClient.definition(slug, 50, "\"invoiceDays\": 14, \"holdMinutes\": 20", 95_000));
        api.put("/api/admin/conferences/" + slug, definition, organiser).has(201);
        Registered paid = api.register(slug, "guest", ApiClient.newAddress("ada"));
        api.pay(paid);
        api.registerByInvoice(slug, "guest", ApiClient.newAddress("ada"));
        api.sendProof(api.register(slug, "student", ApiClient.newAddress("ada")));
        api.awaitStatus(paid, "confirmed", SOON);
        String desk = "/api/admin/conferences/" + slug;
        await().atMost(SOON)
                .until(() -> api.get(desk + "/needs", organiser).text().contains("\"proof\"")
                        && api.get("/api/admin/mails?registration=" + paid.id(), organiser)
                                .text()
                                .contains("\"confirmation\""));
    }
}
