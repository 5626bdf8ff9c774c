package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves, on a running gateway with stub services, which service gets each path, and which headers and bodies are passed on. */
@GatewayTest
class RoutingIT {

    @Autowired
    private ServiceFixture gateway;

    @ParameterizedTest
    @CsvSource({
        "payment, /api/payments/webhooks/sandbox",
        "payment, /api/payments/0198/checkout",
        "payment, /sandbox/checkout/abc",
        "payment, /sandbox",
        "payment, /api/registrations/0198/receipt.pdf",
        "payment, /api/registrations/0198/invoice.pdf",
        "payment, /api/registrations/0198/credit-note.pdf",
        "notification, /mailbox",
        "notification, /mailbox/messages?to=ada@example.org",
        "notification, /api/conferences/mlsys-2026/interest",
        "notification, /api/conferences/mlsys-2026/mailbox-confirmations",
        "registration, /api/mailbox-confirmations",
        "notification, /conferences/mlsys-2026/interest",
        "notification, /interest/confirmation?token=k1.0198.sig",
        "notification, /api/admin/mails",
        "notification, /api/admin/mails/0198/resend",
        "notification, /api/admin/mails/resend",
        "notification, /api/admin/conferences/mlsys-2026/announcements",
        "notification, /api/admin/conferences/mlsys-2026/mails",
        "notification, /api/admin/conferences/mlsys-2026/mails/pay-now/en/preview",
        "notification, /api/registrations/0198/mails",
        "notification, /api/registrations/0198/attendees/0199/ticket.pdf",
        "notification, /api/registrations/0198/attendees/0199/calendar.ics",
        "notification, /api/registrations/0198/attendees/0199/invitation-letter.pdf",
        "notification, /api/unsubscribe/0198",
        "registration, /api/registrations/0198/stream",
        "registration, /api/registrations/0198",
        "registration, /api/conferences",
        "registration, /api/conferences/mlsys-2026/registrations",
        "registration, /api/admin/conferences/mlsys-2026",
        "registration, /api/rehearsal/clock",
        "registration, /",
        "registration, /conferences/mlsys-2026/register",
        "registration, /registrations/0198",
        "registration, /open",
        "registration, /assets/style.css",
        "registration, /.well-known/ticket-keys",
        "registration, /desk",
        "registration, /desk/mlsys-2026",
        "registration, /desk/mlsys-2026/registrations",
        "registration, /desk/mlsys-2026/registrations/0198/refund",
        "registration, /desk/mlsys-2026/waiting-room",
        "registration, /check-in/mlsys-2026",
        "payment, /api/admin/conferences/mlsys-2026/money.csv",
        "payment, /api/admin/conferences/mlsys-2026/money.xlsx",
        "payment, /api/admin/conferences/mlsys-2026/ledger.xlsx",
        "registration, /api/admin/conferences/mlsys-2026/badges.xlsx",
        "payment, /desk/mlsys-2026/money",
        "payment, /desk/mlsys-2026/registrations/0198/money",
        "payment, /desk/mlsys-2026/registrations/0198/money/refunds/0199",
        "notification, /desk/mlsys-2026/mails",
        "notification, /api/admin/conferences/mlsys-2026/badges.pdf",
        "notification, /api/admin/conferences/mlsys-2026/attendees/0198/badge.pdf",
        "notification, /desk/mlsys-2026/badges",
        "notification, /desk/mlsys-2026/registrations/0198/mails"
    })
    void every_path_goes_to_its_service(String service, String path) {
        assertThat(gateway.post(path, "{}").statusCode()).isEqualTo(200);
        assertThat(stub(service).received()).singleElement().satisfies(request -> {
            assertThat(request.uri()).isEqualTo(path);
            assertThat(request.method()).isEqualTo("POST");
        });
        assertThat(gateway.registration.received().size()
                        + gateway.payment.received().size()
                        + gateway.notification.received().size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal/status",
                "/internal",
                "/actuator",
                "/actuator/health/readiness",
                "/actuator/prometheus",
                "/api/ops/nothing",
                "/api/waiting-room/mlsys-2026/nothing",
                "/api/session/nothing",
                "/assets/gateway/nothing",
                "/assets/ui/nothing",
                "/nothing"
            })
    void unknown_paths_are_not_found_and_go_nowhere(String path) {
        HttpResponse<String> response = gateway.get(path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo("not-found");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal%2fstatus",
                "//internal/status",
                "/x/..;/internal/status",
                "/%69nternal/status",
                "/api/../internal/status",
                "/api/..;/internal/status",
                "/api/%2e%2e/internal/status",
                "/api/..%2finternal/status",
                "/api/..%5cinternal/status",
                "/api/;/../internal/status",
                "/api/conferences/..;a=b/..;c=d/internal/status",
                "/INTERNAL/status",
                "http://127.0.0.1/internal/status",
                "/%61ctuator/health"
            })
    void path_traversal_is_refused(String path) {
        String response = gateway.sendRaw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(response).startsWith("HTTP/1.1 404").contains("\"code\":\"not-found\"");
        assertThat(gateway.registration.received()).isEmpty();
        assertThat(gateway.payment.received()).isEmpty();
        assertThat(gateway.notification.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, length",
        "PUT, length",
        "PATCH, length",
        "DELETE, length",
        "GET, length",
        "POST, chunks",
        "PUT, chunks",
        "PATCH, chunks",
        "DELETE, chunks",
        "GET, chunks"
    })
    void a_body_never_becomes_a_request_of_its_own(String method, String framing) {
        String body = "GET /internal/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String framed = framing.equals("length")
                ? "Content-Length: " + body.length() + "\r\n\r\n" + body
                : "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                        + "\r\n0\r\n\r\n";

        String answer = gateway.sendRaw(method + " /api/conferences HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close, content-length, transfer-encoding, authorization\r\n"
                + "Authorization: Bearer a\r\n" + framed);

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(gateway.registration.received()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo(method);
            assertThat(request.uri()).isEqualTo("/api/conferences");
            assertThat(request.body()).asString(StandardCharsets.US_ASCII).isEqualTo(body);
            assertThat(request.header("Authorization")).isEqualTo("Bearer a");
            assertThat(request.headers().keySet()).containsAnyOf("Content-length", "Transfer-encoding");
        });
    }

    @Test
    void only_allowed_headers_are_forwarded() {
        gateway.post(
                "/api/conferences/mlsys-2026/registrations",
                "{}",
                "Authorization",
                "Bearer a.b.c.d.e",
                "Idempotency-Key",
                "once",
                "Admission-Token",
                "turn",
                "If-Match",
                "\"3\"",
                "If-None-Match",
                "\"4\"",
                "Last-Event-ID",
                "7",
                "Origin",
                ServiceFixture.PUBLIC_URL,
                "Referer",
                ServiceFixture.PUBLIC_URL + "/",
                "Cookie",
                "registration-1=x",
                "Accept-Language",
                "de",
                "HX-Request",
                "true",
                "HX-Target",
                "list",
                "Sandbox-Signature",
                "s",
                "Stripe-Signature",
                "t",
                "X-Forwarded-For",
                "203.0.113.7",
                "X-Forwarded-Host",
                "evil.example",
                "Forwarded",
                "for=203.0.113.7",
                "X-Real-IP",
                "203.0.113.7",
                "X-Original-URL",
                "/internal",
                "X-HTTP-Method-Override",
                "DELETE",
                "Accept-Encoding",
                "gzip");
        StubService.Received request = gateway.registration.received().getFirst();
        assertThat(request.header("Authorization")).isEqualTo("Bearer a.b.c.d.e");
        assertThat(request.header("Idempotency-Key")).isEqualTo("once");
        assertThat(request.header("Admission-Token")).isEqualTo("turn");
        assertThat(request.header("Origin")).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(request.header("Cookie")).isEqualTo("registration-1=x");
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("register.example.org");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(request.header("X-Request-Id")).isNotBlank();
        assertThat(request.headers().keySet())
                .map(name -> name.toLowerCase(java.util.Locale.ROOT))
                .containsExactlyInAnyOrder(
                        "accept",
                        "accept-language",
                        "admission-token",
                        "authorization",
                        "content-length",
                        "content-type",
                        "cookie",
                        "host",
                        "hx-request",
                        "idempotency-key",
                        "if-match",
                        "if-none-match",
                        "last-event-id",
                        "origin",
                        "referer",
                        "sandbox-signature",
                        "stripe-signature",
                        "traceparent",
                        "user-agent",
                        "x-forwarded-for",
                        "x-forwarded-host",
                        "x-forwarded-proto",
                        "x-request-id");
    }

    @Test
    void a_trace_goes_on_and_a_new_one_begins_without() {
        gateway.get("/api/conferences", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        gateway.get("/api/conferences");
        assertThat(gateway.registration.received().get(0).header("traceparent"))
                .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01")
                .doesNotContain("b7ad6b7169203331");
        assertThat(gateway.registration.received().get(1).header("traceparent"))
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]")
                .doesNotContain("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void a_usable_request_id_is_kept_and_any_other_replaced() {
        HttpResponse<String> kept = gateway.get("/api/conferences", "X-Request-Id", "Desk-7.b_c");
        HttpResponse<String> replaced = gateway.get("/api/conferences", "X-Request-Id", "no good\"");
        HttpResponse<String> tooLong = gateway.get("/api/conferences", "X-Request-Id", "x".repeat(65));
        assertThat(kept.headers().allValues("X-Request-Id")).containsExactly("Desk-7.b_c");
        assertThat(gateway.registration.received().get(0).header("X-Request-Id"))
                .isEqualTo("Desk-7.b_c");
        assertThat(replaced.headers().allValues("X-Request-Id"))
                .singleElement()
                .asString()
                .hasSize(36);
        assertThat(tooLong.headers().firstValue("X-Request-Id"))
                .get()
                .asString()
                .hasSize(36);
        assertThat(gateway.registration.received().get(1).header("X-Request-Id"))
                .isEqualTo(replaced.headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void query_path_and_body_arrive_byte_for_byte() throws Exception {
        byte[] body = new byte[200_000];
        new Random(7).nextBytes(body);
        String path = "/api/payments/webhooks/sandbox%20x?a=b%2Bc+d&e=%C3%A4&f=a=b&&g";
        HttpResponse<String> response =
                gateway.send(path, request -> request.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        assertThat(response.statusCode()).isEqualTo(200);
        StubService.Received received = gateway.payment.received().getFirst();
        assertThat(received.uri()).isEqualTo(path);
        assertThat(received.body()).isEqualTo(body);
    }

    @Test
    void an_answer_comes_back_as_the_service_gave_it() {
        gateway.registration.on("/api/registrations/1", exchange -> {
            exchange.getResponseHeaders().add("Set-Cookie", "registration-1=x; Path=/");
            exchange.getResponseHeaders().add("Set-Cookie", "staff=y; Path=/");
            exchange.getResponseHeaders().add("Location", ServiceFixture.PUBLIC_URL + "/api/registrations/1");
            exchange.getResponseHeaders().add("X-Request-Id", "the service's");
            exchange.getResponseHeaders().add("Server", "Hidden/1.0");
            StubService.send(exchange, 409, "application/problem+json", "{\"code\":\"sold-out\"}");
        });
        HttpResponse<String> response = gateway.post("/api/registrations/1", "{}");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).isEqualTo("{\"code\":\"sold-out\"}");
        assertThat(response.headers().allValues("Set-Cookie")).hasSize(2);
        assertThat(response.headers().firstValue("Location"))
                .contains(ServiceFixture.PUBLIC_URL + "/api/registrations/1");
        assertThat(response.headers().firstValue("Server")).isEmpty();
        assertThat(response.headers().allValues("X-Request-Id")).hasSize(1).doesNotContain("the service's");
    }

    @Test
    void headers_of_the_services_connection_alone_stay_there() {
        gateway.registration.on("/api/conferences", exchange -> {
            exchange.getResponseHeaders().add("Connection", "keep-alive");
            exchange.getResponseHeaders().add("Connection", "X-One, x-two");
            exchange.getResponseHeaders().add("X-One", "1");
            exchange.getResponseHeaders().add("X-Two", "2");
            exchange.getResponseHeaders().add("X-Three", "3");
            StubService.send(exchange, 200, "text/plain", "ok");
        });
        HttpResponse<String> response = gateway.get("/api/conferences");
        assertThat(response.headers().map()).containsKey("x-three").doesNotContainKeys("x-one", "x-two", "connection");
    }

    @Test
    void events_flow_as_they_happen() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        gateway.registration.on("/api/registrations/1/stream", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            try {
                for (String event = events.take(); !event.isEmpty(); event = events.take()) {
                    out.write(("event: status\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        });
        events.add("first");
        HttpResponse<java.io.InputStream> response = gateway.client()
                .send(
                        HttpRequest.newBuilder(gateway.uri("/api/registrations/1/stream"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: status");
            assertThat(lines.readLine()).isEqualTo("data: first");
            assertThat(lines.readLine()).isEmpty();
            // The service sends the second event only now, so a gateway that buffered the first would never get here.
            events.add("second");
            assertThat(lines.readLine()).isEqualTo("event: status");
            assertThat(lines.readLine()).isEqualTo("data: second");
            events.add("");
        }
    }

    private StubService stub(String service) {
        return switch (service) {
            case "payment" -> gateway.payment;
            case "notification" -> gateway.notification;
            default -> gateway.registration;
        };
    }
}
