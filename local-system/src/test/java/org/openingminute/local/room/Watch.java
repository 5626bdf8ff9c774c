package org.openingminute.local.room;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.load.KeepAlive;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Polls once a second the room's state and its target at a gateway, and the longest wait for registration-service. */
final class Watch implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TARGET = "gateway_room_target";

    private final String slug;
    private final KeepAlive gateway;
    private final KeepAlive metrics;
    private final KeepAlive registration;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Look> looks = new ArrayList<>();
    private long longestWaitMillis;

    @Nullable
    private IOException failure;

    /**
     * A state of the room.
     *
     * @param at the time, by {@link System#nanoTime}
     * @param target the registrations a second that the room aims at; not a number if it could not be read
     */
    record Look(long at, String state, long called, long waiting, double target, String seats) {}

    /** @param management the gateway's port with its metrics */
    Watch(String slug, int gateway, int management, int registration) {
        this.slug = slug;
        this.gateway = new KeepAlive(gateway);
        this.metrics = new KeepAlive(management);
        this.registration = new KeepAlive(registration);
        var _ = thread.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.SECONDS);
    }

    private synchronized void look() {
        try {
            JsonNode room = json(gateway.send("GET /api/waiting-room/" + slug + " HTTP/1.1\r\n", null));
            looks.add(new Look(
                    System.nanoTime(),
                    room.path("state").asString(),
                    room.path("called").asLong(),
                    room.path("waiting").asLong(),
                    target(),
                    room.path("seats").asString("")));
        } catch (IOException e) {
            // The gateway is away on purpose; stalls are computed over all recorded states.
        }
        try {
            JsonNode sales = json(registration.send(
                            "POST /internal/sales?instance=watch HTTP/1.1\r\nContent-Type: application/json\r\n",
                            new byte[] {'{', '}'}))
                    .path("sales");
            sales.forEach(sale -> {
                if (sale.path("conference").asString().equals(slug)) {
                    longestWaitMillis = Math.max(
                            longestWaitMillis, sale.path("longestWaitMillis").asLong());
                }
            });
        } catch (IOException e) {
            failure = e;
        }
    }

    private double target() {
        String sample = TARGET + "{conference=\"" + slug + "\"} ";
        try {
            byte[] samples = ok(metrics.send(
                    "GET /actuator/prometheus?includedNames=" + TARGET + " HTTP/1.1\r\nAccept: text/plain\r\n", null));
            return new String(samples, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(sample))
                    .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            // The rest of the state counts all the same.
            return Double.NaN;
        }
    }

    private static JsonNode json(KeepAlive.Answer answer) throws IOException {
        return JSON.readTree(ok(answer));
    }

    private static byte[] ok(KeepAlive.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException("answered " + answer.status());
        }
        return answer.body();
    }

    synchronized List<Look> looks() {
        return List.copyOf(looks);
    }

    /** The longest wait in registration-service's queue, in milliseconds. */
    synchronized long longestWaitMillis() {
        if (failure != null) {
            throw new AssertionError("registration-service did not answer", failure);
        }
        return longestWaitMillis;
    }

    /** Whether no seat was left at the last poll. */
    synchronized boolean isSoldOut() {
        return !looks.isEmpty() && looks.getLast().seats().equals("none");
    }

    /**
     * A time in which people waited and the line did not move.
     *
     * @param from the start, by {@link System#nanoTime}
     */
    record Stall(long from, double seconds) {}

    /** The longest stall; its length is 0 if the line always moved. */
    Stall longestStall() {
        Stall longest = new Stall(0, 0);
        @Nullable Look moved = null;
        for (Look look : looks()) {
            if (moved == null || look.called() > moved.called() || look.waiting() == 0) {
                moved = look;
            }
            double seconds = (look.at() - moved.at()) / 1e9;
            if (seconds > longest.seconds()) {
                longest = new Stall(moved.at(), seconds);
            }
        }
        return longest;
    }

    /** The times at which the room was seen to open. */
    List<Long> openings() {
        List<Long> openings = new ArrayList<>();
        boolean wasOff = true;
        for (Look look : looks()) {
            boolean isOff = look.state().equals("off");
            if (wasOff && !isOff) {
                openings.add(look.at());
            }
            wasOff = isOff;
        }
        return openings;
    }

    /**
     * The longest time between two instants without a recorded state: a second or, while the machine or one of the services stands still,
     * more.
     */
    Duration longestPause(long from, long to) {
        long longest = 0;
        long last = from;
        for (Look look : looks()) {
            if (look.at() > from && look.at() < to) {
                longest = Math.max(longest, look.at() - last);
                last = look.at();
            }
        }
        return Duration.ofNanos(Math.max(longest, to - last));
    }

    /** Whether people waited all the time between two instants, by the recorded states. */
    boolean isFull(long from, long to) {
        return looks().stream()
                .filter(look -> look.at() >= from && look.at() < to)
                .allMatch(look -> look.waiting() > 0);
    }

    /** The mean target between two instants while people waited, in registrations a second; 0 if nobody did. */
    double target(long from, long to) {
        return looks().stream()
                .filter(look -> look.at() >= from && look.at() < to && look.waiting() > 0)
                .mapToDouble(Look::target)
                .filter(target -> !Double.isNaN(target))
                .average()
                .orElse(0);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        gateway.close();
        metrics.close();
        registration.close();
    }
}
