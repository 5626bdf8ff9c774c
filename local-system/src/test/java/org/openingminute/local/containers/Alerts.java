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

/** Watches a Prometheus and records the alerts that fire. It polls every two seconds. */
final class Alerts implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ApiClient api;
    private final String prometheus;
    private final List<Fired> fired = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    private volatile Map<Alert, String> firing = Map.of();

    /** @param job the service that the alert is about, or an empty text */
    private record Alert(String name, String job) {}

    /** @param summary the text that the person on call reads */
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

    /** The names of the alerts that are firing now. */
    Set<String> firing() {
        return firing.keySet().stream().map(Alert::name).collect(Collectors.toSet());
    }

    /** All alerts that have started to fire, in order; an alert that fired twice is listed twice. */
    List<Fired> fired() {
        return fired;
    }

    /** Whether the alert has started to fire since an instant. It may have ended. */
    boolean hasFired(String name, Instant since) {
        return hasFired(name, "", since);
    }

    /** Whether the alert has started to fire since an instant with a summary that contains the text. */
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
