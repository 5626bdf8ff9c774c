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
 * The gateways, as behind one entrance: a request goes to any of them, and to another where one does not answer. Thread-safe; its callers
 * block.
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
     * The first answer, from a gateway that is there.
     *
     * @param head request line and headers, each with its line end
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

    /** Somebody asks how a place stands. */
    void countPoll() {
        polls.computeIfAbsent(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()), _ -> new LongAdder())
                .increment();
    }

    /** After a gateway was killed: connections to the process that is gone are no use. */
    void reconnect(int gateway) {
        gateways.getAndSet(gateway, new KeepAlive(ports[gateway])).close();
    }

    /** When requests got no answer, by {@link System#nanoTime}. */
    List<Long> cutOff() {
        return List.copyOf(cutOff);
    }

    /** The most polls of one second, by all gateways together. */
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
