package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import tools.jackson.databind.JsonNode;

/** Proves, in a real browser, how a helper at the entrance checks tickets in: typed, scanned by a camera, and scanned without a network. */
@ExtendWith(SystemFixture.class)
class DoorBrowserIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** The limit for the page with everything that it loads at once, in bytes. */
    private static final int FIRST_LOAD = 50_000;

    /** Holds the button for longer than a list takes to change; the change must not remove the button meanwhile. */
    private static final Locator.ClickOptions AS_A_FINGER = new Locator.ClickOptions().setDelay(500);

    private static final int OFFLINE_SCANS = 20;

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int CODE = 440;
    private static final int FRAMES_A_SECOND = 5;

    private final Running running;
    private final ApiClient api;
    private final Map<String, String> helper;
    private final TicketSigner signer;
    private String slug = "";
    private final Chromium chromium;

    DoorBrowserIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        api = running.api();
        helper = api.signIn("check-in");
        signer = TicketSigner.of(new SystemInside(running.system().settings())
                .registrationInstance()
                .get("TICKET_KEYS"));
    }

    @BeforeEach
    void conference() {
        slug = ApiClient.newSlug("door");
        api.putOnSale(slug, 100, "\"holdMinutes\": 15", 0);
    }

    @ParameterizedTest
    @EnumSource
    void typed_ticket_is_in_then_already_in_and_a_cancelled_one_has_ended(Look look) {
        Registered ada = registered();
        Registered grace = registered();
        Registered cancelled = registered();
        cancel(cancelled);
        try (StaffBrowser browser = atTheDoor(chromium, look)) {
            Page page = browser.page();
            browser.check("door");
            page.locator("#gate").fill("north");

            assertThat(word(page, ticket(ada))).isEqualTo(look.text("door.in"));
            assertThat(page.locator(".verdict:visible").innerText()).contains("Ada Lovelace", "Guest", "north");
            browser.check("door-in");
            next(page);
            assertThat(page.locator("#gate").inputValue()).isEqualTo("north");
            assertThat(word(page, ticket(ada))).isEqualTo(look.text("door.already"));
            next(page);
            assertThat(word(page, ticket(cancelled))).isEqualTo(look.text("door.ended"));
            browser.check("door-ended");
            next(page);
            assertThat(word(page, "T1.k1." + slug + ".nothing")).isEqualTo(look.text("door.not-ours"));
            next(page);
            assertThat(word(page, grace.answer().at("/reference"))).isEqualTo(look.text("door.in"));
            // Chromium's console reports the API's refusals as errors.
            assertThat(browser.complaints()).allSatisfy(one -> assertThat(one).contains("status of 4"));
        }
        assertThat(inside()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void attendee_is_found_by_name_let_in_and_sent_back(Look look) {
        Registered ada = registered();
        await().atMost(SOON).until(() -> page("?q=love").contains(attendee(ada)));
        try (StaffBrowser browser = atTheDoor(chromium, look)) {
            Page page = browser.page();
            page.locator("#gate").fill("desk");
            page.locator("#found-query").fill("lov");
            if (!look.hasScripts()) {
                page.locator(".filters button").click();
            }
            page.locator("#found button[name=attendee]").waitFor();
            if (!look.hasScripts()) {
                page.locator("#gate").fill("desk");
            }
            String badge = page.locator("#found a[target=_blank]").getAttribute("href");
            await().atMost(SOON).until(() -> api.get(badge, helper).text().startsWith("%PDF-"));
            page.locator("#found button[name=attendee]").click(AS_A_FINGER);
            page.locator(".verdict:visible .word").waitFor();
            assertThat(page.locator(".verdict:visible .word").innerText()).isEqualTo(look.text("door.in"));
            if (look.hasScripts()) {
                page.locator(".to-undo").click();
            }
            page.locator("details.card summary").click();
            page.locator("#reason").fill("wrong person");
            page.locator("details.card button").click();
            page.locator("section.verdict.wait").waitFor();
            assertThat(page.locator("section.verdict .word").innerText()).isEqualTo(look.text("door.undone"));
        }
        assertThat(inside()).isEmpty();
    }

    @Test
    void camera_reads_tickets_and_each_is_answered_once_while_it_is_seen(@TempDir Path folder) throws Exception {
        Registered ada = registered();
        Registered cancelled = registered();
        cancel(cancelled);
        Path film = film(folder.resolve("tickets.y4m"), ticket(ada), ticket(cancelled));
        try (Chromium withCamera = new Chromium(
                        "--use-fake-device-for-media-stream",
                        "--use-fake-ui-for-media-stream",
                        "--use-file-for-fake-video-capture=" + film);
                StaffBrowser browser = atTheDoor(withCamera, Look.WIDE)) {
            Page page = browser.page();
            // Removes the browser's own detector, so that the page's code is tested.
            page.evaluate("delete window.BarcodeDetector");
            page.locator("#gate").fill("north");
            // The result of a valid ticket is shown for two seconds, which a busy machine may miss, so an observer
            // records it.
            page.evaluate("""
                    void (window.words = new Set(), new MutationObserver(([{ target }]) => target.open
                      && words.add(target.querySelector('.word').textContent))
                      .observe(document.getElementById('overlay'), { attributeFilter: ['open'] }))
                    """);
            page.locator("#camera").click();

            await().pollInSameThread().atMost(SOON).until(() -> {
                if (page.locator("#overlay[open]").count() > 0) {
                    page.keyboard().press("Escape");
                }
                return words(page).containsAll(List.of("In", "Already in", "Ended"));
            });
            assertThat(words(page)).hasSize(3);
            assertThat(page.evaluate("document.querySelector('video').srcObject !== null"))
                    .isEqualTo(true);
            // Clicks the button even if the next result covers it.
            page.locator("#camera").dispatchEvent("click");
            assertThat(page.evaluate("document.querySelector('video').srcObject"))
                    .isNull();
            assertThat(browser.complaints()).allSatisfy(one -> assertThat(one).contains("status of 409"));
        }
        assertThat(inside()).hasSize(1);
    }

    @Test
    void page_that_is_not_secure_says_why_there_is_no_camera() {
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.addInitScript("Object.defineProperty(window, 'isSecureContext', { value: false })");
            page.reload();
            page.locator("#no-camera").waitFor();

            assertThat(page.locator("#no-camera").innerText()).contains("only over https");
            assertThat(page.locator("#camera").isVisible()).isFalse();
        }
    }

    @Test
    void scans_without_a_network_outlive_page_and_session_and_are_sent_once() {
        List<Registered> people = new ArrayList<>();
        for (int i = 0; i < OFFLINE_SCANS; i++) {
            people.add(registered());
        }
        Registered cancelled = registered();
        cancel(cancelled);
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page first = browser.page();
            // Excludes what the page then stores to open without a network.
            assertThat((int) first.evaluate("""
                    () => {
                      const loaded = performance.getEntriesByType('navigation')[0].loadEventStart;
                      return performance.getEntries().filter(({ startTime }) => startTime < loaded)
                        .reduce((sum, one) => sum + (one.encodedBodySize ?? 0), 0);
                    }
                    """)).isPositive().isLessThan(FIRST_LOAD);
            first.locator("#offline[data-prepared]").waitFor();
            first.evaluate("navigator.serviceWorker.ready.then(() => true)");
            first.context().setOffline(true);
            first.reload();
            first.locator("#gate").fill("phone");
            for (Registered one : people) {
                assertThat(word(first, ticket(one))).isEqualTo("In");
                assertThat(first.locator("#overlay").innerText()).contains("kept on this device");
                next(first);
            }
            assertThat(word(first, ticket(people.getFirst()))).isEqualTo("Already in");
            next(first);
            assertThat(word(first, ticket(cancelled))).isEqualTo("Ended");
            next(first);
            first.evaluate(
                    "void (crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError')))");
            assertThat(word(first, ticket(people.getLast())))
                    .as("by the library")
                    .isEqualTo("Already in");
            next(first);
            assertThat(word(first, ticket(people.getLast()).replaceFirst(".$", "!")))
                    .isEqualTo("Not ours");
            next(first);
            String forged = ticket(people.getLast()).replace("." + attendee(people.getLast()), "." + UUID.randomUUID());
            assertThat(word(first, forged)).isEqualTo("Not ours");
            api.post(
                            "/api/admin/check-ins",
                            "{\"gate\": \"south\", \"ticket\": \"" + ticket(people.getLast()) + "\"}",
                            helper)
                    .has(201);

            Page page = first.context().newPage();
            first.close();
            page.navigate(running.url() + "/check-in/" + slug);
            awaitText(page, ".waiting", "" + OFFLINE_SCANS);
            page.context().clearCookies();
            page.context().setOffline(false);
            page.locator(".to-sign-in:visible").waitFor();
            assertThat(page.locator("#offline .waiting").innerText()).contains("" + OFFLINE_SCANS);
            page.locator(".to-sign-in").click();
            page.locator("[name=username]").fill("check-in");
            page.locator("[name=password]").fill(running.password());
            page.locator("main form button").click();

            awaitText(page, ".contradictions:visible li", "Ada Lovelace");
            assertThat(page.locator(".contradictions li").allInnerTexts())
                    .singleElement()
                    .asString()
                    .contains("Ada Lovelace", "phone", "Already in", "south");
            assertThat(page.locator(".contradictions li a").getAttribute("href"))
                    .isEqualTo("/check-in/" + slug + "?q=" + attendee(people.getLast()));
            assertThat(stored(page, "contradictions"))
                    .contains("already-checked-in")
                    .doesNotContain("Lovelace");
            awaitText(page, ".waiting", "");
            page.locator(".contradictions button").click();
            page.locator(".contradictions").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
        }
        List<String> gates =
                inside().stream().map(one -> one.at("/gate").asString()).toList();
        assertThat(gates).hasSize(OFFLINE_SCANS).containsOnlyOnce("south");
    }

    @Test
    void scans_wait_for_somebody_who_may_send_them_and_for_their_own_page() {
        Registered ada = registered();
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#offline[data-prepared]").waitFor();
            page.evaluate("""
                    import('/assets/door-offline.js').then((offline) => offline.keep(
                      { key: 'of-another', conference: 'elsewhere', about: 'x', attendee: 'x', gate: 'y', at: '2026-05-18T09:00:00Z' }))
                    """);
            // Simulates a refusal for a role of another conference.
            page.evaluate("""
                    void (window.ours = window.fetch, window.fetch = (path, ...more) => path === '/api/admin/check-ins'
                      ? Promise.resolve(new Response('{}', { status: 403 })) : ours(path, ...more))
                    """);
            page.locator("#gate").fill("phone");
            assertThat(word(page, ticket(ada))).isEqualTo("In");
            awaitText(page, ".state", "may not check people in");
            awaitText(page, ".waiting", "1");

            page.evaluate("void (window.fetch = ours, window.dispatchEvent(new Event('online')))");
            awaitText(page, ".state", "can go on without a network");
            awaitText(page, ".waiting", "");
            assertThat(stored(page, "contradictions")).isEqualTo("[]");
            assertThat(page.evaluate("import('/assets/door-offline.js').then(({ scans }) => scans('elsewhere'))"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(1);
        }
        assertThat(inside()).hasSize(1);
    }

    @Test
    void kept_names_are_searched_without_a_network_until_somebody_signs_out() {
        Registered ada = registered();
        await().atMost(SOON).until(() -> page("?q=love").contains(attendee(ada)));
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#gate").fill("phone");
            page.locator("#offline[data-prepared]").waitFor();
            page.context().setOffline(true);
            page.locator("#code").fill(ada.answer().at("/reference"));
            page.locator("#code").press("Enter");
            awaitNobody(page, "no names are kept on this device");
            page.context().setOffline(false);
            page.locator("#keep-names").check();
            await().pollInSameThread().atMost(SOON).until(() -> areNamesKept(page, slug));
            page.context().setOffline(true);
            page.locator("#code").press("Enter");
            awaitNobody(page, "none of them fits");
            page.locator("#code").fill("lovel");
            page.locator("#code").press("Enter");
            page.locator("#found button[name=attendee]").waitFor();
            page.locator("#found-query").fill("zz");
            awaitNobody(page, "none of them fits");
            page.locator("#found-query").fill("lov");
            page.locator("#found button[name=attendee]").click(AS_A_FINGER);
            page.locator("#overlay[open] .word").waitFor();
            assertThat(page.locator("#overlay").innerText()).contains("In", "Ada Lovelace", "kept on this device");
            next(page);
            assertThat(stored(page, "scans")).contains(attendee(ada)).doesNotContain("Lovelace");
            page.locator("#found button[name=attendee]").click();
            page.locator("#overlay.wait[open] .word").waitFor();
            assertThat(page.locator("#overlay").innerText()).contains("Already in", "Ada Lovelace");
            next(page);

            page.context().setOffline(false);
            await().atMost(SOON).until(() -> inside().size() == 1);
            assertThat(areNamesKept(page, slug)).isTrue();
            page.locator("#sign-out button").click();
            page.locator("#sign-out").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            assertThat(areNamesKept(page, slug)).isFalse();
        }
    }

    @Test
    void page_opens_without_a_network_after_a_search_too() {
        Registered ada = registered();
        await().atMost(SOON).until(() -> page("?q=love").contains(attendee(ada)));
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#offline[data-prepared]").waitFor();
            page.evaluate("navigator.serviceWorker.ready.then(() => true)");
            page.locator("#found-query").fill("lov");
            page.waitForURL(url -> url.endsWith("?q=lov"));

            page.context().setOffline(true);
            page.reload();
            page.locator("#offline[data-prepared]").waitFor();
            // Playwright may leave the worker online, so the worker's script is also tested with a simulated network.
            assertThat(ofWorker(page, "?q=lov", "<p>Ada Lovelace</p>")).isEqualTo("<p>Ada Lovelace</p>");
            for (String query : List.of("?q=lov", "?q=", "?in=" + UUID.randomUUID(), "")) {
                assertThat(ofWorker(page, query, ""))
                        .as(query)
                        .contains("id=\"found\"")
                        .doesNotContain("Lovelace");
            }
        }
    }

    /**
     * The worker's response when the check-in page is opened.
     *
     * @param network the network's response; empty if there is no network
     */
    private String ofWorker(Page page, String query, String network) {
        String worker = api.get("/check-in/worker.js", helper).has(200).text();
        return (String) page.evaluate("""
                async ([address, network]) => {
                  const listeners = {};
                  const self = { location, addEventListener: (name, listener) => { listeners[name] = listener; } };
                  const fetch = async () => {
                    if (!network) {
                      throw new TypeError('no network');
                    }
                    return new Response(network);
                  };
                  %s
                  let answer;
                  listeners.fetch({
                    request: { method: 'GET', mode: 'navigate', url: location.origin + address },
                    waitUntil() {},
                    respondWith(one) { answer = one; },
                  });
                  return (await answer)?.text() ?? 'not answered';
                }
                """.formatted(worker), List.of("/check-in/" + slug + query, network));
    }

    @Test
    void kept_names_go_after_a_day_and_at_sign_out_on_another_page() {
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#offline[data-prepared]").waitFor();
            page.evaluate("navigator.serviceWorker.ready.then(() => true)");
            keepName(page, "yesterday", 0);
            keepName(page, "today", Long.MAX_VALUE);
            page.reload();
            await().pollInSameThread().atMost(SOON).until(() -> !areNamesKept(page, "yesterday"));

            browser.go("/desk");
            assertThat(areNamesKept(page, "today")).isTrue();
            page.locator("form[action='/sign-out'] button").click();
            page.waitForURL("**/sign-out");
            assertThat(areNamesKept(page, "today")).isFalse();
        }
    }

    @Test
    void time_of_scans_is_right_while_nobody_comes_in() {
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#offline[data-prepared]").waitFor();
            // The list is the same each time, but its response still reveals a clock that is an hour ahead.
            assertThat(page.evaluate("""
                    async (slug) => {
                      const path = `/api/admin/conferences/${slug}/check-ins/current`;
                      const answers = [];
                      for (let i = 0; i < 5; i += 1) {
                        const answer = await fetch(path);
                        await answer.text();
                        answers.push(answer);
                      }
                      const different = (name) => new Set(answers.map(({ headers }) => headers.get(name))).size;
                      const isNew = different('ETag') === 1 && different('As-Of') > 1;
                      const offline = await import('/assets/door-offline.js');
                      const before = (await offline.data(slug)).offset;
                      const ours = Date.now;
                      Date.now = () => ours() + 3_600_000;
                      await offline.refresh(slug);
                      const { offset } = await offline.data(slug);
                      Date.now = ours;
                      return isNew && Math.abs(before - offset - 3_600_000) < 60_000;
                    }
                    """, slug)).isEqualTo(true);
        }
    }

    @Test
    void sign_out_goes_on_where_the_browser_deletes_nothing() {
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            Page page = browser.page();
            page.locator("#offline[data-prepared]").waitFor();
            page.evaluate("void (CacheStorage.prototype.delete = () => Promise.reject(new Error('broken')))");
            page.locator("#sign-out button").click();
            page.waitForURL("**/sign-out");
        }
    }

    @Test
    void names_that_arrive_when_they_are_no_longer_wanted_are_not_kept() {
        try (StaffBrowser browser = atTheDoor(chromium, Look.WIDE)) {
            assertThat(browser.page().evaluate("""
                    async () => {
                      const offline = await import('/assets/door-offline.js');
                      const ours = window.fetch;
                      let answer;
                      window.fetch = (path, ...more) => path.includes('/elsewhere/attendees')
                        ? new Promise((resolve) => { answer = resolve; }) : ours(path, ...more);
                      await offline.wantNames('elsewhere');
                      const keeping = offline.keepNames('elsewhere');
                      await offline.forgetNames('elsewhere');
                      answer(new Response('{"items": [{"id": "1", "name": "Ada"}], "next": null}'));
                      await keeping;
                      return await offline.names('elsewhere') ?? 'none';
                    }
                    """)).isEqualTo("none");
        }
    }

    /** The results that were shown for the camera's tickets. */
    private static List<?> words(Page page) {
        return (List<?>) page.evaluate("[...words]");
    }

    private static boolean areNamesKept(Page page, String slug) {
        return (boolean) page.evaluate("""
                slug => caches.match('/check-in/' + slug, { cacheName: 'personal-door-names' })
                  .then((kept) => kept?.json()).then((people) => people?.length > 0)
                """, slug);
    }

    /** @param until in milliseconds of the browser's clock */
    private static void keepName(Page page, String slug, long until) {
        page.evaluate("""
                ([slug, until]) => caches.open('personal-door-names').then((cache) => cache.put('/check-in/' + slug,
                  new Response('[{"id": "1", "name": "Ada"}]', { headers: { 'Kept-Until': until } })))
                """, List.of(slug, Long.toString(until)));
    }

    /** The browser's stored data of the conference, as JSON. */
    private String stored(Page page, String what) {
        return (String) page.evaluate("""
                ([what, slug]) => import('/assets/door-offline.js').then((offline) => offline[what](slug)).then(JSON.stringify)
                """, List.of(what, slug));
    }

    private StaffBrowser atTheDoor(Chromium chromium, Look look) {
        return StaffBrowser.signedIn(chromium, running, look, "check-in", "/check-in/" + slug);
    }

    /** The page as an authorised helper gets it. */
    private String page(String query) {
        Map<String, String> headers = new HashMap<>(helper);
        headers.put("Accept", "text/html");
        return api.get("/check-in/" + slug + query, headers).text();
    }

    /** Types a ticket, and returns the word that the page shows for it. */
    private static String word(Page page, String ticket) {
        page.locator("#code").fill(ticket);
        page.locator("#code").press("Enter");
        Locator word = page.locator(".verdict:visible .word");
        word.waitFor();
        return word.innerText();
    }

    private static void next(Page page) {
        page.locator(".verdict:visible :is(form button, .button)").click();
        page.locator(".verdict:visible").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    private static void awaitText(Page page, String part, String text) {
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(page.locator("#offline " + part).innerText())
                        .matches(shown -> text.isEmpty() ? shown.isEmpty() : shown.contains(text)));
    }

    /** Waits until the search shows this text in place of a list. */
    private static void awaitNobody(Page page, String text) {
        page.locator("#found .empty", new Page.LocatorOptions().setHasText(text))
                .waitFor();
    }

    /** Registers one attendee, who is confirmed at once because the price is zero. */
    private Registered registered() {
        Registered made = api.register(slug, "guest", ApiClient.newAddress("door"));
        assertThat(made.answer().at("/status")).isEqualTo("confirmed");
        return made;
    }

    private void cancel(Registered registered) {
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/registrations/" + registered.id() + "/cancellation", "{}", headers)
                .has(200);
    }

    private static String attendee(Registered registered) {
        return registered.answer().at("/attendees/0/id");
    }

    private String ticket(Registered registered) {
        return signer.sign(new Ticket(slug, UUID.fromString(attendee(registered)), 0));
    }

    private List<JsonNode> inside() {
        return api.get("/api/admin/conferences/" + slug + "/check-ins/current", helper)
                .has(200)
                .json()
                .at("/items")
                .valueStream()
                .toList();
    }

    /** Creates a film of six seconds for two codes: each is shown for two seconds, followed by one second without a code. */
    private static Path film(Path file, String... codes) throws IOException, WriterException {
        try (OutputStream film = new BufferedOutputStream(Files.newOutputStream(file))) {
            film.write("YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n"
                    .formatted(WIDTH, HEIGHT, FRAMES_A_SECOND)
                    .getBytes(StandardCharsets.US_ASCII));
            for (String code : codes) {
                byte[] picture = picture(code);
                for (int i = 0; i < 2 * FRAMES_A_SECOND; i++) {
                    frame(film, picture);
                }
                for (int i = 0; i < FRAMES_A_SECOND; i++) {
                    frame(film, grey((byte) 200, WIDTH * HEIGHT));
                }
            }
        }
        return file;
    }

    private static void frame(OutputStream film, byte[] light) throws IOException {
        film.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
        film.write(light);
        film.write(grey((byte) 128, WIDTH * HEIGHT / 2));
    }

    private static byte[] picture(String code) throws WriterException {
        BitMatrix matrix = new QRCodeWriter().encode(code, BarcodeFormat.QR_CODE, CODE, CODE);
        byte[] light = grey((byte) 235, WIDTH * HEIGHT);
        for (int x = 0; x < CODE; x++) {
            for (int y = 0; y < CODE; y++) {
                if (matrix.get(x, y)) {
                    light[(y + (HEIGHT - CODE) / 2) * WIDTH + x + (WIDTH - CODE) / 2] = 30;
                }
            }
        }
        return light;
    }

    private static byte[] grey(byte light, int size) {
        byte[] pixels = new byte[size];
        Arrays.fill(pixels, light);
        return pixels;
    }
}
