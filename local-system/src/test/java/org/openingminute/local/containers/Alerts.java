package org.openingminute.local.containers;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import tools.jackson.databind.JsonNode;

/** What a Prometheus says fires, asked every two seconds. */
final class Alerts implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ApiClient api;
    private final String prometheus;
    private final List<Fired> fired = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    private volatile Map<Alert, String> firing = Map.of();

    /** @param job the service that it is about, or nothing where it is about none */
    private record Alert(String name, String job) {}

    /** @param summary as whoever is woken reads it */
    record Fired(String name, Instant at, String summary) {}

    Alerts(ApiClient api, String prometheus) {
        this.api = api;
        this.prometheus = prometheus;
        watch.scheduleWithFixedDelay(this::look, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Answer answer = api.get(prometheus + "/api/v1/alerts").has(200);
            Map<Alert, String> now = new HashMap<>();
            for (JsonNode alert : answer.json().at("/data/alerts")) {
                if (alert.at("/state").asString().equals("firing")) {
                    now.putIfAbsent(
                            new Alert(
                                    alert.at("/labels/alertname").asString(),
                                    alert.at("/labels/job").asString("")),
                            alert.at("/annotations/summary").asString());
                }
            }
            now.forEach((alert, summary) -> {
                if (!firing.containsKey(alert)) {
                    fired.add(new Fired(alert.name(), Instant.now(), summary));
                }
            });
            firing = now;
        } catch (RuntimeException | AssertionError e) {
            System.out.println("Prometheus: " + e.getMessage());
        }
    }

    /** The names of those that fire now. */
    Set<String> firing() {
        return firing.keySet().stream().map(Alert::name).collect(Collectors.toSet());
    }

    /** Whatever began to fire, in this order; one that ended and began again is there twice. */
    List<Fired> fired() {
        return fired;
    }

    /** Whether one has begun to fire since then. It may have ended. */
    boolean hasFired(String name, Instant since) {
        return hasFired(name, "", since);
    }

    /** The same of one whose summary says that. */
    boolean hasFired(String name, String said, Instant since) {
        return fired.stream()
                .anyMatch(one -> one.name().equals(name)
                        && one.summary().contains(said)
                        && one.at().isAfter(since));
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
