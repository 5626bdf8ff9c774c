package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.ui.desk.DeskEntry;

/**
 * Proves, in a real browser, that every page opens with the data of a sale, that axe-core finds no fault, and that staff's pages are small.
 * Each page must have a picture in {@code docs/gallery}.
 */
@ExtendWith(SystemFixture.class)
class GalleryIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path GALLERY = TestSystems.CHECKOUT.resolve("docs/gallery");
    private static final long BYTES = 4_000_000;

    /** The limit for a staff page with everything that it loads at once, in compressed bytes. */
    private static final int FIRST_LOAD = 60_000;

    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service", "gateway");

    /** Routes that are not pages: API calls, parts of pages, files and redirects. */
    private static final Pattern NO_PAGE = Pattern.compile(
            "/(api|assets|internal|sandbox/api)/.*|.*[.].*"
                    + "|/health|/mailbox/messages|/sandbox/(faults|payments)|/sign-in/callback"
                    + "|/check-in/\\{slug}/counts|/desk/\\{slug}/(proofs/(next|.*/file)|transfers/.*)|/registrations/\\{id}/pay");

    /** Pages that are opened without a session. */
    private static final List<String> SIGNED_OUT = List.of("sign-in", "sign-out");

    private static final Pattern INTEREST = Pattern.compile("/interest/confirmation\\S+");

    private final Running running;
    private final ApiClient api;
    private final Chromium chromium;
    private final String slug = ApiClient.newSlug("gallery");
    private final String desk = "/desk/" + slug;

    GalleryIT(Running running, Chromium chromium) {
        this.running = running;
        this.api = running.api();
        this.chromium = chromium;
    }

    @Test
    void pages_are_accessible_and_light_and_have_pictures() throws Exception {
        Map<String, String> pages = pages();
        assertThat(templates())
                .filteredOn(template -> pages.values().stream().noneMatch(template.asMatchPredicate()))
                .isEmpty();
        SoftAssertions all = new SoftAssertions();
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, Look.WIDE, "organiser", desk)) {
            Page page = browser.page();
            page.setViewportSize(1_000, 700);
            pages.forEach((name, path) -> {
                if (!SIGNED_OUT.contains(name)) {
                    check(page, name, path, all);
                }
            });
            // With a session these paths show who is signed in.
            page.context().clearCookies();
            SIGNED_OUT.forEach(name -> check(page, name, pages.get(name), all));
            all.assertThat(browser.complaints()).isEmpty();
        }
        all.assertAll();
        assertPublished(pages.keySet());
    }

    /** Asserts that the page does not redirect, because its picture would show another page. */
    private void check(Page page, String name, String path, SoftAssertions all) {
        Response answer = page.navigate(running.url() + path);
        if (path.startsWith(desk) || path.equals(DeskEntry.CHECK_IN.address(slug))) {
            // Waits for the parts that the page loads itself. Registrants' pages keep a stream open, so they are
            // excluded.
            page.waitForLoadState(LoadState.NETWORKIDLE);
            // Counts each part once, although it reloads repeatedly.
            all.assertThat((int) page.evaluate("""
                            Object.values(performance.getEntries().reduce((most, { name, encodedBodySize = 0 }) =>
                              ({ ...most, [name]: Math.max(most[name] ?? 0, encodedBodySize) }), {}))
                              .reduce((sum, size) => sum + size, 0)
                            """)).as(path).isPositive().isLessThan(FIRST_LOAD);
        }
        Chromium.picture(page, "gallery", name);
        all.assertThat(page.url()).as(name).isEqualTo(running.url() + path);
        all.assertThat(answer.status()).as(path).isEqualTo(200);
        all.assertThat(page.locator("h1").count()).as(path).isEqualTo(1);
        all.assertThat(Chromium.faults(page)).as(path).isEmpty();
    }

    /** The paths, by the names of their pictures. */
    private Map<String, String> pages() {
        Map<String, String> organiser = api.signIn("organiser");
        putOnSale(organiser);
        String address = ApiClient.newAddress("ada");
        Registered paid = api.register(slug, "guest", address);
        api.pay(paid);
        Registered unpaid = api.register(slug, "guest", ApiClient.newAddress("grace"));
        Registered invoiced = api.registerByInvoice(slug, "guest", ApiClient.newAddress("grace"));
        Registered student = api.register(slug, "student", ApiClient.newAddress("alan"));
        api.sendProof(student);
        Registered refused = api.register(slug, "student", ApiClient.newAddress("kurt"));
        api.sendProof(refused);
        api.post(
                        "/api/admin/registrations/" + refused.id() + "/review",
                        "{\"accept\": false, \"reason\": \"The card has expired.\", \"attendeeId\": \"%s\"}"
                                .formatted(attendee(refused)),
                        organiser)
                .has(200);
        api.awaitStatus(paid, "confirmed", SOON);
        await().atMost(SOON)
                .until(() -> api.get("/api/admin/conferences/" + slug + "/needs", organiser)
                                .text()
                                .contains("\"proof\"")
                        && mail(paid, organiser).contains("-")
                        && !api.mailsTo(address).isEmpty());

        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("conferences", "/");
        pages.put("conference", "/conferences/" + slug);
        pages.put("register", "/conferences/" + slug + "/register");
        pages.put("waiting-room", "/waiting-room/" + waitingRoom(organiser));
        pages.put("interest", interest());
        pages.put("open", "/open");
        pages.put("sandbox-checkout", URI.create(api.checkout(unpaid)).getPath());
        pages.put("registration", "/registrations/" + paid.id());
        pages.put("registration-unpaid", "/registrations/" + unpaid.id());
        pages.put("cancellation", "/registrations/" + paid.id() + "/cancellation");
        pages.put("mailbox", "/mailbox?to=" + address);
        pages.put(
                "mail", "/mailbox/" + api.mailsTo(address).getFirst().path("id").asString());
        pages.put("design", "/design");
        pages.put("sign-in", "/sign-in");
        pages.put("sign-out", "/sign-out");
        pages.put("signed-in", "/sign-in");
        pages.put("desk", "/desk");
        for (DeskEntry entry : DeskEntry.values()) {
            pages.put("desk-" + entry.name().toLowerCase(Locale.ROOT).replace('_', '-'), entry.address(slug));
        }
        pages.put("desk-wall", desk + "?wall");
        pages.put("desk-sale", desk + "/registrations/new");
        String one = desk + "/registrations/" + paid.id();
        pages.put("desk-registration", one);
        pages.put("desk-registration-money", one + "/money");
        pages.put("desk-registration-mails", one + "/mails");
        for (String act : List.of("refund", "cancel", "contact", "new-link")) {
            pages.put("desk-" + act, one + "/" + act);
        }
        pages.put("desk-mark-paid", desk + "/registrations/" + invoiced.id() + "/mark-paid");
        pages.put("desk-accept-offer", desk + "/registrations/" + refused.id() + "/accept-offer");
        pages.put("desk-proof", desk + "/proofs/" + student.id() + "/" + attendee(student));
        String mail = desk + "/mails/" + mail(paid, organiser);
        pages.put("desk-mail", mail);
        pages.put("desk-mail-resend", mail + "/resend");
        pages.put("desk-resend", desk + "/mails/resend");
        pages.put("desk-waiting-room-report", DeskEntry.WAITING_ROOM.address(slug) + "/report");
        return pages;
    }

    private String mail(Registered registered, Map<String, String> organiser) {
        return api.get("/api/admin/mails?registration=" + registered.id(), organiser)
                .has(200)
                .json()
                .at("/items/0/id")
                .asString("");
    }

    private static String attendee(Registered registered) {
        return registered.answer().at("/attendees/0/id");
    }

    /** Creates a conference with the categories guest and student; students need a proof. */
    private void putOnSale(Map<String, String> organiser) {
        String definition = ApiClient.withStudents(
                ApiClient.definition(slug, 50, "\"invoiceDays\": 14, \"holdMinutes\": 20", 95_000));
        api.put("/api/admin/conferences/" + slug, definition, organiser).has(201);
        await().atMost(SOON)
                .until(() -> api.get("/api/conferences/" + slug + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    /** Opens the waiting room of another sale, which is paused so that nobody is called. */
    private String waitingRoom(Map<String, String> organiser) {
        String busy = ApiClient.newSlug("busy");
        api.putOnSale(busy, 50, "\"holdMinutes\": 20", 95_000);
        api.put("/api/admin/conferences/" + busy + "/sale", "{\"state\": \"paused\"}", organiser)
                .has(200);
        api.put(
                        "/api/admin/waiting-room/" + busy,
                        "{\"mode\": \"on\", \"drawAt\": null, \"perSecond\": null}",
                        organiser)
                .has(200);
        await().atMost(SOON)
                .until(() -> api.get("/api/waiting-room/" + busy).at("/state").equals("paused"));
        return busy;
    }

    /** The page that the mail for confirming a subscription links to. */
    private String interest() {
        String address = ApiClient.newAddress("mary");
        api.post(
                        "/api/conferences/" + slug + "/interest",
                        "{\"email\": \"%s\", \"topics\": [\"program\"]}".formatted(address),
                        Map.of())
                .has(202);
        return await().atMost(SOON)
                .until(
                        () -> api.mailsTo(address).stream()
                                .map(mail -> INTEREST.matcher(mail.path("text").asString()))
                                .filter(Matcher::find)
                                .map(Matcher::group)
                                .findFirst()
                                .orElse(""),
                        found -> !found.isEmpty());
    }

    /** Patterns for the addresses of all pages that the services declare. */
    private List<Pattern> templates() throws IOException, ClassNotFoundException {
        List<Pattern> templates = new ArrayList<>();
        for (String service : SERVICES) {
            Route.of(service, running.system()).stream()
                    .filter(route -> route.method().equals("GET")
                            && !NO_PAGE.matcher(route.path()).matches())
                    .map(route -> Pattern.compile(route.path().replaceAll("\\{[^}]+}", "[^/]+") + "(\\?.*)?"))
                    .forEach(templates::add);
        }
        assertThat(templates).hasSizeGreaterThan(30);
        return templates;
    }

    private static void assertPublished(Set<String> names) throws IOException {
        try (Stream<Path> files = Files.list(GALLERY)) {
            List<Path> pictures =
                    files.filter(file -> file.toString().endsWith(".png")).toList();
            assertThat(pictures)
                    .as("taken anew with -Dscreenshots=docs")
                    .extracting(file -> file.getFileName().toString().replace(".png", ""))
                    .containsExactlyInAnyOrderElementsOf(names);
            long bytes = 0;
            for (Path picture : pictures) {
                bytes += Files.size(picture);
            }
            assertThat(bytes).isLessThan(BYTES);
        }
        String index = Files.readString(GALLERY.resolve("README.md"));
        assertThat(names).allSatisfy(name -> assertThat(index).contains("(" + name + ".png)"));
    }
}
