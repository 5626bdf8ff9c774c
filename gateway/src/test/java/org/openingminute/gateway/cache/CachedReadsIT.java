package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Proves, on a running gateway with stub services, which reads are cached, for how long, and what invalidates them. */
@GatewayTest
@ExtendWith(OutputCaptureExtension.class)
class CachedReadsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MANY = 50;

    private static final String PAGE = "/conferences/mlsys-2026";
    private static final String DEFINITION = "/api/conferences/mlsys-2026";
    private static final String AVAILABILITY = DEFINITION + "/availability";
    /** Stays fresh for a minute, which is longer than any test takes. */
    private static final String FILE = "/assets/page.css";

    private static final String BODY =
            "<html><main id=\"main\" tabindex=\"-1\"><h1>MLSys</h1>" + "<p>Prices</p>".repeat(200) + "</main></html>";
    private static final String TAG = "\"" + BODY.hashCode() + "\"";

    @Autowired
    private ServiceFixture gateway;

    /** Answers as registration-service does. */
    private static StubService.Behaviour publicly(String type, String body) {
        return exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=60, public");
            exchange.getResponseHeaders().set("ETag", "\"" + body.hashCode() + "\"");
            StubService.send(exchange, 200, type, body);
        };
    }

    private static StubService.Behaviour page(String body) {
        return exchange -> {
            exchange.getResponseHeaders().set("Vary", "Accept-Language");
            exchange.getResponseHeaders().set("Content-Security-Policy", "default-src *");
            publicly("text/html;charset=UTF-8", body).answer(exchange);
        };
    }

    private static StubService.Behaviour after(CountDownLatch let, StubService.Behaviour then) {
        return exchange -> {
            try {
                let.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            then.answer(exchange);
        };
    }

    private CompletableFuture<HttpResponse<String>> reading(String path) {
        return gateway.client()
                .sendAsync(HttpRequest.newBuilder(gateway.uri(path)).build(), BodyHandlers.ofString());
    }

    @Test
    void read_is_asked_of_its_service_once_and_says_its_age() {
        gateway.registration.on(FILE, publicly("text/css", BODY));

        HttpResponse<String> first = gateway.get(FILE, "X-Request-Id", "the-first");
        HttpResponse<String> second = gateway.get(FILE, "X-Request-Id", "the-second");

        assertThat(gateway.registration.received()).hasSize(1);
        assertThat(second.body()).isEqualTo(first.body()).isEqualTo(BODY);
        assertThat(second.headers().allValues("X-Request-Id")).containsExactly("the-second");
        assertThat(second.headers().firstValueAsLong("Age").orElseThrow())
                .as("rounded up, so that the next cache does not keep it for too long")
                .isBetween(1L, 60L);
        for (String name : List.of(
                "ETag",
                "Content-Type",
                "Content-Length",
                "Cache-Control",
                "Content-Security-Policy",
                "Strict-Transport-Security",
                "Vary")) {
            assertThat(second.headers().allValues(name))
                    .as(name)
                    .hasSize(1)
                    .isEqualTo(first.headers().allValues(name));
        }
    }

    @Test
    void kept_answer_has_our_security_headers_and_not_its_services() {
        gateway.registration.on(PAGE, page(BODY));
        for (String reader : List.of("first", "second")) {
            assertThat(gateway.get(PAGE).headers().allValues("Content-Security-Policy"))
                    .as(reader)
                    .singleElement()
                    .asString()
                    .startsWith("default-src 'self'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void head_of_a_kept_read_has_the_headers_of_the_read(String encoding) {
        gateway.registration.on(FILE, publicly("text/css", BODY));
        gateway.get(FILE);
        HttpResponse<String> read = gateway.get(FILE, "Accept-Encoding", encoding, "X-Request-Id", "one");

        HttpResponse<String> head = gateway.send(
                FILE,
                request -> request.method("HEAD", BodyPublishers.noBody())
                        .header("Accept-Encoding", encoding)
                        .header("X-Request-Id", "one"));

        assertThat(gateway.registration.received()).hasSize(1);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().map().keySet())
                .contains("x-request-id", "content-security-policy")
                .isEqualTo(read.headers().map().keySet());
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(read.headers().firstValue("Content-Length"));
    }

    @Test
    void many_at_once_are_one_request_to_the_service() {
        CountDownLatch held = new CountDownLatch(1);
        gateway.registration.on(FILE, after(held, publicly("text/css", BODY)));

        List<CompletableFuture<HttpResponse<String>>> readers =
                IntStream.range(0, MANY).mapToObj(_ -> reading(FILE)).toList();
        await().atMost(PATIENCE).until(() -> !gateway.registration.received().isEmpty());
        held.countDown();

        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.join().body()).isEqualTo(BODY));
        assertThat(gateway.registration.received()).hasSize(1);
    }

    @Test
    void known_answer_is_not_sent_again() {
        gateway.registration.on(FILE, publicly("text/css", BODY));
        gateway.get(FILE);

        HttpResponse<String> again = gateway.get(FILE, "If-None-Match", "\"other\", W/" + TAG);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).contains(TAG);
        assertThat(again.headers().firstValue("Age")).isPresent();
        assertThat(again.headers().firstValue("Cache-Control")).contains("max-age=60, public");
        assertThat(gateway.get(FILE, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
        assertThat(gateway.registration.received()).hasSize(1);
    }

    @Test
    void headers_of_the_first_reader_do_not_reach_others() {
        gateway.registration.on(FILE, publicly("text/css", BODY));

        assertThat(gateway.get(FILE, "If-None-Match", TAG).statusCode()).isEqualTo(304);

        assertThat(gateway.get(FILE).body()).isEqualTo(BODY);
        assertThat(gateway.registration.received())
                .singleElement()
                .satisfies(asked -> assertThat(asked.header("If-None-Match")).isEmpty());
    }

    @Test
    void unchanged_answer_is_confirmed_without_its_body() {
        gateway.registration.on(PAGE, page(BODY));
        assertThat(gateway.get(PAGE).statusCode()).isEqualTo(200);
        gateway.registration.on(PAGE, exchange -> exchange.sendResponseHeaders(304, -1));

        await().atMost(PATIENCE).until(() -> {
            assertThat(gateway.get(PAGE).body()).isEqualTo(BODY);
            return gateway.registration.received().size() > 1;
        });

        assertThat(gateway.registration.received().getLast().header("If-None-Match"))
                .isEqualTo(TAG);
        assertThat(gateway.get(PAGE).headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
    }

    @Test
    void head_has_the_length_and_no_body() {
        gateway.registration.on(FILE, publicly("text/css", BODY));
        for (String reader : List.of("first", "second")) {
            HttpResponse<String> head = gateway.send(FILE, request -> request.method("HEAD", BodyPublishers.noBody()));
            assertThat(head.statusCode()).as(reader).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValue("Content-Length")).contains(Integer.toString(BODY.length()));
            assertThat(head.headers().firstValue("ETag")).contains(TAG);
        }
        assertThat(gateway.get(FILE).body()).isEqualTo(BODY);
        assertThat(gateway.registration.received())
                .singleElement()
                .satisfies(asked -> assertThat(asked.method()).isEqualTo("GET"));
    }

    @Test
    void client_that_accepts_gzip_gets_it_and_no_other_does() throws IOException {
        gateway.registration.on(PAGE, page(BODY));
        for (String reader : List.of("first", "second")) {
            HttpResponse<byte[]> packed = bytes("gzip, deflate, br");
            assertThat(packed.headers().firstValue("Content-Encoding"))
                    .as(reader)
                    .contains("gzip");
            assertThat(packed.headers().firstValue("ETag")).contains("W/" + TAG);
            assertThat(packed.headers().allValues("Vary")).containsExactly("Accept-Language, Cookie, Accept-Encoding");
            assertThat(packed.body().length).isLessThan(BODY.length() / 4);
            try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
                assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(BODY);
            }
        }
        assertThat(bytes("gzip;q=0").body()).isEqualTo(BODY.getBytes(StandardCharsets.UTF_8));
        assertThat(gateway.get(PAGE).headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void large_answer_is_compressed_too() throws IOException {
        String large = "{\"text\":\"" + "long ".repeat(50_000) + "\"}";
        gateway.registration.on(DEFINITION, publicly("application/json", large));
        for (String reader : List.of("first", "second")) {
            HttpResponse<byte[]> packed = bytes(DEFINITION, "gzip");
            assertThat(packed.headers().firstValue("Content-Encoding"))
                    .as(reader)
                    .contains("gzip");
            try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
                assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(large);
            }
        }
        assertThat(gateway.get(DEFINITION).body()).isEqualTo(large);
    }

    private HttpResponse<byte[]> bytes(String encodings) throws IOException {
        return bytes(PAGE, encodings);
    }

    private HttpResponse<byte[]> bytes(String path, String encodings) throws IOException {
        return gateway.client()
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri(path))
                                .header("Accept-Encoding", encodings)
                                .build(),
                        BodyHandlers.ofByteArray())
                .join();
    }

    @Test
    void language_is_chosen_before_the_service_is_asked() {
        gateway.registration.on(
                PAGE,
                exchange -> page(exchange.getRequestHeaders().getFirst("Accept-Language"))
                        .answer(exchange));

        assertThat(gateway.get(PAGE, "Accept-Language", "de-AT,de;q=0.9,en;q=0.5")
                        .body())
                .isEqualTo("de");
        assertThat(gateway.get(PAGE, "Accept-Language", "fr").body()).isEqualTo("en");
        assertThat(gateway.get(PAGE, "Accept-Language", "de-CH").body()).isEqualTo("de");
        assertThat(gateway.get(PAGE).body()).isEqualTo("en");
    }

    @Test
    void nothing_of_one_client_goes_into_the_answer_for_all() {
        gateway.registration.on(FILE, publicly("text/css", BODY));
        List<String> ofOne = List.of(
                "Cookie",
                "registration-1=secret",
                "Accept-Language",
                "de",
                "Referer",
                "https://register.example.org/registrations/1",
                "User-Agent",
                "only mine",
                "If-Match",
                "\"mine\"",
                "Accept",
                "*/*, what nobody reads");
        gateway.get(FILE + "?utm_source=mail", ofOne.toArray(String[]::new));
        gateway.get(FILE + "?utm_source=other", "Cookie", "registration-2=secret");
        assertThat(gateway.registration.received()).singleElement().satisfies(asked -> {
            assertThat(asked.uri()).isEqualTo(FILE);
            for (int i = 0; i < ofOne.size(); i += 2) {
                assertThat(asked.header(ofOne.get(i))).as(ofOne.get(i)).isNotEqualTo(ofOne.get(i + 1));
            }
        });
    }

    /** The gateway does not cache a query with an encoded or a repeated known name, because the service may parse it differently. */
    @Test
    void known_parameters_are_part_of_the_key() {
        gateway.registration.on(
                "/api/conferences",
                exchange -> publicly(
                                "application/json", exchange.getRequestURI().toString())
                        .answer(exchange));
        for (String query : List.of("?limit=1", "?limit=2", "", "?limit=1&after=a", "?%6cimit=3", "?limit=4&limit=5")) {
            assertThat(gateway.get("/api/conferences" + query).body()).isEqualTo("/api/conferences" + query);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control | private",
                "Cache-Control | public, private, max-age=60",
                "Cache-Control | max-age=60",
                "Cache-Control | public, no-store",
                "Set-Cookie | registration-1=x; Path=/",
                "Vary | Cookie",
                "Vary | Accept-Language",
                "Content-Encoding | br"
            })
    void answer_about_one_client_is_not_kept(String header, String value) {
        gateway.registration.on(FILE, exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "public, max-age=60");
            exchange.getResponseHeaders().set(header, value);
            StubService.send(exchange, 200, "text/css", "for one");
        });
        assertThat(gateway.get(FILE).headers().allValues(header)).containsExactly(value);
        gateway.get(FILE);
        assertThat(gateway.registration.received()).hasSize(2);
    }

    @Test
    void waiting_readers_ask_themselves_where_the_answer_is_private() {
        CountDownLatch held = new CountDownLatch(1);
        gateway.registration.on(FILE, after(held, exchange -> StubService.send(exchange, 200, "text/css", "for one")));
        List<CompletableFuture<HttpResponse<String>>> readers =
                IntStream.range(0, 5).mapToObj(_ -> reading(FILE)).toList();
        await().atMost(PATIENCE).until(() -> !gateway.registration.received().isEmpty());
        held.countDown();
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.join().body()).isEqualTo("for one"));
        assertThat(gateway.registration.received()).hasSize(5);
    }

    @Test
    void waiting_reader_asks_where_the_first_may_not() {
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        gateway.registration.on(FILE, after(held, exchange -> {
            if (asked.getAndIncrement() == 0) {
                StubService.send(exchange, 429, "application/problem+json", "{}");
            } else {
                publicly("text/css", BODY).answer(exchange);
            }
        }));
        CompletableFuture<HttpResponse<String>> first = reading(FILE);
        await().atMost(PATIENCE).until(() -> !gateway.registration.received().isEmpty());
        List<CompletableFuture<HttpResponse<String>>> others =
                IntStream.range(0, 5).mapToObj(_ -> reading(FILE)).toList();
        held.countDown();
        assertThat(first.join().statusCode()).isEqualTo(429);
        assertThat(others).allSatisfy(reader -> assertThat(reader.join().body()).isEqualTo(BODY));
        assertThat(gateway.registration.received()).hasSize(2);
    }

    @Test
    void caller_with_a_token_is_answered_by_the_service() {
        gateway.registration.on(FILE, publicly("text/css", "for all"));
        gateway.get(FILE);
        gateway.registration.on(FILE, publicly("text/css", "for one"));
        assertThat(gateway.get(FILE, "Authorization", "Bearer a").body()).isEqualTo("for one");
        assertThat(gateway.get(FILE).body()).isEqualTo("for all");
    }

    @Test
    void staff_change_invalidates_the_cache() {
        gateway.registration.on(FILE, publicly("text/css", "before"));
        gateway.get(FILE);
        gateway.registration.on(FILE, publicly("text/css", "after"));
        String change = "/api/admin/conferences/mlsys-2026";
        gateway.registration.on(change, 401, "application/problem+json", "{}");
        gateway.send(change, request -> request.PUT(BodyPublishers.ofString("{}")));
        assertThat(gateway.get(FILE).body()).as("the change was refused").isEqualTo("before");

        gateway.registration.on(change, 200, "application/json", "{}");
        gateway.send(change, request -> request.PUT(BodyPublishers.ofString("{}")));

        assertThat(gateway.get(FILE).body()).isEqualTo("after");
    }

    /** A form of the desk is answered with a redirect, and so is a form that is sent without a session. */
    @Test
    void what_staff_change_by_a_form_shows_at_once() {
        gateway.registration.on(FILE, publicly("text/css", "before"));
        gateway.get(FILE);
        gateway.registration.on(FILE, publicly("text/css", "after"));
        String form = "/desk/mlsys-2026";
        gateway.registration.on(form, leading("/sign-in?to=%2Fdesk"));
        gateway.post(form, "{}");
        assertThat(gateway.get(FILE).body()).as("the change was refused").isEqualTo("before");

        gateway.registration.on(form, leading(form));
        assertThat(gateway.post(form, "{}").statusCode()).isEqualTo(303);

        assertThat(gateway.get(FILE).body()).isEqualTo("after");
    }

    private static StubService.Behaviour leading(String to) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", to);
            StubService.send(exchange, 303, "text/html", "");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {PAGE, "/"})
    void page_outlives_its_service_and_says_how_old_it_is(String path) {
        gateway.registration.on(path, page(BODY));
        gateway.get(path);
        gateway.get(path, "Accept-Language", "de");
        gateway.registration.on(path, 503, "text/plain", "away");

        await().atMost(PATIENCE).until(() -> gateway.get(path).body().contains("class=\"notice\""));

        HttpResponse<String> aged = gateway.get(path, "If-None-Match", TAG);
        assertThat(aged.statusCode()).isEqualTo(200);
        assertThat(aged.headers().firstValueAsLong("Age").orElseThrow()).isBetween(1L, 60L);
        assertThat(aged.body())
                .contains("<main id=\"main\" tabindex=\"-1\">\n<p class=\"notice\"")
                .contains("This page is as it was less than a minute ago.", "<h1>MLSys</h1>");
        await().atMost(PATIENCE)
                .until(() -> gateway.get(path, "Accept-Language", "de")
                        .body()
                        .contains("Diese Seite ist auf dem Stand von vor weniger als einer Minute."));
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFINITION, "/api/conferences"})
    void definition_outlives_its_service_and_says_its_age(String path) {
        gateway.registration.on(path, publicly("application/json", "{}"));
        gateway.get(path);
        gateway.registration.stop();
        try {
            await().atMost(PATIENCE).until(() -> {
                HttpResponse<String> aged = gateway.get(path);
                assertThat(aged.statusCode()).isEqualTo(200);
                assertThat(aged.body()).isEqualTo("{}");
                return aged.headers().firstValueAsLong("Age").orElseThrow() >= 2;
            });
        } finally {
            gateway.registration.startAgain();
        }
        await().atMost(PATIENCE)
                .until(() -> gateway.get(path).headers().firstValueAsLong("Age").orElseThrow() == 1);
    }

    @Test
    void page_of_a_service_that_hangs_is_not_waited_for_by_all() {
        gateway.registration.on(PAGE, page(BODY));
        gateway.get(PAGE);
        CountDownLatch never = new CountDownLatch(1);
        gateway.registration.on(PAGE, after(never, page(BODY)));
        List<CompletableFuture<HttpResponse<String>>> readers = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            readers.add(reading(PAGE));
            return gateway.registration.received().size() > 1;
        });
        assertThat(gateway.get(PAGE).body()).contains("class=\"notice\"");
        assertThat(never.getCount()).isEqualTo(1);
        never.countDown();
        // A reader that is still waiting would report the service as late during the next test.
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.join().statusCode()).isEqualTo(200));
    }

    @Test
    void availability_is_refused_while_its_service_fails() {
        gateway.registration.on(AVAILABILITY, publicly("application/json", "{\"state\":\"open\"}"));
        gateway.get(AVAILABILITY);
        gateway.registration.on(AVAILABILITY, 503, "text/plain", "away");

        await().atMost(PATIENCE).until(() -> gateway.get(AVAILABILITY).statusCode() == 503);

        HttpResponse<String> refused = gateway.get(AVAILABILITY);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(refused.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(ServiceFixture.json(refused).get("code").stringValue()).isEqualTo("unavailable");
    }

    @Test
    void service_that_fails_is_asked_by_one_for_all() {
        CountDownLatch held = new CountDownLatch(1);
        gateway.registration.on(
                AVAILABILITY, after(held, exchange -> StubService.send(exchange, 500, "text/plain", "broken")));
        List<CompletableFuture<HttpResponse<String>>> readers =
                IntStream.range(0, MANY).mapToObj(_ -> reading(AVAILABILITY)).toList();
        await().atMost(PATIENCE).until(() -> !gateway.registration.received().isEmpty());
        held.countDown();
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.join().statusCode()).isGreaterThanOrEqualTo(500));
        // One call a second is sent, however long a slow machine takes to send all requests.
        assertThat(gateway.registration.received()).hasSizeLessThan(MANY / 5);
    }

    @Test
    void waiting_reader_asks_when_the_first_has_gone() {
        CountDownLatch held = new CountDownLatch(1);
        gateway.registration.on(FILE, after(held, publicly("text/css", BODY)));
        CompletableFuture<HttpResponse<String>> first = reading(FILE);
        await().atMost(PATIENCE).until(() -> !gateway.registration.received().isEmpty());
        CompletableFuture<HttpResponse<String>> second = reading(FILE);
        first.cancel(true);
        await().atMost(PATIENCE).until(() -> gateway.registration.received().size() == 2);
        held.countDown();
        assertThat(second.join().body()).isEqualTo(BODY);
    }

    @Test
    void management_port_has_none_of_it() {
        gateway.registration.on("/", page(BODY));
        assertThat(gateway.get("/").statusCode()).isEqualTo(200);
        assertThat(gateway.send(gateway.managementUri("/"), request -> {}).statusCode())
                .isEqualTo(404);
    }

    @Test
    void kept_answer_is_logged_and_timed_as_any_other(CapturedOutput output) {
        gateway.registration.on(FILE, publicly("text/css", BODY));
        // The counters include a request only after its response and its log line.
        double earlier = requests();
        gateway.get(FILE, "X-Request-Id", "kept-from-here-on");
        await().atMost(PATIENCE).until(() -> output.getOut().contains("kept-from-here-on"));
        double before = await().atMost(PATIENCE).until(this::requests, requests -> requests > earlier);
        double kept = sum("gateway_reads_total{", "source=\"kept\"");

        gateway.get(
                FILE,
                "X-Request-Id",
                "kept-and-logged",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await().atMost(PATIENCE).until(() -> output.getOut().contains("kept-and-logged"));
        assertThat(output.getOut()
                        .lines()
                        .filter(line -> line.contains("kept-and-logged"))
                        .toList())
                .singleElement()
                .asString()
                .contains(
                        "\"route\":\"assets\"",
                        "\"status\":200",
                        "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"",
                        "answered");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(requests()).isEqualTo(before + 1));
        assertThat(sum("gateway_reads_total{", "source=\"kept\"")).isEqualTo(kept + 1);
    }

    private double requests() {
        return sum("http_server_requests_seconds_count{", "uri=\"assets\"", "status=\"200\"");
    }

    private double sum(String metric, String... labels) {
        return gateway.send(gateway.managementUri("/actuator/prometheus"), request -> {})
                .body()
                .lines()
                .filter(line ->
                        line.startsWith(metric) && List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
