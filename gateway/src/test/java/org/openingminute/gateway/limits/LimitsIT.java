package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.waiting.StubSales;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves, on a running gateway with small limits, which bucket each call uses. Each test is a different client, by the address that a
 * trusted proxy reports.
 */
@GatewayTest(surroundings = LimitsIT.SmallLimits.class)
class LimitsIT {

    private static final String QUOTES = "/api/conferences/a/quotes";
    private static final String REGISTRATION = "/api/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57";

    @Autowired
    private ServiceFixture gateway;

    private int reader = 100;

    static final class SmallLimits extends ServiceFixture.Surroundings {

        SmallLimits() {
            super(
                    "LIMITS=on",
                    "TRUSTED_PROXIES=127.0.0.1",
                    "gateway.limits.address=1/m, 5 at once",
                    "gateway.limits.patience=10ms",
                    "gateway.limits.token=1/m, 3 at once",
                    "gateway.limits.staff=1/m, 4 at once",
                    "gateway.limits.place=1/m, 2 at once");
        }
    }

    @Test
    void an_address_that_asks_too_often_is_told_when_to_come_again() {
        List<HttpResponse<String>> quotes = IntStream.range(0, 5)
                .mapToObj(_ -> gateway.post(QUOTES, "{}", from("198.51.100.1:1000")))
                .toList();
        assertThat(quotes).extracting(HttpResponse::statusCode).containsOnly(200);
        assertThat(quotes.getFirst().headers().firstValue("RateLimit-Policy")).contains("\"address\";q=5;w=300");
        assertThat(quotes.getFirst().headers().firstValue("RateLimit")).contains("\"address\";r=4;t=60");

        HttpResponse<String> refused = gateway.post(QUOTES, "{}", from("198.51.100.1:1000"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(ServiceFixture.json(refused).get("code").stringValue()).isEqualTo("rate-limited");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        long seconds = refused.headers().firstValueAsLong("Retry-After").orElseThrow();
        assertThat(seconds).isBetween(1L, 60L);
        assertThat(refused.headers().firstValue("RateLimit-Policy")).contains("\"address\";q=5;w=300");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"address\";r=0;t=" + seconds);
        assertThat(gateway.registration.received()).hasSize(5);

        HttpResponse<String> page =
                gateway.post(QUOTES, "{}", "X-Forwarded-For", "198.51.100.1", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(429);
        assertThat(page.body()).contains("<h1>Please wait a few seconds</h1>");

        assertThat(gateway.post(QUOTES, "{}", from("198.51.100.2:1000")).statusCode())
                .isEqualTo(200);
        keep("/", "text/html");
        assertThat(gateway.get("/", from("198.51.100.1:1000")).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/", from("198.51.100.1:1000")).headers().map()).doesNotContainKey("RateLimit");
    }

    @Test
    void forged_addresses_are_one_client() {
        for (int i = 0; i < 5; i++) {
            assertThat(quote("203.0.113." + i + ", 198.51.100.3:" + i)).isEqualTo(200);
        }
        assertThat(quote("203.0.113.9, 198.51.100.3:9")).isEqualTo(429);
    }

    @Test
    void all_addresses_of_one_network_of_six_are_one_client() {
        for (int i = 1; i <= 5; i++) {
            assertThat(quote("[2001:db8:1:2::" + i + "]:1000")).isEqualTo(200);
        }
        assertThat(quote("2001:db8:1:2:ffff::1")).isEqualTo(429);
        assertThat(quote("2001:db8:1:3::1")).isEqualTo(200);
    }

    @Test
    void a_good_token_has_a_bucket_of_its_own() {
        String[] first = bearer("198.51.100.4", "019c1f4b-fe80-7025-8065-5a1d316edc57");
        assertThat(limitOf(gateway.get(REGISTRATION, first))).isEqualTo("\"address\";r=4;t=60");
        assertThat(limitOf(gateway.get(REGISTRATION, first))).isEqualTo("\"token\";r=2;t=60");
        // The refill time decreases as seconds pass.
        assertThat(limitOf(gateway.post(QUOTES, "{}", first))).matches("\"token\";r=1;t=1(1\\d|20)");
        assertThat(limitOf(gateway.get(REGISTRATION, first))).matches("\"token\";r=0;t=1(7\\d|80)");
        HttpResponse<String> refused = gateway.get(REGISTRATION, first);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(quote("198.51.100.4")).as("same address").isEqualTo(200);
    }

    @Test
    void new_registration_token_has_its_bucket_at_once() {
        String id = "019c1f4b-fe80-7025-8065-5a1d316edc59";
        gateway.registration.on("/api/conferences/a/registrations", exchange -> {
            exchange.getResponseHeaders().set("Location", "/api/registrations/" + id);
            StubService.send(exchange, 201, "application/json", "{}");
        });
        for (int i = 0; i < 5; i++) {
            assertThat(limitOf(gateway.post("/api/conferences/a/registrations", "{}", from("198.51.100.11"))))
                    .startsWith("\"address\"");
        }
        gateway.payment.on("/api/payments/" + id + "/checkout", 401, "application/problem+json", "{}");
        for (int i = 0; i < 2; i++) {
            String[] madeUp = bearer("198.51.100.11", id);
            madeUp[3] = madeUp[3].replaceAll("a{43}", ("" + i).repeat(43));
            assertThat(limitOf(gateway.post("/api/payments/" + id + "/checkout", "", madeUp)))
                    .as("all tokens of a registration share one bucket until a service accepts one")
                    .startsWith("\"token\";r=" + (2 - i));
        }
        assertThat(gateway.post("/api/payments/" + id + "0/checkout", "", bearer("198.51.100.11", id.replace('9', '8')))
                        .statusCode())
                .isEqualTo(429);
    }

    @Test
    void staff_have_a_bucket_of_their_own() {
        String[] organiser = {"X-Forwarded-For", "198.51.100.15", "Authorization", gateway.bearer("organiser")};
        String path = "/api/admin/conferences/a/statistics";
        assertThat(limitOf(gateway.get(path, organiser))).startsWith("\"address\"");
        assertThat(limitOf(gateway.get(path, organiser))).startsWith("\"staff\";r=3");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/admin/conferences/a/statistics, 198.51.100.19",
        "/desk/a/registrations, 198.51.100.20",
        "/desk, 198.51.100.21"
    })
    void session_of_staff_is_known_beside_the_cookies_of_their_device_and_of_a_registration(
            String path, String client) {
        String cookies = gateway
                .send(
                        "/sign-in",
                        request -> request.headers(from(client))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("Origin", ServiceFixture.PUBLIC_URL)
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "username=organiser&password=organiser%27s+password")))
                .headers()
                .allValues("Set-Cookie")
                .stream()
                .map(cookie -> cookie.split(";", 2)[0])
                .collect(Collectors.joining("; "));
        assertThat(cookies).contains("__Host-staff=", "__Host-staff-device=");
        String[] organiser = {
            "X-Forwarded-For", client, "Cookie", cookies + "; registration-019c1f4b-fe80-7025-8065-5a1d316edc57=k1.x"
        };
        assertThat(limitOf(gateway.get(path, organiser))).startsWith("\"address\"");
        assertThat(limitOf(gateway.get(path, organiser))).startsWith("\"staff\";r=3");
    }

