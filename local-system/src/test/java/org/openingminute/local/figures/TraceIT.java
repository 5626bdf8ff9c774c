package org.openingminute.local.figures;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openingminute.local.TestSystems;
import org.openingminute.local.endtoend.Answer;
import org.openingminute.local.endtoend.Door;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem.Running;
import org.openingminute.local.figures.Collector.Spanned;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a click sets off is one trace, through outboxes, topics and queues, and its id is in the log. With {@code
 * -Dtrace.write=true} two of them are drawn into {@code docs/trace.svg}. The system is one of its own: no other test is to
 * pay for the sending of traces.
 */
class TraceIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Collector collector;
    private static Running running;

    @BeforeAll
    static void start() throws IOException {
        collector = new Collector();
        running = Running.start(
                Map.of("OTLP_ENABLED", "true", "OTLP_ENDPOINT", collector.url(), "TRACES_SAMPLED", "1.0"));
    }

    @AfterAll
    static void stop() throws Exception {
        running.close();
        collector.close();
    }

    @Test
    void a_click_is_one_trace_from_the_door_to_the_mail() throws IOException {
        Door door = running.door();
        // Not drawn: the first of all takes the time in which classes are loaded.
        for (int i = 0; i < 6; i++) {
            Registered first = door.register("mlsys-2026", "academic", Door.newAddress("first"));
            door.pay(first);
            door.awaitStatus(first, "confirmed", SOON);
        }
        String email = Door.newAddress("ada");

        Registered ada = door.register("mlsys-2026", "academic", email);
        String checkoutUrl = door.checkout(ada);
        Answer paid = door.enterCard(checkoutUrl, Door.CARD).has(200);
        door.awaitStatus(ada, "confirmed", SOON);
        await().atMost(SOON).until(() -> !door.mailsTo(email).isEmpty());

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
    void a_cancellation_is_one_trace_from_the_door_over_the_refund_to_the_mail() {
        Door door = running.door();
        Registered grace = door.register("mlsys-2026", "academic", Door.newAddress("grace"));
        door.pay(grace);
        door.awaitStatus(grace, "confirmed", SOON);
        Map<String, String> headers = new HashMap<>(grace.bearer());
        headers.put("Idempotency-Key", Door.newKey());

        Answer cancelled = door.post("/api/registrations/" + grace.id() + "/cancellation", "{}", headers)
                .has(200);

        Trace cancelling = whole(traceOf(cancelled), "payment-service", "make refund");
        assertThat(cancelling.wayTo(
                        cancelling.named("payment-service", "make refund").orElseThrow()))
                .containsExactly("gateway", "registration-service", "payment-service");
        assertThat(cancelling.named("payment-service", "http post /sandbox/api/refunds"))
                .as("the call of the provider")
                .isPresent();
    }

    /** A trace, when of all its services spans have come, one of them the one asked for, and the parents of all. */
    private static Trace whole(String id, String service, String name) {
        await().atMost(SOON).untilAsserted(() -> {
            Trace trace = collector.trace(id);
            assertThat(trace.named(service, name)).as(name).isPresent();
            assertThat(trace.spans().stream().map(Spanned::service))
                    .contains("gateway", "registration-service", "payment-service", "notification-service");
            assertThat(trace.roots()).extracting(Spanned::service).containsExactly("gateway");
        });
        return collector.trace(id);
    }

    /** By the line of the gateway's log that tells of the request: as an operator finds it. */
    private static String traceOf(Answer answer) {
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

    private static Stream<JsonNode> lines(String service) throws IOException {
        Path logs = running.system().settings().dataFolder().resolve("logs");
        List<String> lines = Files.readAllLines(logs.resolve(service + ".log"));
        return lines.stream().filter(line -> line.startsWith("{")).map(JSON::readTree);
    }
}
