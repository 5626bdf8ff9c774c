package org.openingminute.local.room;

import java.io.IOException;
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

/** Polls once a second the room's state at a gateway, and the longest wait for registration-service. */
final class Watch implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String slug;
    private final KeepAlive gateway;
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
     * @param pace the numbers to be called per second; 0 while the room is off
     */
    record Look(long at, String state, long called, long waiting, double pace, String seats) {}

    Watch(String slug, int gateway, int registration) {
        this.slug = slug;
        this.gateway = new KeepAlive(gateway);
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
                    room.path("perSecond").asDouble(0),
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

    private static JsonNode json(KeepAlive.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException("answered " + answer.status());
        }
        return JSON.readTree(answer.body());
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

    /** The mean of the numbers to be called per second between two instants; 0 without a recorded state. */
    double pace(long from, long to) {
        return looks().stream()
                .filter(look -> look.at() >= from && look.at() < to)
                .mapToDouble(Look::pace)
                .average()
                .orElse(0);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        gateway.close();
        registration.close();
    }
}
