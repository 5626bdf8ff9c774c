package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.openingminute.gateway.ServiceFixture.json;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.room.Place;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves, on a running gateway with stub services, how a waiting room opens, gives places, admits, draws and closes. */
@GatewayTest
class WaitingRoomIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final AccessTokens KEYS = AccessTokens.of(TestSettings.ROOM_KEYS);
    private static final AdmissionTokens ADMISSIONS = new AdmissionTokens(KEYS);

    @Autowired
    private ServiceFixture gateway;

    private StubSales sales;

    @BeforeEach
    void play() {
        sales = new StubSales(gateway.registration);
    }

    @Test
    void nothing_changes_while_the_room_is_off() {
        sales.are("off-2026", "open", "off");
        awaitState("off-2026", "off");
        assertThat(register("off-2026").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/conferences/off-2026/register").statusCode()).isEqualTo(200);
        JsonNode state = state("off-2026");
        assertThat(state.get("called").asLong()).isZero();
        assertThat(state.get("waiting").asLong()).isZero();
        assertThat(state.get("perSecond").isNull()).isTrue();
        assertThat(state.get("draw").isNull()).isTrue();
        assertThat(sales.lastQuestion().get("rooms"))
                .noneMatch(room -> room.get("conference").asString().equals("off-2026"));
    }

    @Test
    void place_is_admitted_at_once_while_the_room_is_off() {
        sales.are("open-2026", "open", "off");
        awaitState("open-2026", "off");
        JsonNode place = take("open-2026");
        assertThat(place.get("state").asString()).isEqualTo("admitted");
        assertThat(ADMISSIONS.read("open-2026", place.get("admissionToken").asString(), null, Instant.now()))
                .isPresent();
        assertThat(Instant.parse(place.get("admissionExpiresAt").asString()))
                .isBetween(Instant.now().plusSeconds(870), Instant.now().plusSeconds(901));
    }

    @Test
    void nobody_comes_to_the_form_without_an_admission_while_the_room_is_on() {
        sales.are("on-2026", "open", "on");
        awaitState("on-2026", "on");
        HttpResponse<String> form = gateway.get("/conferences/on-2026/register");
        assertThat(form.statusCode()).isEqualTo(303);
        assertThat(form.headers().firstValue("Location")).contains("/waiting-room/on-2026");
        assertThat(gateway.registration.received()).noneMatch(call -> call.uri().contains("register"));
        // Only registration-service knows whether it has seen this request before, or whether the form has an
        // admission.
        assertThat(register("on-2026").statusCode()).isEqualTo(200);
        assertThat(gateway.post("/conferences/on-2026/register", "{}").statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/conferences/on-2026").statusCode()).isEqualTo(200);
        assertThat(gateway.post("/api/conferences/on-2026/quotes", "{}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void number_that_is_called_gets_an_admission_that_lets_one_register() {
        // Nobody is called before the sale opens.
        sales.are("called-2026", "paused", "on");
        awaitState("called-2026", "paused");
        JsonNode place = take("called-2026");
        assertThat(place.get("state").asString()).isEqualTo("waiting");
        assertThat(place.get("position").asLong()).isEqualTo(1);
        assertThat(place.get("admissionToken").isNull()).isTrue();
        assertThat(place.get("pollAfterSeconds").asInt()).isPositive();
        assertThat(place.get("estimate").get("toSeconds").asLong()).isBetween(15L, 60L);

        assertThat(state("called-2026").get("called").asLong()).isZero();
        sales.are("called-2026", "open", "on");

        JsonNode[] admitted = {place};
        await().until(() -> {
            admitted[0] = look("called-2026", admitted[0]);
            return admitted[0].get("state").asString().equals("admitted");
        });
        String token = admitted[0].get("admissionToken").asString();
        assertThat(admitted[0].get("position").asLong()).isZero();
        assertThat(look("called-2026", admitted[0]).get("admissionToken").asString())
                .isEqualTo(token);
        HttpResponse<String> registered =
                gateway.post("/api/conferences/called-2026/registrations", "{}", "Admission-Token", token);
        assertThat(registered.statusCode()).isEqualTo(200);
        assertThat(gateway.registration.received())
                .filteredOn(call -> call.uri().endsWith("/registrations"))
                .singleElement()
                .satisfies(call -> assertThat(call.header("Admission-Token")).isEqualTo(token));
        assertThat(gateway.get("/conferences/called-2026/register", "Admission-Token", token)
                        .statusCode())
                .isEqualTo(200);
        // The line calls numbers ahead of the people who come.
        assertThat(state("called-2026").get("called").asLong()).isPositive();
    }

    @Test
    void registration_service_is_told_of_rooms_that_are_on() {
        sales.are("told-2026", "open", "on", Map.of("perSecond", 16));
        awaitState("told-2026", "on");
        await().untilAsserted(() -> assertThat(sales.lastQuestion().get("rooms"))
                .filteredOn(room -> room.get("conference").asString().equals("told-2026"))
                .singleElement()
                .satisfies(room -> {
                    assertThat(room.get("capacity").asDouble()).isEqualTo(20);
                    assertThat(room.get("measured").asBoolean()).isFalse();
                    assertThat(room.get("room").asLong())
                            .isBetween(
                                    Instant.now().getEpochSecond() - 300,
                                    Instant.now().getEpochSecond());
                }));
        sales.are("told-2026", "open", "off");
        await().untilAsserted(() -> assertThat(sales.lastQuestion().get("rooms"))
                .noneMatch(room -> room.get("conference").asString().equals("told-2026")));
    }

    @Test
    void forged_foreign_and_copied_tokens_are_refused() {
        sales.are("forged-2026", "paused", "on");
        sales.are("foreign-2026", "paused", "on");
        awaitState("forged-2026", "paused");
        awaitState("foreign-2026", "paused");
        String token = take("forged-2026").get("placeToken").asString();
        assertThat(lookWith("forged-2026", token).statusCode()).isEqualTo(200);
        Place ofBrowser = new PlaceTokens(KEYS).read("forged-2026", token, null).orElseThrow();
        Place copied = new Place("forged-2026", ofBrowser.room(), 0, ofBrowser.visit(), 20L, true);
        Place ofOtherRoom = new Place("forged-2026", 1, 0, ofBrowser.visit(), 20L, false);
        List<HttpResponse<String>> refused = List.of(
                lookWith("forged-2026", token.substring(0, token.length() - 2) + "xx"),
                lookWith("foreign-2026", token),
                lookWith("forged-2026", new PlaceTokens(KEYS).sign(copied)),
                lookWith("forged-2026", new PlaceTokens(KEYS).sign(ofOtherRoom)),
                gateway.get("/api/waiting-room/forged-2026/place", "Cookie", "place-forged-2026=k1.nonsense"));
        assertThat(refused).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(json(answer).get("code").asString()).isEqualTo("waiting-room");
        });
        assertThat(json(refused.getFirst()).get("link").asString())
                .isEqualTo(ServiceFixture.PUBLIC_URL + "/api/waiting-room/forged-2026/places");
        HttpResponse<String> stranger = gateway.get("/api/waiting-room/forged-2026/place", "Cookie", "place-x=k1.none");
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(json(stranger).get("code").asString()).isEqualTo("unauthenticated");
        HttpResponse<String> byCookie = gateway.get(
                "/api/waiting-room/forged-2026/place",
                "Cookie",
                "place-forged-2026=" + new PlaceTokens(KEYS).sign(copied));
        assertThat(byCookie.statusCode()).isEqualTo(200);
        assertThat(byCookie.headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .startsWith("place-forged-2026=")
                .contains("HttpOnly", "SameSite=Lax", "Secure");
    }

    @Test
    void form_opens_for_a_good_admission_alone() {
        sales.are("form-2026", "open", "on");
        awaitState("form-2026", "on");
        assertThat(form("Admission-Token", admission("form-2026", 600, false))).isEqualTo(200);
        assertThat(form("Cookie", "a=b; admission-form-2026=" + admission("form-2026", 600, true)))
                .isEqualTo(200);
        assertThat(form("Admission-Token", admission("other-2026", 600, false))).isEqualTo(303);
        assertThat(form("Admission-Token", admission("form-2026", -1, false))).isEqualTo(303);
        assertThat(form("Admission-Token", admission("form-2026", 600, true))).isEqualTo(303);
    }

    private int form(String header, String value) {
        return gateway.get("/conferences/form-2026/register", header, value).statusCode();
    }

    @Test
    void admission_lasts_two_minutes_longer_where_registration_service_had_no_room() {
        sales.are("full-2026", "open", "on");
        awaitState("full-2026", "on");
        gateway.registration.on(
                "/api/conferences/full-2026/registrations",
                exchange -> StubService.send(exchange, 503, "application/problem+json", "{}"));
        Instant until = Instant.now().plusSeconds(600);
        HttpResponse<String> answer =
                registerWith("full-2026", ADMISSIONS.sign(new Admission("full-2026", 1, 2, until, false)));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(ADMISSIONS.read(
                        "full-2026",
                        answer.headers().firstValue("Admission-Token").orElseThrow(),
                        null,
                        Instant.now()))
                .contains(new Admission("full-2026", 1, 2, until.minusSeconds(900), until.plusSeconds(120), false));
        HttpResponse<String> inBrowser = gateway.post(
                "/api/conferences/full-2026/registrations",
                "{}",
                "Cookie",
                "admission-full-2026=" + ADMISSIONS.sign(new Admission("full-2026", 1, 2, until, true)));
        assertThat(inBrowser.headers().firstValue("Admission-Token")).isEmpty();
        assertThat(inBrowser.headers().firstValue("Set-Cookie").orElseThrow()).startsWith("admission-full-2026=");
    }

    @Test
    void admission_lasts_two_minutes_longer_where_the_form_did_not_come() {
        sales.are("away-2026", "open", "on");
        awaitState("away-2026", "on");
        gateway.registration.on("/conferences/away-2026/register", exchange -> StubService.send(exchange, 500, "", ""));
        Instant until = Instant.now().plusSeconds(600);
        Admission admission = new Admission("away-2026", 1, 2, until, true);
        String cookie = "admission-away-2026=" + ADMISSIONS.sign(admission);
        assertThat(gateway.get("/conferences/away-2026/register", "Cookie", cookie)
                        .headers()
                        .allValues("Set-Cookie"))
                .isEmpty();
        gateway.registration.on(
                "/conferences/away-2026/register",
                exchange -> StubService.send(exchange, 503, "application/problem+json", "{}"));
        HttpResponse<String> busy = gateway.get("/conferences/away-2026/register", "Cookie", cookie);
        assertThat(busy.statusCode()).isEqualTo(503);
        assertThat(busy.headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("admission-away-2026=" + ADMISSIONS.sign(admission.extended()) + ";");
    }

    @Test
    void browser_that_has_registered_can_take_another_place() {
        sales.are("second-2026", "paused", "on");
        awaitState("second-2026", "paused");
        String cookie = "admission-second-2026=" + admission("second-2026", 600, true);
        gateway.registration.on("/conferences/second-2026/register", exchange -> {
            exchange.getResponseHeaders().set("Location", "/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57");
            StubService.send(exchange, 303, "text/html", "");
        });
        HttpResponse<String> registered = gateway.post("/conferences/second-2026/register", "", "Cookie", cookie);
        assertThat(registered.headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .startsWith("place-second-2026=;")
                .contains("Max-Age=0");
        gateway.registration.on(
                "/conferences/second-2026/register", exchange -> StubService.send(exchange, 422, "text/html", ""));
        HttpResponse<String> refused = gateway.post("/conferences/second-2026/register", "", "Cookie", cookie);
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void seats_are_few_where_they_are_not_enough_for_those_who_wait() {
        sales.are("few-2026", "paused", "on", Map.of("seatsLeft", 21));
        awaitState("few-2026", "paused");
        assertThat(state("few-2026").get("seats").asString()).isEqualTo("plenty");
        for (int i = 0; i < 30; i++) {
            take("few-2026");
        }
        await().until(() -> state("few-2026").get("seats").asString().equals("few"));
        sales.are("few-2026", "paused", "on", Map.of("seatsLeft", 0));
        await().until(() -> state("few-2026").get("seats").asString().equals("none"));
    }

    @Test
    void places_are_kept_while_all_seats_are_held() {
        sales.are("held-2026", "sold-out", "on", Map.of("seatsLeft", 0));
        awaitState("held-2026", "on");
        JsonNode place = take("held-2026");
        assertThat(place.get("state").asString()).isEqualTo("waiting");
        assertThat(state("held-2026").get("seats").asString()).isEqualTo("none");
        sales.are("held-2026", "open", "on", Map.of("seatsLeft", 5));
        await().until(() -> look("held-2026", place).get("state").asString().equals("admitted"));
    }

    @Test
    void room_has_its_metrics() {
        sales.are("metrics-2026", "paused", "on", Map.of("perSecond", 16));
        awaitState("metrics-2026", "paused");
        take("metrics-2026");
        // Retried, because the gateway publishes no rooms in a second in which the service is late.
        await().untilAsserted(() -> assertThat(metrics())
                .contains(
                        "gateway_room_state{conference=\"metrics-2026\",state=\"paused\"} 1.0",
                        "gateway_room_state{conference=\"metrics-2026\",state=\"on\"} 0.0",
                        "gateway_room_waiting{conference=\"metrics-2026\"} 1.0",
                        "gateway_room_capacity{conference=\"metrics-2026\"} 20.0",
                        "gateway_room_target{conference=\"metrics-2026\"} 16.0",
                        "gateway_room_come_share{conference=\"metrics-2026\"} 0.8",
                        "gateway_room_use_share{conference=\"metrics-2026\"} 0.7",
                        "gateway_room_called_total{conference=\"metrics-2026\"} 0.0",
                        "gateway_room_admitted_total{conference=\"metrics-2026\"} 0.0",
                        "gateway_room_used_total{conference=\"metrics-2026\"} 0.0",
                        "gateway_room_failing{part=\"told\"} 0.0")
                .containsPattern("gateway_room_unmoved_seconds\\{conference=\"metrics-2026\"} [0-9.]+"));
    }

    private String metrics() {
        return gateway.send(gateway.managementUri("/actuator/prometheus"), request -> {})
                .body();
    }

    @Test
    void nobody_is_called_while_the_sale_is_paused() {
        sales.are("paused-2026", "paused", "on");
        awaitState("paused-2026", "paused");
        JsonNode place = take("paused-2026");
        await().until(() -> state("paused-2026").get("waiting").asLong() == 1);
        assertThat(look("paused-2026", place).get("state").asString()).isEqualTo("waiting");
        sales.are("paused-2026", "open", "on");
        await().until(() -> look("paused-2026", place).get("state").asString().equals("admitted"));
    }

    @Test
    void line_stands_while_registration_service_is_silent_and_moves_on_after() {
        sales.are("silent-2026", "open", "on", Map.of("perSecond", 1));
        awaitState("silent-2026", "on");
        for (int i = 0; i < 100; i++) {
            take("silent-2026");
        }
        await().until(() -> state("silent-2026").get("called").asLong() > 0);
        sales.fallSilent();
        awaitState("silent-2026", "paused");
        // Two seconds later the line of the second in which it stopped has been published.
        long called = awaitCalled("silent-2026", asOf("silent-2026").plusSeconds(2));
        assertThat(called).isLessThan(100);
        assertThat(awaitCalled("silent-2026", asOf("silent-2026").plusSeconds(3)))
                .isEqualTo(called);
        new StubSales(gateway.registration).are("silent-2026", "open", "on", Map.of("perSecond", 1));
        awaitState("silent-2026", "on");
        await().until(() -> state("silent-2026").get("called").asLong() > called);
    }

    private Instant asOf(String conference) {
        return Instant.parse(state(conference).get("asOf").asString());
    }

    private long awaitCalled(String conference, Instant asOf) {
        return await().until(
                        () -> state(conference),
                        state -> !Instant.parse(state.get("asOf").asString()).isBefore(asOf))
                .get("called")
                .asLong();
    }

    @Test
    void order_of_those_who_gathered_is_drawn() throws NoSuchAlgorithmException {
        Instant drawAt = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
        sales.are("draw-2026", "not-open", "auto", Map.of("drawAt", drawAt.toString()));
        awaitState("draw-2026", "gathering");
        JsonNode before = state("draw-2026");
        assertThat(before.get("drawAt").asString()).isEqualTo(drawAt.toString());
        assertThat(before.get("draw").get("seed").isNull()).isTrue();
        List<JsonNode> early = Stream.generate(() -> take("draw-2026")).limit(5).toList();
        assertThat(early).allSatisfy(place -> {
            assertThat(place.get("position").isNull()).isTrue();
            assertThat(place.get("state").asString()).isEqualTo("waiting");
            assertThat(place.get("estimate").get("fromSeconds").asLong()).isBetween(0L, 600L);
        });
        // Business time goes on to the draw only now, so that all five are early on a slow machine too.
        sales.isAhead(Duration.between(Instant.now(), drawAt).minusSeconds(2).truncatedTo(ChronoUnit.SECONDS));
        // Nobody is called in this state, so the places keep their drawn order.
        awaitState("draw-2026", "paused");
        JsonNode draw = state("draw-2026").get("draw");
        assertThat(draw.get("early").asLong()).isEqualTo(5);
        assertThat(draw.get("commitment")).isEqualTo(before.get("draw").get("commitment"));
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(draw.get("seed").asString().getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(hash))
                .isEqualTo(draw.get("commitment").asString());
        JsonNode late = take("draw-2026");
        assertThat(late.get("position").asLong()).isEqualTo(6);
        assertThat(early.stream()
                        .map(place -> look("draw-2026", place).get("position").asLong()))
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void conference_that_nobody_knows_has_no_room() {
        sales.are("known-2026", "open", "off");
        awaitState("known-2026", "off");
        assertThat(gateway.get("/api/waiting-room/nowhere-2026").statusCode()).isEqualTo(404);
        assertThat(gateway.post("/api/waiting-room/nowhere-2026/places", "").statusCode())
                .isEqualTo(404);
        assertThat(gateway.post("/api/conferences/nowhere-2026/registrations", "{}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void public_state_is_kept_for_a_second() {
        sales.are("public-2026", "open", "on");
        awaitState("public-2026", "on");
        HttpResponse<String> answer = gateway.get("/api/waiting-room/public-2026");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("max-age=1, public");
        assertThat(json(answer).get("seats").asString()).isEqualTo("plenty");
        assertThat(json(answer).get("perSecond").asDouble()).isPositive();
    }

    @Test
    void times_of_a_room_are_business_time() {
        Duration ahead = Duration.ofDays(100);
        sales.isAhead(ahead);
        sales.are("ahead-2026", "open", "on");
        awaitState("ahead-2026", "on");
        HttpResponse<String> report =
                gateway.get("/api/admin/waiting-room/ahead-2026/report", "Authorization", gateway.bearer("organiser"));
        Instant later = Instant.now().plus(ahead);
        assertThat(asOf("ahead-2026")).isCloseTo(later, within(1, ChronoUnit.MINUTES));
        assertThat(Instant.parse(json(report).get("openedAt").asString()))
                .isCloseTo(later, within(1, ChronoUnit.MINUTES));
    }

    @Test
    void public_state_is_made_once_a_second() {
        sales.are("once-2026", "paused", "on");
        awaitState("once-2026", "paused");
        await().until(() -> {
            JsonNode before = state("once-2026");
            take("once-2026");
            return state("once-2026").equals(before);
        });
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(SOON);
    }

    private static String admission(String conference, long seconds, boolean inBrowser) {
        return ADMISSIONS.sign(new Admission(conference, 1, 2, Instant.now().plusSeconds(seconds), inBrowser));
    }

    private HttpResponse<String> register(String conference) {
        return gateway.post("/api/conferences/" + conference + "/registrations", "{}");
    }

    private HttpResponse<String> registerWith(String conference, String admission) {
        return gateway.post("/api/conferences/" + conference + "/registrations", "{}", "Admission-Token", admission);
    }

    private JsonNode take(String conference) {
        // A room gives its first number in the second after the gateway learns of it.
        HttpResponse<String> taken = await().until(
                        () -> gateway.send(
                                "/api/waiting-room/" + conference + "/places",
                                request -> request.POST(HttpRequest.BodyPublishers.noBody())),
                        answer -> answer.statusCode() == 201);
        return json(taken);
    }

    private JsonNode look(String conference, JsonNode place) {
        HttpResponse<String> answer =
                lookWith(conference, place.get("placeToken").asString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer);
    }

    private HttpResponse<String> lookWith(String conference, String token) {
        return gateway.get("/api/waiting-room/" + conference + "/place", "Authorization", "Bearer " + token);
    }

    private JsonNode state(String conference) {
        return json(gateway.get("/api/waiting-room/" + conference));
    }

    private void awaitState(String conference, String state) {
        await().until(() -> {
            HttpResponse<String> answer = gateway.get("/api/waiting-room/" + conference);
            return answer.statusCode() == 200
                    && json(answer).get("state").asString().equals(state);
        });
    }
}
