package org.openingminute.local.containers;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openingminute.local.endtoend.Answer;
import org.openingminute.local.endtoend.Door;
import tools.jackson.databind.JsonNode;

/** What a Prometheus says fires, asked every two seconds. */
final class Alerts implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Door door;
    private final String prometheus;
    private final List<Fired> fired = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    private volatile Map<String, String> firing = Map.of();

    /** @param summary as whoever is woken reads it */
    record Fired(String name, Instant at, String summary) {}

    Alerts(Door door, String prometheus) {
        this.door = door;
        this.prometheus = prometheus;
        watch.scheduleWithFixedDelay(this::look, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Answer answer = door.get(prometheus + "/api/v1/alerts").has(200);
            Map<String, String> now = new TreeMap<>();
            for (JsonNode alert : answer.json().at("/data/alerts")) {
                if (alert.at("/state").asString().equals("firing")) {
                    now.putIfAbsent(
                            alert.at("/labels/alertname").asString(),
                            alert.at("/annotations/summary").asString());
                }
            }
            now.forEach((name, summary) -> {
                if (!firing.containsKey(name)) {
                    fired.add(new Fired(name, Instant.now(), summary));
                }
            });
            firing = now;
        } catch (RuntimeException | AssertionError e) {
            System.out.println("Prometheus: " + e.getMessage());
        }
    }

    /** Those that fire now. */
    Map<String, String> firing() {
        return firing;
    }

    /** Whatever began to fire, in this order; one that ended and began again is there twice. */
    List<Fired> fired() {
        return fired;
    }

    /** Whether one has begun to fire since then. It may have ended. */
    boolean hasFired(String name, Instant since) {
        return fired.stream()
                .anyMatch(one -> one.name().equals(name) && one.at().isAfter(since));
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
