package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.ResettingService;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.TestGateway;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OutageIT {

    private static final String OWN_503 = "{\"status\":503,\"code\":\"unavailable\",\"detail\":\"the queue is full\"}";

    private static ResettingService resetting;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        resetting = new ResettingService();
        gateway = TestGateway.start(
                "--gateway.upstream.notification=" + resetting.url(),
                "--gateway.budgets.payment=500ms",
                "--gateway.budgets.registration=500ms",
                "--gateway.budgets.request-body=700ms",
                "--gateway.budgets.breaker-open=300ms");
        // The first call of a cold gateway takes longer than these budgets.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.get("/api/payments/warm").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        resetting.close();
    }

    @BeforeEach
    void forget() {
        gateway.registration.forget();
        gateway.payment.forget();
        for (Service service : Service.values()) {
            gateway.bean(Breakers.class).of(service).reset();
        }
    }

    @Test
    void a_read_is_tried_twice() {
        AtomicInteger calls = new AtomicInteger();
        gateway.registration.on("/api/conferences", exchange -> {
            if (calls.incrementAndGet() == 1) {
                breakOff(exchange);
            } else {
                StubService.send(exchange, 200, "application/json", "{}");
            }
        });
        assertThat(gateway.get("/api/conferences").statusCode()).isEqualTo(200);
        assertThat(calls).hasValue(2);
    }

    @Test
    void a_read_is_not_tried_a_third_time() {
        gateway.registration.on("/api/conferences", OutageIT::breakOff);
        assertUnavailable(gateway.get("/api/conferences"));
        assertThat(gateway.registration.received()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void a_status_that_is_not_the_services_own_word_is_an_outage(int status) {
        gateway.registration.on("/api/conferences", status, "text/html", "<h1>proxy on host-17</h1>");
        HttpResponse<String> response = gateway.get("/api/conferences");
        assertUnavailable(response);
        assertThat(response.body()).doesNotContain("host-17");
        assertThat(gateway.registration.received()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void a_write_is_sent_once(String method) {
        gateway.payment.on("/api/payments/1/checkout", OutageIT::breakOff);
        assertUnavailable(gateway.send(
                "/api/payments/1/checkout", request -> request.method(method, HttpRequest.BodyPublishers.noBody())));
        assertThat(gateway.payment.received()).hasSize(1);
    }

    @Test
    void a_write_over_a_connection_that_is_reset_is_sent_once_too() {
        assertThat(gateway.get("/mailbox").statusCode()).isEqualTo(200);
        assertUnavailable(gateway.send("/mailbox/messages", HttpRequest.Builder::DELETE));
        assertThat(resetting.received()).containsExactly("GET /mailbox HTTP/1.1", "DELETE /mailbox/messages HTTP/1.1");
    }

    @Test
    void a_service_may_say_503_itself() {
        gateway.registration.on("/api/conferences/a/registrations", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            StubService.send(exchange, 503, "application/problem+json", OWN_503);
        });
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> response = gateway.post("/api/conferences/a/registrations", "{}");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).isEqualTo(OWN_503);
            assertThat(response.headers().firstValue("Retry-After")).contains("7");
        }
        assertThat(gateway.get("/api/conferences/a/registrations").body()).isEqualTo(OWN_503);
        assertThat(gateway.registration.received())
                .as("asked each time, and not twice for a read")
                .hasSize(31);
        assertThat(gateway.bean(Breakers.class).stateOf(Service.REGISTRATION)).isEqualTo("closed");
    }

    @Test
    void a_slow_service_is_answered_for_within_the_budget() {
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/1", exchange -> waitFor(never));
        long startedAt = System.nanoTime();
        assertUnavailable(gateway.get("/api/payments/1"));
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .isBetween(Duration.ofMillis(450), Duration.ofSeconds(5));
        assertThat(gateway.payment.received()).hasSize(1);
        never.countDown();
    }

    @Test
    void an_answer_that_stops_in_the_middle_is_ended() {
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/1", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("half".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            waitFor(never);
        });
        String answer = gateway.sendRaw("GET /api/payments/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("half");
        never.countDown();
    }

    @Test
    void neither_what_was_cut_off_nor_what_could_not_be_read_tells_in_the_log_who_it_was(CapturedOutput output) {
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/0198-secret", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            waitFor(never);
        });
        for (String target :
                List.of("/api/payments/0198-secret?q=ada@example.org", "/%zz/0198-secret?q=ada@example.org")) {
            gateway.sendRaw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
        gateway.sendRaw("GET /0198-secret HTTP/1.1\r\nHost: localhost\r\nCookie ada@example.org\r\n\r\n");
        never.countDown();

        await().until(() -> output.getOut().contains("cut off"));
        assertThat(output.getAll())
                .doesNotContain("0198-secret")
                .doesNotContain("ada@example.org")
                .doesNotContain("127.0.0.1:");
    }

    @Test
    void a_slow_sender_is_not_taken_for_a_slow_service() {
        for (int i = 0; i < 6; i++) {
            String answer = gateway.sendRaw("POST /api/payments/1/checkout HTTP/1.1\r\nHost: localhost\r\n"
                    + "Connection: close\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed\"");
        }
        assertThat(gateway.bean(Breakers.class).stateOf(Service.PAYMENT)).isEqualTo("closed");
    }

    @Test
    void a_service_that_is_away_is_not_asked_until_the_breaker_tries_again() {
        gateway.payment.stop();
        try {
            for (int i = 0; i < 10; i++) {
                assertUnavailable(gateway.post("/api/payments/1/checkout", ""));
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> breakerOfPayment().equals("half-open"));
        } finally {
            gateway.payment.startAgain();
        }
        assertThat(gateway.get("/api/conferences").statusCode())
                .as("the other services have their own")
                .isEqualTo(200);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> gateway.post("/api/payments/1/checkout", "").statusCode() == 200);
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            gateway.post("/api/payments/1/checkout", "");
            return breakerOfPayment().equals("closed");
        });
    }

    @Test
    void an_open_breaker_answers_without_asking() {
        gateway.payment.on("/api/payments/1/checkout", OutageIT::breakOff);
        for (int i = 0; i < 5; i++) {
            gateway.post("/api/payments/1/checkout", "");
        }
        gateway.bean(Breakers.class).of(Service.PAYMENT).transitionToForcedOpenState();
        assertThat(breakerOfPayment()).isEqualTo("open");
        assertUnavailable(gateway.post("/api/payments/1/checkout", ""));
        assertThat(gateway.payment.received()).hasSize(5);
    }

    @Test
    void a_browser_gets_a_page_in_its_language() {
        gateway.registration.on("/", OutageIT::breakOff);
        HttpResponse<String> english = gateway.get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(english.statusCode()).isEqualTo(503);
        assertThat(english.headers().firstValue("Retry-After")).contains("1");
        assertThat(english.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(english.body())
                .contains("One moment, please")
                .contains(english.headers().firstValue("X-Request-Id").orElseThrow());
        HttpResponse<String> german =
                gateway.get("/", "Accept", "text/html,*/*", "Accept-Language", "de-AT,de;q=0.9,en;q=0.5");
        assertThat(german.body()).contains("<html lang=\"de\">");
        assertThat(gateway.get("/", "Accept", "*/*").headers().firstValue("Content-Type"))
                .contains("application/problem+json");
    }

    private static String breakerOfPayment() {
        return gateway.bean(Breakers.class).stateOf(Service.PAYMENT);
    }

    private static void assertUnavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(TestGateway.json(response).get("code").stringValue()).isEqualTo("unavailable");
        assertThat(response.body()).doesNotContain("127.0.0.1").doesNotContain("Exception");
    }

    /** Closes the connection without a word. */
    private static void breakOff(HttpExchange exchange) {
        exchange.close();
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
