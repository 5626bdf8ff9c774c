package org.openingminute.benchmarks.gateway;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The load of clients on kept connections.
 *
 * @param words its name on the page
 * @param perSecond requests per second of all clients together, each sent when it is due; 0 if clients send the next request as soon as
 *     they have a response
 */
record Load(String words, int clients, int perSecond) {

    /** The load of the target. */
    static final Load USUAL = new Load("1,000 a second", 16, 1_000);

    /** As many requests as the clients can complete. */
    static final Load BUSY = new Load("16 clients", 16, 0);

    /** Five times the usual load. */
    static final Load RUSH = new Load("5,000 a second", 64, 5_000);

    /** A low load finds cold caches; at a high load, reads and writes are combined. */
    private static final List<Load> ALL = List.of(new Load("100 a second", 16, 100), USUAL, BUSY);

    static List<Load> of(Case.Group group) {
        return switch (group) {
            case PROXIED -> ALL;
            case PAGE -> List.of(USUAL, BUSY);
            case OWN -> List.of(USUAL, RUSH, BUSY);
        };
    }

    /** Sends a request and waits for its response. Thread-safe. */
    @FunctionalInterface
    interface Asking {
        /** Returns whether the response is the expected one. */
        boolean isAnswered() throws IOException;
    }

    /**
     * Runs all clients, and waits for the last response.
     *
     * @param what the requests, in words
     * @return nanoseconds of each request from the instant at which it was due until its response
     * @throws java.util.concurrent.ExecutionException if a response was not the expected one
     */
    long[] run(String what, Asking asking, Duration length) throws Exception {
        long begun = System.nanoTime();
        long end = begun + length.toNanos();
        List<Future<long[]>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                long first = begun + i * pauseNanos() / clients;
                all.add(threads.submit(() -> client(what, asking, first, end)));
            }
        }
        Stream.Builder<long[]> answers = Stream.builder();
        for (Future<long[]> client : all) {
            answers.add(client.get());
        }
        return answers.build().flatMapToLong(Arrays::stream).toArray();
    }

    private long[] client(String what, Asking asking, long first, long end) throws IOException {
        long pause = pauseNanos();
        long[] nanos = new long[1024];
        int count = 0;
        for (long at = first; at < end; at = pause == 0 ? System.nanoTime() : at + pause) {
            while (at > System.nanoTime()) {
                LockSupport.parkNanos(at - System.nanoTime());
            }
            if (!asking.isAnswered()) {
                throw new IllegalStateException("not the answer that was due: " + what);
            }
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = System.nanoTime() - at;
        }
        return Arrays.copyOf(nanos, count);
    }

    /** Returns the time between two requests of a client. */
    private long pauseNanos() {
        return perSecond == 0 ? 0 : 1_000_000_000L * clients / perSecond;
    }
}
