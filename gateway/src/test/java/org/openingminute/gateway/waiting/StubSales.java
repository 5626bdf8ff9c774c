package org.openingminute.gateway.waiting;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.gateway.StubService;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What registration-service says of its sales each second, played by the test. */
public final class StubSales {

    private static final String PATH = "/internal/sales";

    private final StubService service;
    private final Map<String, Map<String, Object>> sales = new ConcurrentHashMap<>();
    private volatile Runnable meanwhile = () -> {};

    /** @param service answers from now on */
    public StubSales(StubService service) {
        this.service = service;
        service.on(PATH, exchange -> {
            meanwhile.run();
            StubService.send(
                    exchange,
                    200,
                    "application/json",
                    JsonMapper.shared()
                            .writeValueAsString(Map.of(
                                    "now", Instant.now().toString(), "instance", "stub", "sales", sales.values())));
        });
    }

    /** What happens whenever the gateway asks, before it is answered. */
    void meanwhile(Runnable happening) {
        meanwhile = happening;
    }

    /** Gives no answer from now on, as where the database is away. */
    void fallSilent() {
        service.on(PATH, 503, "application/json", "{}");
    }

    /** Says so of a conference. */
    public void are(String conference, String state, String mode) {
        are(conference, state, mode, Map.of());
    }

    void are(String conference, String state, String mode, Map<String, Object> more) {
        Map<String, Object> sale = new ConcurrentHashMap<>(Map.of(
                "conference",
                conference,
                "state",
                state,
                "mode",
                mode,
                "seatsLeft",
                2310,
                "seatsPerRegistration",
                1.2,
                "decided",
                List.of(12, 0),
                "refused",
                0,
                "longestWaitMillis",
                30));
        sale.putAll(more);
        sales.put(conference, sale);
    }

    /** What the gateway told it last. */
    JsonNode lastQuestion() {
        return service.received().stream()
                .filter(received -> received.uri().startsWith(PATH))
                .reduce((_, later) -> later)
                .map(received -> JsonMapper.shared().readTree(new String(received.body(), StandardCharsets.UTF_8)))
                .orElseThrow();
    }
}
