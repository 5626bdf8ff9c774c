package org.openingminute.local.room;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.load.KeepAlive;

/**
 * Plays a shared entrance to the gateways: it sends each request to any of them, and to another one if there is no response. Thread-safe;
 * its calls block.
 */
final class FrontDoor implements AutoCloseable {

    private static final long PAUSE_MILLIS = 250;

    private final int[] ports;
    private final AtomicReferenceArray<KeepAlive> gateways;
    private final Queue<Long> cutOff = new ConcurrentLinkedQueue<>();
    private final Map<Long, LongAdder> polls = new ConcurrentHashMap<>();

    FrontDoor(List<Integer> ports) {
        this.ports = ports.stream().mapToInt(Integer::intValue).toArray();
        gateways = new AtomicReferenceArray<>(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            gateways.set(i, new KeepAlive(this.ports[i]));
        }
    }

    /**
     * Returns the first response of an available gateway.
     *
     * @param head the request line and the headers, each with its line end
     */
    KeepAlive.Answer send(String head, byte @Nullable [] body) throws InterruptedException {
        while (true) {
            int gateway = ThreadLocalRandom.current().nextInt(ports.length);
            try {
                return gateways.get(gateway).send(head, body);
            } catch (IOException e) {
                cutOff.add(System.nanoTime());
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Counts a poll of a place. */
    void countPoll() {
        polls.computeIfAbsent(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()), _ -> new LongAdder())
                .increment();
    }

    /** Drops the connections to a killed gateway's old process. */
    void reconnect(int gateway) {
        gateways.getAndSet(gateway, new KeepAlive(ports[gateway])).close();
    }

    /** The times of requests without a response, by {@link System#nanoTime}. */
    List<Long> cutOff() {
        return List.copyOf(cutOff);
    }

    /** The highest number of polls in a second, at all gateways together. */
    long mostPolls() {
        return polls.values().stream().mapToLong(LongAdder::sum).max().orElse(0);
    }

    @Override
    public void close() {
        for (int i = 0; i < gateways.length(); i++) {
            gateways.get(i).close();
        }
    }
}
