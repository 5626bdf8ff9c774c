package org.openingminute.local.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.fixture.Trace;
import org.openingminute.local.fixture.TraceCollector;
import org.openingminute.local.fixture.TraceCollector.Spanned;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves, on the running system, that everything a click triggers is one trace, through outboxes, topics and queues, and that its id is in
 * the log. {@code -Dtrace.write=true} draws two traces into {@code docs/trace.svg}.
 */
@ExtendWith(SystemFixture.class)
class TraceIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Running running;
    private final ApiClient api;
    private final TraceCollector collector;

    TraceIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.collector = running.traces();
    }

    @Test
    void a_click_is_one_trace_from_the_gateway_to_the_mail() throws IOException {
        // Warms up, because the first trace includes the time for loading classes.
        for (int i = 0; i < 6; i++) {
            Registered first = api.register("mlsys-2026", "academic", ApiClient.newAddress("first"));
            api.pay(first);
            api.awaitStatus(first, "confirmed", SOON);
        }
        String email = ApiClient.newAddress("ada");

        Registered ada = api.register("mlsys-2026", "academic", email);
        String checkoutUrl = api.checkout(ada);
        Answer paid = api.enterCard(checkoutUrl, ApiClient.CARD).has(200);
        api.awaitStatus(ada, "confirmed", SOON);
        await().atMost(SOON).until(() -> !api.mailsTo(email).isEmpty());

        Trace registering = whole(traceOf(ada.answer()), "notification-service", "receive registration.events.v1");
        Trace paying = whole(traceOf(paid), "notification-service", "hand mail over");
        if (Boolean.getBoolean("trace.write")) {
            Files.writeString(TestSystems.CHECKOUT.resolve("docs/trace.svg"), TracePicture.of(registering, paying));
        }
        assertThat(registering.wayTo(registering
                        .named("payment-service", "receive payment.commands.v1")
                        .orElseThrow()))
                .containsExactly("gateway", "registration-service", "payment-service");
        assertThat(paying.wayTo(
                        paying.named("notification-service", "hand mail over").orElseThrow()))
                .containsExactly(
                        "gateway",
                        "payment-service",
                        "gateway",
                        "payment-service",
                        "registration-service",
                        "notification-service");
        assertThat(Stream.concat(registering.spans().stream(), paying.spans().stream())
                        .filter(span -> span.name().startsWith("receive "))
                        .map(span -> span.attributes().get("messaging.kafka.message.key")))
                .isNotEmpty()
                .containsOnly(ada.id());
        assertThat(collector.all().toString()).doesNotContain(email, ada.token(), "Lovelace");
    }

    @Test
    void a_cancellation_is_one_trace_from_the_gateway_to_the_refund() {
        Registered grace = api.register("mlsys-2026", "academic", ApiClient.newAddress("grace"));
        api.pay(grace);
        api.awaitStatus(grace, "confirmed", SOON);
        Map<String, String> headers = new HashMap<>(grace.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());

        Answer cancelled = api.post("/api/registrations/" + grace.id() + "/cancellation", "{}", headers)
                .has(200);

        Trace cancelling = whole(traceOf(cancelled), "payment-service", "make refund");
        assertThat(cancelling.wayTo(
                        cancelling.named("payment-service", "make refund").orElseThrow()))
                .containsExactly("gateway", "registration-service", "payment-service");
        assertThat(cancelling.named("payment-service", "http post /sandbox/api/refunds"))
                .as("the call of the provider")
                .isPresent();
    }

    /** Waits until the trace is complete: it has spans of all its services, the named span, and every parent. */
    private Trace whole(String id, String service, String name) {
        await().atMost(SOON).untilAsserted(() -> {
            Trace trace = collector.trace(id);
            assertThat(trace.named(service, name)).as(name).isPresent();
            assertThat(trace.spans().stream().map(Spanned::service))
                    .contains("gateway", "registration-service", "payment-service", "notification-service");
            assertThat(trace.roots()).extracting(Spanned::service).containsExactly("gateway");
        });
        return collector.trace(id);
    }

    /** Finds the trace id as an operator does: by the request's line in the gateway's log. */
    private String traceOf(Answer answer) {
        String request = answer.headers().firstValue("X-Request-Id").orElseThrow();
        return await().atMost(SOON)
                .until(
                        () -> lines("gateway")
                                .filter(line ->
                                        line.at("/requestId").asString("").equals(request))
                                .map(line -> line.at("/traceId").asString(""))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private Stream<JsonNode> lines(String service) throws IOException {
        Path logs = running.system().settings().dataFolder().resolve("logs");
        List<String> lines = Files.readAllLines(logs.resolve(service + ".log"));
        return lines.stream().filter(line -> line.startsWith("{")).map(JSON::readTree);
    }
}