    /** No response to a forged session is a success: it is the sign-in form, or a form that is kept to be sent again. */
    @Test
    void a_made_up_session_of_staff_is_not_known_by_their_pages() {
        gateway.registration.on("/desk/b/registrations", 401, "text/html", "");
        String[] stranger = {"X-Forwarded-For", "198.51.100.22", "Cookie", "__Host-staff=m1.x.y"};
        assertThat(gateway.get("/desk/a/registrations", stranger).statusCode()).isEqualTo(303);
        assertThat(gateway.post("/desk/b/registrations", "", stranger).statusCode())
                .isEqualTo(401);
        assertThat(limitOf(gateway.get("/desk/a/registrations", stranger))).startsWith("\"address\"");
    }

    @Test
    void bucket_depends_on_claims_not_signature_encoding() {
        String[] one = bearer("198.51.100.12", "019c1f4b-fe80-7025-8065-5a1d316edc5a");
        String[] same = one.clone();
        same[3] = same[3].replaceAll("a{43}", "b".repeat(43));
        gateway.get(REGISTRATION, one);
        gateway.get(REGISTRATION, same);
        assertThat(limitOf(gateway.get(REGISTRATION, one))).startsWith("\"token\";r=2");
        assertThat(limitOf(gateway.get(REGISTRATION, same))).startsWith("\"token\";r=1");
    }

