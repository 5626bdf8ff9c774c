package org.openingminute.gateway.edge;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves, on a running gateway with stub services, how it bounds request bodies, guards paths, and sets the headers of each response. */
@GatewayTest
@ExtendWith(OutputCaptureExtension.class)
class EdgeIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final int QUARTER = MEBIBYTE / 4;
    private static final String[] TOKEN = {"Authorization", "Bearer a-token"};

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private MeterRegistry meters;

    @Test
    void declared_too_large_body_is_refused_before_it_is_sent() {
        assertTooLarge(() -> gateway.send(
                "/api/conferences/a/registrations",
                request -> request.expectContinue(true)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[10_000_000]))));
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void a_large_body_that_is_sent_nevertheless_is_answered_too() {
        assertTooLarge(() -> gateway.send(
                "/api/conferences/a/registrations",
                request -> request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[10_000_000]))));
    }

    @Test
    void a_body_that_does_not_say_how_large_it_is_is_counted() {
        assertTooLarge(() -> gateway.send(
                "/api/conferences/a/registrations",
                request -> request.POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[10_000_000])))));
        assertThat(gateway.registration.received()).isEmpty();
    }

    /** Many clients send the whole body first. Closing a connection with unread bytes resets it, and the client loses the response. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10000000", "Transfer-Encoding: chunked"})
    void client_that_sends_all_first_learns_that_it_was_too_large(String framing) {
        String head = "POST /api/conferences/a/registrations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\n" + framing + "\r\n\r\n";
        String body = "a".repeat(10_000_000);
        String sent = framing.endsWith("chunked")
                ? Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"
                : body;
        for (int round = 0; round < 5; round++) {
            assertProblem(gateway.sendRaw(head + sent), 413, "too-large");
        }
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void a_body_of_just_the_limit_goes_through() {
        assertThat(post("/api/conferences/a/registrations", QUARTER)).isEqualTo(200);
        assertThat(post("/api/conferences/a/registrations", QUARTER + 1)).isEqualTo(413);
        assertThat(gateway.registration.received())
                .singleElement()
                .satisfies(request -> assertThat(request.body()).hasSize(QUARTER));
    }

    @Test
    void a_body_that_comes_with_a_token_may_be_larger() {
        assertThat(post("/api/admin/conferences/a", MEBIBYTE, TOKEN)).isEqualTo(200);
        assertThat(post("/api/admin/conferences/a", MEBIBYTE + 1, TOKEN)).isEqualTo(413);
        assertThat(post("/registrations/0198/cancel", MEBIBYTE, "Cookie", "registration-0198=a-token"))
                .isEqualTo(200);
        assertThat(post("/registrations/0198/cancel", MEBIBYTE, "Cookie", "registration-0199=a-token"))
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/registrations/0198/attendees/0199/proof",
                "/registrations/0198/attendees/0199/proof",
                "/desk/mlsys-2026/transfers/file"
            })
    void file_may_be_larger_and_needs_a_token(String upload) {
        assertThat(post(upload, 6 * MEBIBYTE, TOKEN)).isEqualTo(200);
        assertThat(post(upload, 6 * MEBIBYTE + 1, TOKEN)).isEqualTo(413);
        gateway.registration.forget();
        assertThat(post(upload, 5 * MEBIBYTE)).isEqualTo(401);
        assertThat(post(upload, 5 * MEBIBYTE, "Cookie", "registration-0199=a-token"))
                .isEqualTo(401);
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void file_that_is_too_large_is_a_page_for_browsers() {
        HttpResponse<String> page = gateway.send(
                "/desk/mlsys-2026/transfers/file",
                request -> request.header(TOKEN[0], TOKEN[1])
                        .header("Accept", "text/html,*/*;q=0.8")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[6 * MEBIBYTE + 1])));
        assertThat(page.statusCode()).isEqualTo(413);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(page.body()).contains("This is too much at once", "href=\"/\"");
    }

    @ParameterizedTest
    @CsvSource({"/desk/mlsys-2026/transfers/file, 1", "/desk/mlsys-2026/transfers, 262145"})
    void what_cannot_be_kept_without_a_session_leads_to_sign_in(String form, int bytes) {
        HttpResponse<String> page = gateway.send(
                form,
                request -> request.header("Accept", "text/html,*/*;q=0.8")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes])));
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(page.body()).contains("Nothing was sent", "href=\"/sign-in?to=%2Fdesk\"");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void client_that_was_told_to_go_on_sends_all() {
        HttpResponse<String> response = gateway.send(
                "/api/registrations/0198/attendees/0199/proof",
                request -> request.expectContinue(true)
                        .header(TOKEN[0], TOKEN[1])
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5 * MEBIBYTE])));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(gateway.registration.received())
                .singleElement()
                .satisfies(request -> assertThat(request.body()).hasSize(5 * MEBIBYTE));
    }

    /** After a refusal the server closes the connection of such a client, which resets it if bytes are unread. */
    @Test
    void client_that_was_told_to_go_on_sends_all_and_gets_the_answer_that_came_meanwhile() throws IOException {
        String proof = "/api/registrations/0198/attendees/0199/proof";
        gateway.registration.beforeTheBody(proof, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            exchange.sendResponseHeaders(401, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.getRequestBody().readAllBytes();
        });
        String head = "POST " + proof + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer made-up\r\n"
                + "Expect: 100-continue\r\nContent-Length: " + 5 * MEBIBYTE + "\r\n\r\n";
        for (int round = 0; round < 5; round++) {
            try (Socket client = new Socket("127.0.0.1", gateway.uri("/").getPort())) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                assertThat(answer.readLine()).isEqualTo("HTTP/1.1 100 Continue");
                assertThat(answer.readLine()).isEmpty();
                client.getOutputStream().write(new byte[5 * MEBIBYTE]);
                assertThat(answer.readLine()).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    @Test
    void the_gateways_own_calls_are_limited_too() {
        assertTooLarge(() -> gateway.post("/api/session", "\"" + "x".repeat(2 * MEBIBYTE) + "\""));
    }

    @Test
    void every_answer_bears_the_security_headers() {
        for (String path : new String[] {"/", "/api/version", "/nothing", "/api/../internal"}) {
            HttpResponse<String> response = gateway.get(path);
            assertThat(response.headers().firstValue("Content-Security-Policy"))
                    .as(path)
                    .get()
                    .asString()
                    .contains("default-src 'self'; style-src 'self';")
                    .contains("frame-ancestors 'none'")
                    .contains("form-action 'self' " + ServiceFixture.PUBLIC_URL + " https://checkout.stripe.com");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Referrer-Policy")).contains("same-origin");
            assertThat(response.headers().firstValue("Permissions-Policy")).isPresent();
            assertThat(response.headers().firstValue("Strict-Transport-Security"))
                    .contains("max-age=31536000");
            assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        }
    }

    @Test
    void a_service_cannot_take_the_security_headers_away() {
        gateway.registration.on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Security-Policy", "default-src *");
            StubService.send(exchange, 200, "text/html", "page");
        });
        assertThat(gateway.get("/").headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .doesNotContain("*");
    }

    @Test
    void only_the_mailbox_may_show_mails_with_their_own_style() {
        assertThat(gateway.get("/mailbox").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("style-src 'self' 'unsafe-inline'");
        assertThat(gateway.get("/mailboxes").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .doesNotContain("unsafe-inline");
    }

    @Test
    void only_the_door_may_use_the_camera() {
        assertThat(permissions("/check-in/mlsys-2026")).startsWith("camera=(self), geolocation=()");
        for (String path : new String[] {"/", "/check-ins", "/desk/check-in/", "/mailbox"}) {
            assertThat(permissions(path)).as(path).startsWith("camera=(), geolocation=()");
        }
        assertThat(gateway.get("/check-in/mlsys-2026").headers().firstValue("Content-Security-Policy"))
                .isEqualTo(gateway.get("/").headers().firstValue("Content-Security-Policy"));
    }

    private String permissions(String path) {
        return gateway.get(path).headers().firstValue("Permissions-Policy").orElseThrow();
    }

    @Test
    void log_names_the_request_and_not_the_caller(CapturedOutput output) {
        gateway.get(
                "/api/registrations/0198-secret?email=ada@example.org",
                "X-Request-Id",
                "the-logged-one",
                "Authorization",
                "Bearer a-token",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        org.awaitility.Awaitility.await().until(() -> output.getOut().contains("the-logged-one"));
        String line = output.getOut()
                .lines()
                .filter(text -> text.contains("the-logged-one"))
                .findFirst()
                .orElseThrow();
        JsonNode entry = JsonMapper.shared().readTree(line);
        assertThat(entry.get("logger_name").stringValue()).isEqualTo("access");
        assertThat(entry.get("method").stringValue()).isEqualTo("GET");
        assertThat(entry.get("route").stringValue()).isEqualTo("registration");
        assertThat(entry.get("status").asInt()).isEqualTo(200);
        assertThat(entry.get("ms").isNumber()).isTrue();
        assertThat(entry.get("traceId").stringValue()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(line)
                .doesNotContain("ada@example.org")
                .doesNotContain("0198-secret")
                .doesNotContain("a-token")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void log_names_the_registration(CapturedOutput output) {
        String id = "019c1f4b-fe80-7025-8065-5a1d316edc57";
        gateway.get("/api/registrations/" + id + "/timeline", "X-Request-Id", "one-registration");
        org.awaitility.Awaitility.await().until(() -> output.getOut().contains("one-registration"));
        JsonNode entry = JsonMapper.shared()
                .readTree(output.getOut()
                        .lines()
                        .filter(text -> text.contains("one-registration"))
                        .findFirst()
                        .orElseThrow());
        assertThat(entry.get("registrationId").stringValue()).isEqualTo(id);
    }

    @Test
    void probes_and_metrics_are_on_a_port_of_their_own() {
        assertThat(gateway.get("/actuator/health/readiness").statusCode()).isEqualTo(404);
        HttpResponse<String> ready = gateway.send(gateway.managementUri("/actuator/health/readiness"), request -> {});
        assertThat(ready.statusCode()).isEqualTo(200);
        HttpResponse<String> metrics = gateway.send(gateway.managementUri("/actuator/prometheus"), request -> {});
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body()).contains("resilience4j_circuitbreaker_state{");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/%zz HTTP/1.1\r\nHost: localhost",
                "GET /api/conferences?q={x} HTTP/1.1\r\nHost: localhost",
                "GET /api/a|b HTTP/1.1\r\nHost: localhost",
                "GET /api/conferences?q=\u00e9 HTTP/1.1\r\nHost: localhost",
                "GET /api/conferences?q[0]=x HTTP/1.1\r\nHost: localhost",
                "GET /api/conferences?a=b&q=%ff HTTP/1.1\r\nHost: localhost",
                "GET /api/version?q=%c3%28 HTTP/1.1\r\nHost: localhost",
                "GET /api/conferences HTTP/1.1\r\nHost: localhost:port",
                "GET /api/conferences HTTP/1.1\r\nHost: localhost\r\nno colon here",
                "what is this"
            })
    void unreadable_request_is_a_problem(String request) {
        String answer = gateway.sendRaw(request + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertProblem(answer, 400, "malformed");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void long_address_goes_as_any_other_and_the_connection_stays() {
        HttpResponse<String> answer = gateway.get("/api/conferences?after=" + "a".repeat(7_000));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Connection")).isEmpty();
    }

    @Test
    void address_that_is_too_long_is_a_page_for_browsers() {
        String search = "/desk/mlsys-2026/registrations?q=" + "a".repeat(10_000);

        HttpResponse<String> page = gateway.get(search, "Accept", "text/html,*/*;q=0.8");
        assertThat(page.statusCode()).isEqualTo(413);
        assertThat(page.body()).contains("This is too much at once");
        HttpResponse<String> document = gateway.get(search, "Accept", "*/*");
        assertThat(document.statusCode()).isEqualTo(413);
        assertThat(ServiceFixture.json(document).get("code").stringValue()).isEqualTo("too-large");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void a_nul_in_a_query_is_invalid() {
        HttpResponse<String> answer = gateway.get("/api/conferences?a=b&q=x%00");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(ServiceFixture.json(answer).get("code").stringValue()).isEqualTo("invalid");
        assertThat(ServiceFixture.json(answer).at("/errors/0/field").stringValue())
                .isEqualTo("q");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"%00, 422", "%ff, 400"})
    void query_that_cannot_be_read_is_a_page_for_browsers(String typed, int status) {
        HttpResponse<String> page =
                gateway.get("/conferences/a?q=" + typed, "Accept", "text/html,*/*;q=0.8", "Accept-Language", "de");
        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body()).contains("<html lang=\"de\">", "Das ist nicht lesbar");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/conferences", "/api/conferences?limit=1&after=%C3%A9+x", "/open?a&b=&=c&&"})
    void a_query_that_every_server_reads_goes_as_it_is(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(200);
        assertThat(gateway.registration.received())
                .extracting(StubService.Received::uri)
                .containsExactly(path);
    }

    @Test
    void an_answer_is_private_unless_its_service_says_otherwise() {
        gateway.registration.on("/api/conferences", exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=1, public");
            StubService.send(exchange, 200, "application/json", "{}");
        });
        gateway.registration.on("/assets/page.css", exchange -> exchange.sendResponseHeaders(304, -1));

        assertThat(cacheControl(gateway.get("/api/registrations/0198/timeline", "Authorization", "Bearer a-token")))
                .containsExactly("private, no-store");
        assertThat(cacheControl(gateway.get("/registrations/0198", "Cookie", "registration-0198=a-token")))
                .containsExactly("private, no-store");
        assertThat(cacheControl(gateway.get("/api/unsubscribe/a-token"))).containsExactly("private, no-store");
        assertThat(cacheControl(gateway.post("/api/registrations/0198/cancellation", "{}")))
                .containsExactly("private, no-store");
        assertThat(cacheControl(gateway.get("/api/conferences", "Authorization", "Bearer a-token")))
                .containsExactly("max-age=1, public");
        assertThat(cacheControl(gateway.get("/assets/page.css")))
                .as("no header on a 304, as it would replace the cached one")
                .isEmpty();
    }

    private static List<String> cacheControl(HttpResponse<String> answer) {
        return answer.headers().allValues("Cache-Control");
    }

    @Test
    void an_error_that_a_service_sends_without_a_body_gets_one() {
        gateway.registration.on("/api/conferences", exchange -> {
            exchange.getResponseHeaders().set("Allow", "GET");
            exchange.sendResponseHeaders(405, -1);
            exchange.close();
        });

        HttpResponse<String> answer = gateway.send("/api/conferences", request -> request.method("DELETE", noBody()));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Allow")).contains("GET");
        assertThat(ServiceFixture.json(answer).get("code").stringValue()).isEqualTo("not-found");
        assertThat(gateway.send("/api/conferences", request -> request.method("HEAD", noBody()))
                        .body())
                .isEmpty();
        assertThat(gateway.get("/api/version").statusCode())
                .as("the connection is kept")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/internal/status", "/api/docs/nothing", "/api/../internal"})
    void missing_pages_are_html_for_browsers_and_problems_for_programs(String path) {
        HttpResponse<String> english = gateway.get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(english.statusCode()).isEqualTo(404);
        assertThat(english.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(english.body())
                .contains("Page not found", "href=\"/\"")
                .contains(english.headers().firstValue("X-Request-Id").orElseThrow());
        assertThat(gateway.get(path, "Accept", "text/html", "Accept-Language", "de-CH")
                        .body())
                .contains("<html lang=\"de\">", "Seite nicht gefunden");
        for (String accept : new String[] {"*/*", "application/json"}) {
            assertThat(gateway.get(path, "Accept", accept).headers().firstValue("Content-Type"))
                    .contains("application/problem+json");
        }
    }

    private static void assertProblem(String answer, int status, String code) {
        String[] parts = answer.split("\r\n\r\n", 2);
        assertThat(parts[0].toLowerCase(java.util.Locale.ROOT))
                .contains("content-type: application/problem+json")
                .contains("x-request-id: ")
                .contains("x-content-type-options: nosniff");
        JsonNode problem = JsonMapper.shared().readTree(parts[1]);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("code").stringValue()).isEqualTo(code);
        assertThat(problem.get("detail").stringValue()).isNotBlank();
    }

    private int post(String path, int bytes, String... headers) {
        return gateway.send(path, request -> {
                    request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes]));
                    if (headers.length > 0) {
                        request.headers(headers);
                    }
                })
                .statusCode();
    }

    private void assertTooLarge(Supplier<HttpResponse<String>> call) {
        Counter refused = meters.counter("gateway.bodies.refused", "reason", "too-large");
        double before = refused.count();
        HttpResponse<String> response = call.get();
        assertThat(refused.count() - before).as("counted").isOne();
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo("too-large");
    }
}
