package org.openingminute.gateway.waiting;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.gateway.StubService;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A stub of the sale reports that the gateway polls from registration-service each second. */
public final class StubSales {

    private static final String PATH = "/internal/sales";

    private final StubService service;
    private final Map<String, Map<String, Object>> sales = new ConcurrentHashMap<>();
    private volatile Runnable meanwhile = () -> {};
    private volatile Duration ahead = Duration.ZERO;

    /** @param service answers from now on */
    public StubSales(StubService service) {
        this.service = service;
        service.on(PATH, exchange -> {
            meanwhile.run();
            String now = Instant.now().plus(ahead).toString();
            StubService.send(
                    exchange,
                    200,
                    "application/json",
                    JsonMapper.shared()
                            .writeValueAsString(Map.of(
                                    "now",
                                    now,
                                    "instance",
                                    "stub",
                                    "sales",
                                    sales.values(),
                                    "names",
                                    Map.of("page-2026", "Pages & Places 2026"))));
        });
    }

    /** Runs an action at each poll, before the answer. */
    void meanwhile(Runnable happening) {
        meanwhile = happening;
    }

    /** Sets how far business time is ahead of the machine's clock from now on. */
    void isAhead(Duration by) {
        ahead = by;
    }

    /** Answers with 503 from now on, as registration-service does without its database. */
    void fallSilent() {
        service.on(PATH, 503, "application/json", "{}");
    }

    /** Sets the report of a conference. */
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

    /** The body of the gateway's last poll. */
    JsonNode lastQuestion() {
        return service.received().stream()
                .filter(received -> received.uri().startsWith(PATH))
                .reduce((_, later) -> later)
                .map(received -> JsonMapper.shared().readTree(new String(received.body(), StandardCharsets.UTF_8)))
                .orElseThrow();
    }
}