    /** A service answers OPTIONS without checking the token, and may read another of several cookies than the gateway does. */
    @Test
    void a_token_is_not_known_by_an_answer_that_others_get_too() {
        String[] asked = bearer("198.51.100.13", "019c1f4b-fe80-7025-8065-5a1d316edc5b");
        gateway.send(
                REGISTRATION,
                request -> request.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .headers(asked));
        assertThat(limitOf(gateway.post(QUOTES, "{}", asked))).startsWith("\"address\"");
        String cookie = REGISTRATION.replace("/api/registrations/", "registration-") + "=\"; a=b.c";
        for (int i = 0; i < 2; i++) {
            assertThat(limitOf(gateway.get(REGISTRATION, "X-Forwarded-For", "198.51.100.13", "Cookie", cookie)))
                    .startsWith("\"address\"");
        }
    }

    /** A service looks for the cookie of the id that it parsed, whatever the path's spelling, and accepts a staff cookie as well. */
    @Test
    void a_token_is_not_known_where_its_service_may_have_taken_another() {
        String id = "019c1f4b-fe80-7025-8065-5a1d316edc5c";
        List<String> paths = List.of(
                "/api/registrations/" + id,
                "/api/registrations/" + id.toUpperCase(Locale.ROOT),
                "/api/registrations/" + id.replaceFirst("c$", "%63"),
                "/api/%72egistrations/" + id);
        List<String> cookies = List.of(
                "registration-" + id + "=k1.good; __Host-staff=m1.x",
                "registration-" + id + " =k1.good; __Host-staff=m1.x",
                "registration-" + id + "=m1.x; __Host-staff=k1.good",
                "registration-" + id + "=m1.x; registration-" + id + "=k1.good");
        int clients = 0;
        for (String path : paths) {
            for (String cookie : cookies) {
                String client = "2001:db8:2:" + clients++ + "::1";
                for (int call = 0; call < 2; call++) {
                    assertThat(limitOf(gateway.get(path, "X-Forwarded-For", client, "Cookie", cookie)))
                            .as(path + ", " + cookie)
                            .startsWith("\"address\"");
                }
            }
        }
    }

    @Test
    void token_of_a_cookie_is_known_beside_those_of_other_registrations() {
        String cookie = "registration-019c1f4b-fe80-7025-8065-5a1d316edc57=k1.z; "
                + "registration-019c1f4b-fe80-7025-8065-5a1d316edc5d=k1.other";
        gateway.get(REGISTRATION, "X-Forwarded-For", "198.51.100.17", "Cookie", cookie);
        assertThat(limitOf(gateway.get(REGISTRATION, "X-Forwarded-For", "198.51.100.17", "Cookie", cookie)))
                .startsWith("\"token\"");
    }

    @Test
    void made_up_tokens_are_no_better_than_none() {
        gateway.registration.on(REGISTRATION, 401, "application/problem+json", "{}");
        for (int i = 0; i < 5; i++) {
            String[] madeUp = bearer("198.51.100.5", "019c1f4b-fe80-7025-8065-00000000000" + i);
            assertThat(gateway.get(REGISTRATION, madeUp).statusCode()).isEqualTo(401);
        }
        assertThat(gateway.get(REGISTRATION, bearer("198.51.100.5", "019c1f4b-fe80-7025-8065-000000000000"))
                        .statusCode())
                .isEqualTo(429);
        assertThat(gateway.post(QUOTES, "{}", bearer("198.51.100.5", "019c1f4b-fe80-7025-8065-000000000009"))
                        .statusCode())
                .isEqualTo(429);
    }

    /** A quote needs no token, so its response does not prove that a token is good. */
    @Test
    void a_token_is_not_known_by_a_call_that_needs_none() {
        for (int i = 0; i < 5; i++) {
            assertThat(limitOf(
                            gateway.post(QUOTES, "{}", bearer("198.51.100.6", "019c1f4b-fe80-7025-8065-5a1d316edc58"))))
                    .startsWith("\"address\"");
        }
    }

