package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.room.Place;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves, on a running gateway with stub services, what the page of a waiting room shows and which places it takes. */
@GatewayTest
class WaitingRoomPageIT {

    private static final Pattern POSITION = Pattern.compile("data-position=\"(\\d+)\"");

    private static final PlaceTokens PLACES = new PlaceTokens(AccessTokens.of(TestSettings.ROOM_KEYS));

    @Autowired
    private ServiceFixture gateway;

    private StubSales sales;

    @BeforeEach
    void play() {
        sales = new StubSales(gateway.registration);
    }

    @Test
    void page_takes_a_place_and_shows_it_again() {
        sales.are("page-2026", "paused", "on");
        HttpResponse<String> page = firstPage("page-2026");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.body())
                .contains(
                        "<title>You are in the waiting room for Pages &amp; Places 2026",
                        "<h1>You are in the waiting room for Pages &amp; Places 2026</h1>",
                        "Registration is not open at the moment, so nobody is being called.",
                        "<dd id=\"when\">when the line moves on</dd>",
                        "<dd id=\"seats\">enough so far</dd>",
                        "<noscript><meta http-equiv=\"refresh\"")
                .doesNotContain("{", "}");
        long position = position(page);
        String cookie = cookie(page, "place-page-2026");
        assertThat(page.headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .contains("HttpOnly", "SameSite=Lax", "Path=/");
        assertThat(position(gateway.get("/waiting-room/page-2026", "Cookie", cookie)))
                .isEqualTo(position);
        HttpResponse<String> secondTab = gateway.get("/waiting-room/page-2026?again", "Cookie", cookie);
        assertThat(position(secondTab)).isEqualTo(position);
        assertThat(position(gateway.get("/waiting-room/page-2026"))).isEqualTo(position + 1);
        HttpResponse<String> german = gateway.get("/waiting-room/page-2026", "Cookie", cookie, "Accept-Language", "de");
        assertThat(german.body())
                .contains(
                        "Sie sind im Warteraum von Pages &amp; Places 2026",
                        "lang=\"de\"",
                        "sobald die Anmeldung offen ist",
                        "bisher genug");
        assertThat(gateway.get("/assets/gateway/waiting-room.js").statusCode()).isEqualTo(200);
    }

