package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves, in a real browser, that the desk reports the missing parts and works otherwise while services that own parts of it are killed.
 */
@ExtendWith(SystemFixture.class)
@Timeout(300)
@Tag("faults")
@Tag("second")
class DeskSurvivalIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String AWAY = "This part does not answer right now. The others work without it.";
    private static final List<String> REGISTRATION = List.of("registration-service");
    private static final List<String> MONEY_AND_MAILS = List.of("payment-service", "notification-service");

    private final Running running;
    private final ApiClient api;
    private final String slug = ApiClient.newSlug("desk-without");
    private final String desk = "/desk/" + slug;
    private final Chromium chromium;

    DeskSurvivalIT(Running running, Chromium chromium) {
        this.running = running;
        this.chromium = chromium;
        this.api = running.api();
    }

    @Test
    void desk_works_but_for_what_killed_services_own() throws Exception {
        putOnSale();
        Registered paid = api.register(slug, "guest", ApiClient.newAddress("paid"));
        api.pay(paid);
        api.awaitStatus(paid, "confirmed", SOON);
        Map<String, String> organiser = api.signIn("organiser");
        await().atMost(SOON)
                .until(() -> !api.get("/api/admin/mails?registration=" + paid.id(), organiser)
                        .json()
                        .at("/items")
                        .isEmpty());
        Registered student = api.register(slug, "student", ApiClient.newAddress("student"));
        api.sendProof(student);
        String one = desk + "/registrations/" + paid.id();
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, Look.WIDE, "organiser", one)) {
            assertWhole(browser, paid);

            kill(MONEY_AND_MAILS);
            try {
                assertOpen(browser, "/desk", "/check-in/" + slug);
                assertOpen(browser, below("", "/registrations", "/needs", "/proofs", "/transfers", "/exports"));
                assertOpen(browser, below("/waiting-room", "/waiting-room/report"));
                assertPartsAreMissing(browser, paid);
                assertAway(browser, one + "/money", one + "/mails");
                assertAway(browser, below("/money", "/mails", "/badges"));
                browser.check("desk-away");
                assertThat(audit(browser)).contains("is missing: payments, emails.");
                pauseAndContinueTheSale(browser.page());
                acceptTheProof(browser.page(), student);
                checkIn(paid);
            } finally {
                running.start(MONEY_AND_MAILS);
            }
            awaitOpen(browser, one + "/money", one + "/mails");

            browser.go(desk + "/registrations");
            kill(REGISTRATION);
            try {
                assertSaidWhileTyping(browser.page());
                assertOpen(browser, one + "/money", one + "/mails");
                assertOpen(browser, below("/money", "/mails", "/badges", "/waiting-room/report"));
                assertThat(audit(browser)).contains("is missing: registrations.", "opened a payment");
                assertAway(browser, one, "/desk");
                assertAway(browser, below("", "/registrations", "/proofs", "/waiting-room"));
                browser.page().locator("nav a[href='" + desk + "/money']").click();
                browser.page().waitForURL("**" + desk + "/money");
            } finally {
                running.start(REGISTRATION);
            }
            awaitOpen(browser, one);

            assertWhole(browser, paid);
            api.awaitStatus(student, "pending-payment", SOON);
            api.pay(student);
            api.awaitStatus(student, "confirmed", SOON);
        }
    }

    /** Creates a conference with the categories guest and student; students need a proof. */
    private void putOnSale() {
        String definition =
                ApiClient.definition(slug, 50, "\"holdMinutes\": 20", 10_000).replace("\"categories\": [", """
                        "categories": [{"code": "student", "name": "Student", "needsProof": true, "amounts": {"only": 3000}},
                        """);
        api.put("/api/admin/conferences/" + slug, definition, api.signIn("organiser"))
                .has(201);
        await().atMost(SOON)
                .until(() -> api.get("/api/conferences/" + slug + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    /** Kills services, which then stay down until they are started. */
    private void kill(List<String> services) throws Exception {
        for (String service : services) {
            ProcessHandle.of(running.system().pid(service)).orElseThrow().destroyForcibly();
        }
        running.stop(services);
    }

    private String[] below(String... paths) {
        return List.of(paths).stream().map(path -> desk + path).toArray(String[]::new);
    }

    /** Waits, because the gateway calls a returned service only some seconds later. */
    private void awaitOpen(StaffBrowser browser, String... paths) {
        for (String path : paths) {
            await(path).pollInSameThread().atMost(SOON).until(() -> status(browser, path) == 200);
        }
    }

    private void assertOpen(StaffBrowser browser, String... paths) {
        for (String path : paths) {
            assertThat(status(browser, path)).as(path).isEqualTo(200);
        }
    }

    /** Asserts that the pages report the outage inside the frame with its navigation. */
    private void assertAway(StaffBrowser browser, String... paths) {
        for (String path : paths) {
            assertThat(status(browser, path)).as(path).isEqualTo(503);
            Page page = browser.page();
            assertThat(page.locator("main").innerText()).as(path).contains(AWAY);
            assertThat(page.locator("main a", new Page.LocatorOptions().setHasText("Try again"))
                            .getAttribute("href"))
                    .isEqualTo(path);
            assertThat(page.locator("nav a[href='" + desk + "/audit']").count())
                    .as(path)
                    .isEqualTo(path.equals("/desk") ? 0 : 1);
        }
    }

    private int status(StaffBrowser browser, String path) {
        return browser.page().navigate(running.url() + path).status();
    }

    private String audit(StaffBrowser browser) {
        assertOpen(browser, desk + "/audit");
        return browser.page().locator("#audit").innerText();
    }

    private void assertWhole(StaffBrowser browser, Registered registered) {
        browser.go(desk + "/registrations/" + registered.id());
        Page page = browser.page();
        page.locator("#registration-money table").first().waitFor();
        page.locator("#registration-mails table").waitFor();
        assertThat(page.locator("[data-failed] .notice.bad").count()).isZero();
    }

    /** Asserts this for a registration that is found by its reference. */
    private void assertPartsAreMissing(StaffBrowser browser, Registered registered) {
        Page page = browser.page();
        String reference = registered.answer().at("/reference");
        browser.go(desk + "/registrations?q=" + reference);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(reference))
                .click();
        page.waitForURL("**/" + registered.id());
        Locator said = page.locator("[data-failed] .notice.bad");
        said.nth(1).waitFor();
        assertThat(said.allInnerTexts()).containsExactly(AWAY, AWAY);
        assertThat(page.locator("main").innerText()).contains(reference, "Confirmed", "@example.org");
        browser.check("desk-registration-without-parts");
    }

    /** Asserts that the message replaces the list while somebody types. */
    private static void assertSaidWhileTyping(Page page) {
        page.getByRole(AriaRole.SEARCHBOX).fill("love");
        assertThat(page.locator("#registrations > .notice.bad").innerText()).isEqualTo(AWAY);
    }

    private void pauseAndContinueTheSale(Page page) {
        page.navigate(running.url() + desk);
        page.locator("#sale-message").fill("We are looking into payments.");
        page.locator("button[value=paused]").click();
        page.locator("button[value=open]").click();
        page.locator("button[value=paused]").waitFor();
    }

    private void acceptTheProof(Page page, Registered student) {
        page.navigate(running.url() + desk + "/proofs/next");
        page.waitForURL("**/" + student.id() + "/**");
        page.locator("button[value=accept]").click();
        page.waitForURL("**" + desk + "/proofs?done=accepted");
        api.awaitStatus(student, "pending-payment", SOON);
    }

    private void checkIn(Registered registered) {
        Map<String, String> helper = new HashMap<>(api.signIn("check-in"));
        helper.put("Idempotency-Key", ApiClient.newKey());
        api.post(
                        "/api/admin/check-ins",
                        "{\"gate\": \"north\", \"attendee\": \"%s\"}"
                                .formatted(registered.answer().at("/attendees/0/id")),
                        helper)
                .has(201);
    }
}
