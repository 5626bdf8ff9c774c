package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, in a real browser, that a person waits, gets to the form and registers, and what the page says when something fails. */
@ExtendWith(SystemFixture.class)
@Timeout(600)
@Tag("faults")
class WaitingRoomBrowserIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long HALF_A_MINUTE = 30_500;
    private static final String REGISTERED = "**/registrations/*";

    private final Running running;
    private final LocalSystem system;
    private final String url;
    private final ApiClient api;
    private final Map<String, String> organiser;
    private final Chromium chromium;

    WaitingRoomBrowserIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        system = running.system();
        url = running.url();
        api = running.api();
        organiser = api.signIn("organiser");
    }

    @Test
    void place_survives_reload_and_second_tab_and_leads_to_the_form() {
        String slug = pausedRoom("waiting");
        String first = takePlace(slug);
        try (BrowserContext context = chromium.context(true)) {
            Page page = context.newPage();
            page.clock().install();
            page.navigate(url + "/conferences/" + slug + "/register");
            assertThat(page.url()).endsWith("/waiting-room/" + slug);
            assertThat(page.title()).isEqualTo("when the line moves on – You are in the waiting room for Rehearsed");
            assertThat(ahead(page)).isEqualTo(1);
            Chromium.picture(page, "waiting-room");
            assertThat(Chromium.faults(page)).isEmpty();
            page.reload();
            assertThat(ahead(page)).isEqualTo(1);
            Page secondTab = context.newPage();
            secondTab.navigate(url + "/waiting-room/" + slug);
            assertThat(ahead(secondTab)).isEqualTo(1);
            secondTab.close();
            tellsAtMostEveryHalfMinute(page);

            String place = cookie(context, "place-" + slug);
            api.get("/api/waiting-room/" + slug + "/place", Map.of("Authorization", "Bearer " + place))
                    .isProblem(403, "waiting-room");
            sale(slug, "open");
            await().pollInSameThread().atMost(SOON).ignoreExceptions().until(() -> {
                page.clock().fastForward(HALF_A_MINUTE);
                return page.url().endsWith("/register");
            });
            assertThat(api.get("/api/waiting-room/" + slug + "/place", Map.of("Authorization", "Bearer " + first))
                            .has(200)
                            .at("/state"))
                    .isEqualTo("admitted");
            assertThat(page.locator("form .notice").first().innerText())
                    .isEqualTo("Please submit this form within 14 minutes. After that you need a place in line again.");
            Chromium.picture(page, "waiting-room-admitted");
            String admission = cookie(context, "admission-" + slug);
            api.post(
                            "/api/conferences/" + slug + "/registrations",
                            ApiClient.body("guest", ApiClient.newAddress("copied")),
                            Map.of("Idempotency-Key", ApiClient.newKey(), "Admission-Token", admission))
                    .isProblem(403, "waiting-room");
            register(page);
            page.waitForURL(REGISTERED);

            page.navigate(url + "/conferences/" + slug + "/register");
            register(page);
            assertThat(page.locator("[role=alert]").innerText()).contains("good for one registration");
            Page newPlace = page.waitForPopup(
                    page.locator("[role=alert] a", new Page.LocatorOptions().setHasText("Take a place"))::click);
            newPlace.waitForURL("**/register", new Page.WaitForURLOptions().setTimeout(SOON.toMillis()));
            // Submits the form that stayed open in the first tab.
            send(page);
            page.waitForURL(REGISTERED);
        }
    }

    @Test
    void page_without_script_waits_in_german_on_a_narrow_dark_screen() {
        String slug = ApiClient.newSlug("refresh");
        api.putOnSale(slug, 100, "\"holdMinutes\": 20", 1_000);
        setOnPage(slug);
        // While the sale is paused nobody is called, however long the places take.
        sale(slug, "paused");
        awaitRoom(slug, "paused");
        for (int i = 0; i < 70; i++) {
            takePlace(slug);
        }
        sale(slug, "open");
        awaitRoom(slug, "on");
        try (BrowserContext context = chromium.narrowDarkGerman(false)) {
            Page page = context.newPage();
            List<String> loaded = new ArrayList<>();
            page.onRequest(request -> loaded.add(request.url()));
            page.navigate(url + "/conferences/" + slug + "/register");
            assertThat(page.locator("h1").textContent()).isEqualTo("Sie sind im Warteraum von Rehearsed");
            assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(320);
            Chromium.picture(page, "waiting-room-narrow-dark");
            int ahead = ahead(page);
            Page secondTab = context.newPage();
            secondTab.navigate(url + "/waiting-room/" + slug);
            assertThat(ahead(secondTab)).isBetween(1, ahead);
            secondTab.close();
            page.waitForURL("**/register", new Page.WaitForURLOptions().setTimeout(SOON.toMillis()));
            assertThat(loaded).contains(url + "/waiting-room/" + slug + "?again");
            assertThat(page.locator("form .notice").first().textContent())
                    .startsWith("Bitte schicken Sie dieses Formular innerhalb von 14 Minuten ab.");
            register(page);
            page.waitForURL(REGISTERED);
        }
    }

    @Test
    void draw_is_computed_alike_by_gateway_browser_and_the_published_program(@TempDir Path folder) throws Exception {
        String slug = ApiClient.newSlug("draw");
        api.putOnSale(slug, 100, "\"holdMinutes\": 20", 1_000);
        sale(slug, "paused");
        Instant drawAt = Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"))
                .plusSeconds(45);
        room(slug, "{\"mode\": \"auto\", \"drawAt\": \"%s\", \"perSecond\": null}".formatted(drawAt));
        awaitRoom(slug, "gathering");
        String commitment = api.get("/api/waiting-room/" + slug).at("/draw/commitment");
        List<String> early = new ArrayList<>(List.of(takePlace(slug), takePlace(slug)));
        try (BrowserContext context = chromium.context(true)) {
            Page page = context.newPage();
            page.navigate(url + "/waiting-room/" + slug);
            assertThat(page.locator("main").innerText())
                    .contains("Your number in the draw is 3.", "not drawn yet", "after the draw in 1 min");
            while (early.size() < 7) {
                early.add(takePlace(slug));
            }
            Chromium.picture(page, "waiting-room-draw");
            assertThat(Chromium.faults(page)).isEmpty();
            awaitRoom(slug, "paused");
            Answer report = api.get("/api/admin/waiting-room/" + slug + "/report", organiser)
                    .has(200);
            assertThat(report.at("/draw/commitment")).isEqualTo(commitment);
            List<String> order = verified(folder, report);
            assertThat(order).hasSize(8).doesNotHaveDuplicates();
            // The third place belongs to the browser.
            List<String> others = new ArrayList<>(order);
            others.remove(2);
            assertThat(early.stream().map(place -> position(slug, place))).containsExactlyElementsOf(others);
            page.locator("#ahead", new Page.LocatorOptions().setHasText(Integer.parseInt(order.get(2)) - 1 + ""))
                    .waitFor(new Locator.WaitForOptions().setTimeout(SOON.toMillis()));
            assertThat(page.locator("#note").innerText()).contains("nobody is being called");
            page.reload();
            assertThat(ahead(page)).isEqualTo(Integer.parseInt(order.get(2)) - 1);
        }
    }

    @Test
    void page_follows_a_draw_that_is_repeated() {
        String slug = ApiClient.newSlug("redrawn");
        api.putOnSale(slug, 100, "\"holdMinutes\": 20", 1_000);
        Instant drawAt = Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"))
                .plusSeconds(240);
        room(slug, "{\"mode\": \"auto\", \"drawAt\": \"%s\", \"perSecond\": null}".formatted(drawAt));
        awaitRoom(slug, "gathering");
        // The page's polls are answered as if the browser had drawn among a thousand early places.
        String draw = "{\"state\": \"paused\", \"seats\": \"plenty\", \"called\": 0, \"perSecond\": null,"
                + " \"draw\": {\"early\": 1000, \"seed\": \"%s\"}}";
        AtomicReference<String> answer = new AtomicReference<>(draw.formatted("first"));
        try (BrowserContext context = chromium.context(true)) {
            context.clock().install();
            context.route(
                    "**/api/waiting-room/" + slug,
                    asked -> asked.fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody(answer.get())));
            Page page = context.newPage();
            page.navigate(url + "/waiting-room/" + slug);
            String first = drawn("not drawn yet", page);

            answer.set(draw.formatted("second"));
            String second = drawn(first, page);
            Page anew = context.newPage();
            anew.navigate(url + "/waiting-room/" + slug);
            assertThat(drawn("not drawn yet", anew)).isEqualTo(second);
        }
    }

    @Test
    void page_works_with_the_gateway_alone() throws Exception {
        String slug = pausedRoom("alone");
        try (BrowserContext context = chromium.context(true);
                BrowserContext later = chromium.context(false)) {
            Page page = context.newPage();
            page.navigate(url + "/waiting-room/" + slug);
            assertThat(ahead(page)).isZero();
            system.stop("registration-service");
            try {
                page.reload();
                assertThat(ahead(page)).isZero();
                Page another = later.newPage();
                another.navigate(url + "/waiting-room/" + slug);
                assertThat(ahead(another)).isEqualTo(1);
                assertThat(another.locator(".line").evaluate("line => getComputedStyle(line).display"))
                        .as("the stylesheet is loaded")
                        .isEqualTo("flex");
            } finally {
                system.start("registration-service");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes five minutes")
    void unused_turn_is_reported_as_missed() {
        String slug = pausedRoom("missed");
        try (BrowserContext context = chromium.context(true)) {
            Page page = context.newPage();
            page.navigate(url + "/waiting-room/" + slug);
            page.navigate("about:blank");
            sale(slug, "open");
            await().atMost(SOON)
                    .until(() ->
                            api.get("/api/waiting-room/" + slug).at("/called").equals("1"));
            Instant called = Instant.now();
            await().atMost(Duration.ofMinutes(6))
                    .until(() -> called.plusSeconds(302).isBefore(Instant.now()));
            page.navigate(url + "/waiting-room/" + slug);
            assertThat(page.locator("h1").innerText()).isEqualTo("Your turn is over");
            Chromium.picture(page, "waiting-room-missed");
            assertThat(Chromium.faults(page)).isEmpty();
            page.locator("main form button").click();
            page.waitForURL("**/register", new Page.WaitForURLOptions().setTimeout(SOON.toMillis()));
        }
    }

    /** Creates a conference with a room that is on, in which nobody is called. */
    private String pausedRoom(String name) {
        String slug = ApiClient.newSlug(name);
        api.putOnSale(slug, 100, "\"holdMinutes\": 20", 1_000);
        sale(slug, "paused");
        room(slug, "{\"mode\": \"on\", \"drawAt\": null, \"perSecond\": null}");
        awaitRoom(slug, "paused");
        return slug;
    }

    private void sale(String slug, String state) {
        api.put("/api/admin/conferences/" + slug + "/sale", "{\"state\": \"" + state + "\"}", organiser)
                .has(200);
    }

    private void room(String slug, String settings) {
        api.put("/api/admin/waiting-room/" + slug, settings, organiser).has(200);
    }

    /** Sets the room to one registration a second after an invalid number, in German on a narrow dark screen without JavaScript. */
    private void setOnPage(String slug) {
        String path = "/desk/" + slug + "/waiting-room";
        try (StaffBrowser desk = StaffBrowser.signedIn(chromium, running, Look.PLAIN_PHONE, "organiser", path)) {
            Page page = desk.page();
            page.locator("#room-mode").selectOption("on");
            page.locator("#room-perSecond").fill("0");
            page.locator("main form button").click();
            page.locator("[role=alert] a[href='#room-perSecond']").waitFor();
            assertThat(page.locator("#room-mode").inputValue()).isEqualTo("on");
            desk.check("desk-waiting-room-refused");
            page.locator("#room-perSecond").fill("1");
            page.locator("main form button").click();
            page.waitForURL("**" + path + "?saved");
            assertThat(page.locator("[role=status]").textContent()).contains("Gespeichert.");
            awaitRoom(slug, "on");
            page.locator("main a[href='" + path + "/report']").click();
            page.locator("main p a[href='" + path + "']").click();
            page.waitForURL("**" + path);
        }
    }

    private void awaitRoom(String slug, String state) {
        await().atMost(SOON)
                .until(() -> api.get("/api/waiting-room/" + slug).at("/state").equals(state));
    }

    /** Takes a place by the API, and returns its token. */
    private String takePlace(String slug) {
        Answer taken = await().atMost(SOON)
                .until(
                        () -> api.send("POST", "/api/waiting-room/" + slug + "/places", null, Map.of()),
                        answer -> answer.status() == 201);
        return taken.at("/placeToken");
    }

    private String position(String slug, String place) {
        return api.get("/api/waiting-room/" + slug + "/place", Map.of("Authorization", "Bearer " + place))
                .has(200)
                .json()
                .get("position")
                .toString();
    }

    private static int ahead(Page page) {
        return Integer.parseInt(page.locator("#ahead").textContent());
    }

    /** Waits, on a fast clock, until the page has a position other than that before. Returns it. */
    private static String drawn(String before, Page page) {
        assertThat(page.locator("#ahead").textContent()).isEqualTo(before);
        page.clock().fastForward(330_000);
        return await().pollInSameThread()
                .atMost(SOON)
                .until(() -> page.locator("#ahead").textContent(), shown -> !shown.equals(before));
    }

    private static String cookie(BrowserContext context, String name) {
        return context.cookies().stream()
                .filter(cookie -> cookie.name.equals(name))
                .map(cookie -> cookie.value)
                .findFirst()
                .orElseThrow();
    }

    private static void tellsAtMostEveryHalfMinute(Page page) {
        page.evaluate("""
                window.told = [];
                new MutationObserver(() => told.push(document.getElementById('said').textContent))
                  .observe(document.getElementById('said'), { childList: true })
                """);
        page.clock().runFor(2 * HALF_A_MINUTE);
        assertThat((List<?>) page.evaluate("told"))
                .singleElement()
                .asString()
                .startsWith("Registration is not open at the moment")
                .endsWith("People ahead of you: 1. Your turn: when the line moves on.");
    }

    private static void register(Page page) {
        String email = ApiClient.newAddress("waited");
        page.locator("[name='contact.name']").fill("Ada Lovelace");
        page.locator("[name='contact.email']").fill(email);
        page.locator("[name='attendees[0].category']").selectOption("guest");
        page.locator("[name='attendees[0].givenName']").fill("Ada");
        page.locator("[name='attendees[0].familyName']").fill("Lovelace");
        page.locator("[name='attendees[0].email']").fill(email);
        page.locator("[name='acceptedCodeOfConduct']").check();
        send(page);
    }

    private static void send(Page page) {
        page.locator("button[value=register]").last().click();
        page.waitForLoadState(LoadState.LOAD);
    }

    /** Runs the public verification program on the organiser's report. Returns the drawn order of the early places. */
    private static List<String> verified(Path folder, Answer report) throws Exception {
        Path room = Files.writeString(folder.resolve("report.json"), report.text());
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        "node",
                        TestSystems.CHECKOUT.resolve("docs/verify-draw.mjs").toString(),
                        room.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Arrays.asList(Files.readString(output).strip().split(" "));
    }
}