    @Test
    void report_is_a_page_for_organisers() {
        sales.are("report-2026", "paused", "on");
        firstPage("report-2026");
        String path = "/desk/report-2026/waiting-room/report";
        await().untilAsserted(() -> assertThat(report(path, "en"))
                .contains(
                        "<h1>Report of the waiting room</h1>",
                        "<a href=\"/desk/report-2026/waiting-room\" aria-current=\"page\">Waiting room</a>",
                        "<a href=\"/desk/report-2026/waiting-room\">Settings of the waiting room</a>",
                        "<dt>People who took a place</dt>",
                        "<span>not yet</span>")
                .containsPattern("<dt>People who took a place</dt>\\s*<dd><span>1</span></dd>")
                .doesNotContain("??", "th:"));
        gateway.registration.on("/api/conferences/report-2026", 200, "application/json", """
                {"name": "Report 2026", "timeZone": "America/Los_Angeles"}""");
        assertThat(report(path, "en"))
                .contains("<p>Report 2026</p>")
                .containsPattern("<dt>Opened</dt><dd><time [^>]*>[^<]* P[SD]T</time>");
        assertThat(report(path, "de"))
                .contains("Bericht über den Warteraum", "Einstellungen des Warteraums", "Haben einen Platz genommen")
                .doesNotContain("??");
        assertThat(gateway.get(path, "Authorization", gateway.bearer("check-in"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(gateway.get("/desk/unknown-2026/waiting-room/report", "Authorization", gateway.bearer("organiser"))
                        .statusCode())
                .isEqualTo(404);
    }

    private String report(String path, String language) {
        return gateway.get(path, "Authorization", gateway.bearer("organiser"), "Accept-Language", language)
                .body();
    }

    @Test
    void head_takes_no_place() {
        sales.are("head-2026", "paused", "on");
        long position = position(firstPage("head-2026"));
        HttpResponse<String> head = gateway.send("/waiting-room/head-2026", HttpRequest.Builder::HEAD);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(head.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(position(gateway.get("/waiting-room/head-2026"))).isEqualTo(position + 1);
    }

    @Test
    void token_of_a_browser_is_worth_nothing_without_its_cookie() {
        sales.are("copied-2026", "paused", "on");
        String cookie = cookie(firstPage("copied-2026"), "place-copied-2026");
        String token = cookie.substring(cookie.indexOf('=') + 1);
        assertThat(gateway.get("/api/waiting-room/copied-2026/place", "Cookie", cookie)
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/api/waiting-room/copied-2026/place", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void browser_that_keeps_no_cookie_takes_no_second_place() {
        sales.are("lost-2026", "paused", "on");
        long position = position(firstPage("lost-2026"));
        HttpResponse<String> lost = gateway.get("/waiting-room/lost-2026?again");
        assertThat(lost.statusCode()).isEqualTo(200);
        assertThat(lost.body()).contains("Your place was not found");
        assertThat(lost.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(position(gateway.get("/waiting-room/lost-2026"))).isEqualTo(position + 1);
    }

    @Test
    void page_goes_on_to_the_form_when_its_number_is_called() {
        sales.are("called-page-2026", "paused", "on");
        String cookie = cookie(firstPage("called-page-2026"), "place-called-page-2026");
        sales.are("called-page-2026", "open", "on");
        HttpResponse<String> called = await().until(
                        () -> gateway.get("/waiting-room/called-page-2026?again", "Cookie", cookie),
                        answer -> answer.statusCode() == 303);
        assertThat(called.headers().firstValue("Location")).contains("/conferences/called-page-2026/register");
        String admission = cookie(called, "admission-called-page-2026");
        assertThat(gateway.get("/conferences/called-page-2026/register").statusCode())
                .isEqualTo(303);
        assertThat(gateway.get("/conferences/called-page-2026/register", "Cookie", admission)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void page_tells_the_number_in_a_draw() {
        sales.are(
                "draw-page-2026",
                "not-open",
                "auto",
                Map.of("drawAt", Instant.now().plusSeconds(1800).toString()));
        HttpResponse<String> page = await().until(
                        () -> gateway.get("/waiting-room/draw-page-2026"),
                        answer -> answer.body().contains("Your number in the draw is"));
        assertThat(page.body())
                .containsPattern("Your number in the draw is [0-9]+\\.")
                .containsPattern("data-draw-in=\"1[0-9]{3}\"")
                .containsPattern("<dd id=\"when\">after the draw in (29|30) min</dd>")
                .contains("The order will be drawn by lot.", "<dd id=\"ahead\">not drawn yet</dd>");
    }

    @Test
    void new_place_is_taken_for_one_that_is_over_alone() {
        sales.are("again-2026", "paused", "on");
        HttpResponse<String> page = firstPage("again-2026");
        String cookie = cookie(page, "place-again-2026");
        HttpResponse<String> kept = post("again-2026", "Cookie", cookie, "Origin", ServiceFixture.PUBLIC_URL);
        assertThat(kept.statusCode()).isEqualTo(303);
        assertThat(kept.headers().firstValue("Location")).contains("/waiting-room/again-2026?again");
        assertThat(position(gateway.get("/waiting-room/again-2026", "Cookie", cookie(kept, "place-again-2026"))))
                .isEqualTo(position(page));
        HttpResponse<String> taken = post("again-2026", "Origin", ServiceFixture.PUBLIC_URL);
        assertThat(position(gateway.get("/waiting-room/again-2026", "Cookie", cookie(taken, "place-again-2026"))))
                .isEqualTo(position(page) + 1);
        assertThat(post("again-2026", "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
    }

    @Test
    void missed_turn_is_reported_while_others_wait() {
        sales.are("over-2026", "paused", "on");
        Place place = place(firstPage("over-2026"), "over-2026");
        String over = admitted(place, Instant.now().minusSeconds(901));
        assertThat(gateway.get("/waiting-room/over-2026?again", "Cookie", over).body())
                .contains(
                        "Your turn is over", "The 15 minutes for submitting the form have passed.", "Take a new place");
        HttpResponse<String> german =
                gateway.get("/waiting-room/over-2026", "Cookie", over, "Accept-Language", "de-DE");
        assertThat(german.body()).contains("Sie waren schon dran", "Die 15 Minuten", "Neu anstellen");
        sales.are("over-2026", "open", "off");
        await().untilAsserted(() -> assertThat(gateway.get("/waiting-room/over-2026?again", "Cookie", over)
                        .headers()
                        .firstValue("Location"))
                .contains("/conferences/over-2026/register"));
    }

    @Test
    void page_comes_while_all_services_are_away() {
        sales.are("alone-2026", "paused", "on");
        firstPage("alone-2026");
        gateway.registration.stop();
        try {
            assertThat(gateway.get("/waiting-room/alone-2026").body())
                    .contains("You are in the waiting room for alone-2026");
        } finally {
            gateway.registration.startAgain();
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private HttpResponse<String> firstPage(String conference) {
        return await().until(
                        () -> gateway.get("/waiting-room/" + conference),
                        answer -> answer.statusCode() == 200 && answer.body().contains("data-position"));
    }

    private static Place place(HttpResponse<String> page, String conference) {
        String cookie = cookie(page, "place-" + conference);
        return PLACES.read(conference, null, cookie.substring(cookie.indexOf('=') + 1))
                .orElseThrow();
    }

    /** The cookie of a visitor who opened this place when it was called. */
    private static String admitted(Place place, Instant when) {
        Place.Visit visit = new Place.Visit(place.visit().came(), when.getEpochSecond(), true);
        Place admitted = new Place(place.conference(), place.room(), place.number(), visit, place.estimated(), true);
        return "place-" + place.conference() + "=" + PLACES.sign(admitted);
    }

    private HttpResponse<String> post(String conference, String... headers) {
        return gateway.send(
                URI.create(gateway.uri("/waiting-room/" + conference).toString()),
                request -> request.POST(HttpRequest.BodyPublishers.noBody()).headers(headers));
    }

    private static long position(HttpResponse<String> page) {
        Matcher position = POSITION.matcher(page.body());
        assertThat(position.find()).as(page.body()).isTrue();
        return Long.parseLong(position.group(1));
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        List<String> cookies = answer.headers().allValues("Set-Cookie");
        return cookies.stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow(() -> new AssertionError(cookies.toString()));
    }
}
