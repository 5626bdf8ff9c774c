package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Proves, on a running gateway with stub services, that it answers within the budget, sends a write once, and opens the breaker while a
 * service is slow, resets connections or is away.
 */
@GatewayTest(surroundings = OutageIT.ShortBudgets.class)
@ExtendWith(OutputCaptureExtension.class)
class OutageIT {

    private static final String OWN_503 = "{\"status\":503,\"code\":\"unavailable\",\"detail\":\"the queue is full\"}";

    /** Far longer than any successful call takes, on a busy machine too. */
    private static final Duration BUDGET = Duration.ofSeconds(4);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Larger than all buffers on the way together. */
    private static final int LARGE = 64 * 1024 * 1024;

    private static final ResettingService RESETTING = new ResettingService();

    /** Budgets that are short enough to wait for, and a service that resets its connections. */
    static final class ShortBudgets extends ServiceFixture.Surroundings {

        ShortBudgets() {
            super(
                    "gateway.upstream.notification=" + RESETTING.url(),
                    "gateway.budgets.payment=" + BUDGET.toMillis() + "ms",
                    "gateway.budgets.internal=" + BUDGET.toMillis() + "ms",
                    "gateway.budgets.request-body=" + BUDGET.toMillis() + "ms",
                    "gateway.budgets.breaker-open=300ms");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private Breakers breakers;

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
    void status_of_an_intermediary_is_an_outage(int status) {
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
        AtomicInteger sent = new AtomicInteger();
        // Repeats until a write uses the connection of the read before it, which may not have returned to the pool yet.
        await().atMost(PATIENCE).until(() -> {
            if (gateway.get("/mailbox").statusCode() != 200) {
                // Both attempts of the read met connections of earlier rounds, which are reset, too.
                return false;
            }
            sent.incrementAndGet();
            HttpResponse<String> answer = gateway.send("/mailbox/messages", HttpRequest.Builder::DELETE);
            if (answer.statusCode() == 200) {
                return false;
            }
            assertUnavailable(answer);
            return true;
        });
        assertThat(RESETTING.received())
                .filteredOn("DELETE /mailbox/messages HTTP/1.1"::equals)
                .hasSize(sent.get());
    }

    @Test
    void a_page_of_a_service_that_cannot_just_now_arrives_with_what_was_typed() {
        gateway.registration.on("/conferences/a/register", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "1");
            StubService.send(exchange, 503, "text/html", "<form>as typed</form>");
        });
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> response = gateway.post("/conferences/a/register", "{}");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("<form>as typed</form>");
        }
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("closed");
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
                .as("called each time, and reads were not retried")
                .hasSize(31);
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("closed");
    }

    @Test
    void a_slow_service_is_answered_for_in_time_and_a_slow_sender_is_none() {
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/1", exchange -> waitFor(never));
        long startedAt = System.nanoTime();
        List<CompletableFuture<String>> senders = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> gateway.sendRaw("POST /api/payments/1/checkout HTTP/1.1\r\nHost: localhost\r\n"
                                + "Connection: close\r\nContent-Length: 10\r\n\r\nhalf"),
                        task -> Thread.ofVirtual().start(task)))
                .limit(6)
                .toList();
        assertUnavailable(gateway.get("/api/payments/1"));
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .as("not aborted before the budget; without a budget the client would time out")
                .isGreaterThan(BUDGET.minusMillis(100));
        assertThat(gateway.payment.received()).hasSize(1);
        never.countDown();
        assertThat(senders)
                .extracting(CompletableFuture::join)
                .allSatisfy(
                        answer -> assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed\""));
        assertThat(breakerOfPayment()).isEqualTo("closed");
    }

    @Test
    void an_answer_that_stops_midway_is_ended_and_the_log_names_nobody(CapturedOutput output) {
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/0198-secret", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("half".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            waitFor(never);
        });
        // One request whose response is cut off, and two requests that cannot be parsed.
        String answer =
                gateway.sendRaw("GET /api/payments/0198-secret?q=ada@example.org HTTP/1.1\r\nHost: localhost\r\n\r\n");
        gateway.sendRaw(
                "GET /%zz/0198-secret?q=ada@example.org HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        gateway.sendRaw("GET /0198-secret HTTP/1.1\r\nHost: localhost\r\nCookie ada@example.org\r\n\r\n");
        never.countDown();

        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("half");
        await().atMost(PATIENCE).until(() -> output.getOut().contains("cut off"));
        assertThat(output.getAll())
                .doesNotContain("0198-secret")
                .doesNotContain("ada@example.org")
                .doesNotContain("127.0.0.1:");
    }

    @Test
    void an_answer_that_breaks_off_before_its_first_byte_leaves_nothing_behind() {
        gateway.payment.on("/api/payments/1", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/pdf");
            exchange.getResponseHeaders().set("Content-Disposition", "attachment; filename=ticket.pdf");
            exchange.getResponseHeaders().set("Set-Cookie", "registration-1=x; Path=/");
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().flush();
            breakOff(exchange);
        });
        HttpResponse<String> response = gateway.get("/api/payments/1");
        assertUnavailable(response);
        assertThat(response.body()).contains("is not responding right now");
        assertThat(response.headers().map()).doesNotContainKeys("set-cookie", "content-disposition");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void a_client_slower_than_the_services_limit_gets_its_answer_whole() throws IOException {
        byte[] piece = new byte[LARGE / 64];
        gateway.payment.on("/api/payments/1/large", exchange -> {
            exchange.sendResponseHeaders(200, LARGE);
            for (int i = 0; i < 64; i++) {
                exchange.getResponseBody().write(piece);
            }
        });
        CountDownLatch never = new CountDownLatch(1);
        gateway.payment.on("/api/payments/1", exchange -> waitFor(never));
        URI uri = gateway.uri("/api/payments/1/large");
        try (Socket client = new Socket(uri.getHost(), uri.getPort())) {
            client.getOutputStream()
                    .write("GET /api/payments/1/large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo('H');
            // Each takes the whole budget, during which the large response makes no progress.
            assertUnavailable(gateway.get("/api/payments/1"));
            assertUnavailable(gateway.get("/api/payments/1"));
            assertThat(client.getInputStream().transferTo(OutputStream.nullOutputStream()))
                    .isGreaterThan(LARGE);
        } finally {
            never.countDown();
        }
    }

    @Test
    void absent_service_is_not_called_until_the_breaker_half_opens() {
        gateway.payment.stop();
        try {
            for (int i = 0; i < 10; i++) {
                assertUnavailable(gateway.post("/api/payments/1/checkout", ""));
            }
            await().atMost(PATIENCE).until(() -> breakerOfPayment().equals("half-open"));
        } finally {
            gateway.payment.startAgain();
        }
        assertThat(gateway.get("/api/conferences").statusCode())
                .as("each service has its own breaker")
                .isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> gateway.post("/api/payments/1/checkout", "").statusCode() == 200);
        await().atMost(PATIENCE).until(() -> {
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
        breakers.of(Service.PAYMENT).transitionToForcedOpenState();
        assertThat(breakerOfPayment()).isEqualTo("open");
        assertUnavailable(gateway.post("/api/payments/1/checkout", ""));
        assertThat(gateway.payment.received()).hasSize(5);
    }

    @Test
    void session_that_a_silent_service_does_not_confirm_is_refused() {
        String session = session();
        CountDownLatch never = new CountDownLatch(1);
        gateway.registration.on("/internal/staff-sessions/*", exchange -> waitFor(never));
        HttpResponse<String> refused = gateway.get("/api/payments/1", "Cookie", session);
        never.countDown();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(gateway.payment.received()).isEmpty();
    }

    @Test
    void sessions_stay_valid_while_revocations_are_unreachable() {
        String session = session();
        gateway.registration.on("/internal/staff-sessions/*", 502, "text/html", "<h1>proxy</h1>");
        assertThat(gateway.get("/api/payments/1", "Cookie", session).statusCode())
                .isEqualTo(503);
        breakers.of(Service.REGISTRATION).transitionToForcedOpenState();
        assertThat(gateway.get("/api/payments/1", "Cookie", session).statusCode())
                .isEqualTo(200);
        assertThat(gateway.payment.received().getLast().header("Cookie")).startsWith("staff=ey");
    }

    @Test
    void a_browser_gets_a_page_in_its_language() {
        gateway.registration.on("/", OutageIT::breakOff);
        HttpResponse<String> english = gateway.get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(english.statusCode()).isEqualTo(503);
        assertThat(english.headers().firstValue("Retry-After")).contains("1");
        assertThat(english.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(english.body())
                .contains("One moment, please", "<a href=\"\" class=\"button\">Try again</a>")
                .contains(english.headers().firstValue("X-Request-Id").orElseThrow());
        HttpResponse<String> german =
                gateway.get("/", "Accept", "text/html,*/*", "Accept-Language", "de-AT,de;q=0.9,en;q=0.5");
        assertThat(german.body()).contains("<html lang=\"de\">");
        assertThat(gateway.get("/", "Accept", "*/*").headers().firstValue("Content-Type"))
                .contains("application/problem+json");
    }

    @Test
    void outage_page_after_a_write_leads_back_to_the_form() {
        gateway.registration.on("/registrations/1/extension", OutageIT::breakOff);
        String form = gateway.uri("/registrations/1?from=mail&x=1").toString();
        HttpResponse<String> english = postForm("/registrations/1/extension", form, "en");
        assertThat(english.statusCode()).isEqualTo(503);
        assertThat(english.body())
                .contains("<a href=\"/registrations/1?from=mail&amp;x=1\" class=\"button\">Back</a>")
                .doesNotContain("href=\"\"");
        assertThat(postForm("/registrations/1/extension", form, "de").body()).contains(">Zurück</a>");
        assertThat(postForm("/registrations/1/extension", "https://evil.example.org/x", "en")
                        .body())
                .contains("<a href=\"/\" class=\"button\">Back</a>");
    }

    @Test
    void page_for_staff_stands_in_for_one_that_is_away_and_leads_to_the_others() {
        String organiser = gateway.bearer("organiser");
        gateway.payment.on("/desk/a/registrations/1/money", OutageIT::breakOff);
        gateway.payment.on("/desk/a/money", OutageIT::breakOff);
        gateway.registration.on("/desk", OutageIT::breakOff);

        HttpResponse<String> english = staffPage("/desk/a/registrations/1/money?x=1&y", organiser, "en");
        assertThat(english.statusCode()).isEqualTo(503);
        assertThat(english.headers().firstValue("Retry-After")).contains("1");
        assertThat(english.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(english.body())
                .contains(
                        "This part does not answer right now. The others work without it.",
                        "<a href=\"/desk/a/registrations/1/money?x=1&amp;y\">Try again</a>",
                        "<a href=\"/desk/a/registrations\" aria-current=\"page\">Registrations</a>",
                        "<a href=\"/desk/a/mails\">Emails</a>",
                        english.headers().firstValue("X-Request-Id").orElseThrow())
                .doesNotContain("seat");
        assertThat(staffPage("/desk/a/money", gateway.bearer("finance"), "de").body())
                .contains("<html lang=\"de\">", "<a href=\"/desk/a/money\" aria-current=\"page\">")
                .doesNotContain("/desk/a/mails");
        assertThat(staffPage("/desk", organiser, "en").body()).contains("Sign out", "href=\"/desk\">Try again</a>");
    }

    @Test
    void page_for_staff_after_a_write_leads_back_to_the_form_and_strangers_get_that_of_all() {
        gateway.payment.on("/desk/a/money", OutageIT::breakOff);
        String form = gateway.uri("/desk/a/money?day=1").toString();

        assertThat(gateway.post(
                                "/desk/a/money",
                                "",
                                "Authorization",
                                gateway.bearer("organiser"),
                                "Accept",
                                "text/html",
                                "Referer",
                                form)
                        .body())
                .contains("<a class=\"button\" href=\"/desk/a/money?day=1\">Back</a>", "whether it was done")
                .doesNotContain("Try again");
        HttpResponse<String> stranger = staffPage("/desk/a/money", "Bearer nobody's", "en");
        assertThat(stranger.statusCode()).isEqualTo(503);
        assertThat(stranger.body()).contains("One moment, please").doesNotContain("/desk/a/mails");
        assertUnavailable(gateway.get("/desk/a/money", "Authorization", gateway.bearer("organiser")));
    }

    private String session() {
        return gateway.send(
                        "/sign-in",
                        request -> request.headers(
                                        "Content-Type",
                                        "application/x-www-form-urlencoded",
                                        "Origin",
                                        ServiceFixture.PUBLIC_URL)
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "username=operator&password=operator's+password")))
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";", 2)[0];
    }

    private HttpResponse<String> staffPage(String path, String authorization, String language) {
        return gateway.get(
                path, "Authorization", authorization, "Accept", "text/html,*/*;q=0.8", "Accept-Language", language);
    }

    private HttpResponse<String> postForm(String path, String from, String language) {
        return gateway.post(path, "", "Accept", "text/html,*/*;q=0.8", "Referer", from, "Accept-Language", language);
    }

    private String breakerOfPayment() {
        return breakers.stateOf(Service.PAYMENT);
    }

    private static void assertUnavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo("unavailable");
        assertThat(response.body()).doesNotContain("127.0.0.1").doesNotContain("Exception");
    }

    /** Closes the connection without an answer. */
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