    @Test
    void places_of_a_waiting_room_have_a_limit_of_their_own() {
        for (int i = 0; i < 2; i++) {
            gateway.post("/api/waiting-room/a/places", "", from("198.51.100.7"));
        }
        HttpResponse<String> refused = gateway.post("/api/waiting-room/a/places", "", from("198.51.100.7"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("RateLimit-Policy")).contains("\"place\";q=2;w=120");
        assertThat(quote("198.51.100.7")).isEqualTo(200);
        String[] registrant = bearer("198.51.100.7", "019c1f4b-fe80-7025-8065-5a1d316edc57");
        gateway.get(REGISTRATION, registrant);
        assertThat(gateway.post("/api/waiting-room/a/places", "", registrant).statusCode())
                .as("a good token gives no additional places")
                .isEqualTo(429);
        assertThat(gateway.get("/waiting-room/a", from("198.51.100.7")).statusCode())
                .as("the page takes one, too")
                .isEqualTo(429);
        assertThat(gateway.post("/waiting-room/a", "", from("198.51.100.7")).statusCode())
                .isEqualTo(429);
    }

    @Test
    void bearer_of_a_place_or_an_admission_has_a_bucket_of_its_own() {
        StubSales sales = new StubSales(gateway.registration);
        sales.are("limits-2026", "paused", "on");
        sales.are("limits-off-2026", "open", "off");
        await().until(() -> gateway.get("/api/waiting-room/limits-off-2026").statusCode() == 200);
        String[] client = from("198.51.100.19");
        String page = "/waiting-room/limits-2026";
        HttpResponse<String> taken = await().until(
                        () -> gateway.get(page, from("2001:db8:3:" + reader++ + "::1")),
                        answer -> answer.statusCode() == 200);
        String place = taken.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        assertThat(limitOf(gateway.get("/api" + page + "/place", with("Cookie", place, client))))
                .startsWith("\"token\";r=2");
        assertThat(limitOf(gateway.get(page, with("Cookie", place, client)))).startsWith("\"token\";r=1");
        assertThat(limitOf(gateway.post(page, "", with("Cookie", place, client))))
                .as("another place is allowed")
                .startsWith("\"place\";r=1");
        assertThat(gateway.get("/api" + page + "/place", with("Cookie", place, client))
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.get(page, with("Cookie", place, client)).statusCode())
                .isEqualTo(429);
        assertThat(limitOf(gateway.get("/api" + page + "/place", with("Cookie", place + "x", client))))
                .as("a forged one")
                .startsWith("\"address\"");

        assertThat(limitOf(register("limits-2026", client))).startsWith("\"token\";r=2");
        assertThat(limitOf(register("limits-off-2026", client)))
                .as("every client gets one")
                .startsWith("\"address\"");
    }

    private HttpResponse<String> register(String conference, String[] client) {
        Admission admission = new Admission(conference, 1, 2, Instant.now().plusSeconds(600), false);
        String token = new AdmissionTokens(AccessTokens.of(TestSettings.ROOM_KEYS)).sign(admission);
        return gateway.post(
                "/api/conferences/" + conference + "/registrations", "{}", with("Admission-Token", token, client));
    }

    private static String[] with(String name, String value, String[] others) {
        return Stream.concat(Stream.of(name, value), Stream.of(others)).toArray(String[]::new);
    }

    @Test
    void sign_in_is_limited_like_all_others() {
        for (int i = 0; i < 5; i++) {
            quote("198.51.100.8");
        }
        assertThat(gateway.post("/api/session", "{}", from("198.51.100.8")).statusCode())
                .isEqualTo(429);
    }

    @Test
    void what_is_the_same_for_everyone_and_webhooks_have_no_limit() {
        keep("/", "text/html");
        keep("/conferences/a", "text/html");
        keep("/api/conferences/a/availability", "application/json");
        for (int i = 0; i < 10; i++) {
            for (String path : List.of("/", "/conferences/a", "/api/conferences/a/availability", "/health")) {
                assertThat(gateway.get(path, from("198.51.100.9")).statusCode()).isNotEqualTo(429);
            }
            assertThat(gateway.post("/api/payments/webhooks/stripe", "{}", from("198.51.100.9"))
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(gateway.get("/conferences/a/register", from("198.51.100.9"))
                        .headers()
                        .firstValue("RateLimit"))
                .as("the form")
                .isPresent();
    }

    /** A path without a cached response may be made up: a slug that does not exist, or a query that no page links to. */
    @Test
    void a_read_of_which_nothing_is_kept_is_limited() {
        gateway.registration.on("/api/conferences/x1", 404, "application/problem+json", "{}");
        gateway.registration.on("/assets/zzz", 404, "application/problem+json", "{}");
        gateway.registration.on("/api/conferences", exchange -> forAll(exchange, "application/json"));
        List<String> paths = List.of(
                "/api/conferences/x1",
                "/api/conferences/x1",
                "/assets/zzz",
                "/api/conferences?after=1",
                "/api/conferences?limit=7");
        for (String path : paths) {
            assertThat(limitOf(gateway.get(path, from("198.51.100.16"))))
                    .as(path)
                    .startsWith("\"address\"");
        }
        assertThat(gateway.get("/api/conferences?after=2", from("198.51.100.16"))
                        .statusCode())
                .isEqualTo(429);
        assertThat(gateway.get("/api/conferences?after=1", from("198.51.100.16"))
                        .statusCode())
                .as("a stale response, which is revalidated")
                .isEqualTo(429);
        assertThat(gateway.registration.received()).hasSize(5);
    }

    @Test
    void a_read_that_goes_past_the_cache_and_what_a_rehearsal_alone_has_are_limited() {
        keep("/conferences/a", "text/html");
        List<String> paths = List.of("/conferences/a?x=%41", "/sandbox/faults", "/mailbox", "/api/rehearsal/clock");
        for (String path : paths) {
            assertThat(limitOf(gateway.get(path, from("198.51.100.14"))))
                    .as(path)
                    .startsWith("\"address\"");
        }
        gateway.get("/conferences/a?x=%41", from("198.51.100.14"));
        assertThat(gateway.get("/conferences/a?x=%41", from("198.51.100.14")).statusCode())
                .isEqualTo(429);
        assertThat(gateway.get("/conferences/a?x=A", from("198.51.100.14")).statusCode())
                .isEqualTo(200);
    }

    /** A refusal may cost more than a call, because a large body is read and discarded first. */
    @Test
    void malformed_requests_count_too() {
        String client = "198.51.100.18";
        String proof = REGISTRATION + "/attendees/019c1f4b-fe80-7025-8065-5a1d316edc5e/proof";
        List<HttpResponse<String>> refused = List.of(
                gateway.get("/api/../internal", from(client)),
                gateway.get("/internal/status", from(client)),
                gateway.get("/api/conferences?q=%ff", from(client)),
                gateway.post(QUOTES, "x".repeat(300_000), from(client)),
                gateway.post(proof, "{}", from(client)));
        assertThat(refused).extracting(HttpResponse::statusCode).containsExactly(404, 404, 400, 413, 401);
        assertThat(refused).extracting(LimitsIT::limitOf).allMatch(limit -> limit.startsWith("\"address\""));
        assertThat(gateway.post(proof, "{}", from(client)).statusCode()).isEqualTo(429);
        assertThat(gateway.get("/internal/status", from(client)).statusCode()).isEqualTo(429);
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void each_limit_has_its_metric() {
        quote("198.51.100.10");
        assertThat(gateway.send(gateway.managementUri("/actuator/prometheus"), request -> {})
                        .body())
                .containsPattern("gateway_limit_calls_total\\{limit=\"address\",outcome=\"passed\"} [1-9]")
                .contains("gateway_limit_calls_total{limit=\"token\",outcome=\"refused\"}")
                .contains("gateway_limit_calls_total{limit=\"place\",outcome=\"refused\"}")
                .contains("gateway_limit_calls_total{limit=\"staff\",outcome=\"refused\"}")
                .contains("gateway_sign_ins_refused_total")
                .contains("gateway_bodies_refused_total{reason=\"too-large\"}");
    }

    /** Caches a response that is never fresh, so that each read revalidates it. */
    private void keep(String path, String type) {
        gateway.registration.on(path, exchange -> forAll(exchange, type));
        assertThat(gateway.get(path, from("203.0.113." + reader++)).statusCode())
                .isEqualTo(200);
    }

    private static void forAll(HttpExchange exchange, String type) throws IOException {
        exchange.getResponseHeaders().set("Cache-Control", "public, max-age=0");
        StubService.send(exchange, 200, type, "{}");
    }

    private int quote(String client) {
        return gateway.post(QUOTES, "{}", from(client)).statusCode();
    }

    private static String limitOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit").orElse("none");
    }

    private static String[] bearer(String client, String registration) {
        String token = "k1." + registration + ".-.0." + "a".repeat(43);
        return new String[] {"X-Forwarded-For", client, "Authorization", "Bearer " + token};
    }

    private static String[] from(String client) {
        return new String[] {"X-Forwarded-For", client};
    }
}
