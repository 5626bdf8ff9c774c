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
 * What clients do, over connections that are kept.
 *
 * @param words what the report calls it
 * @param perSecond requests of all of them together, sent when it is their time; 0 if each asks again as soon as it has its answer
 */
record Load(String words, int clients, int perSecond) {

    /** The one that the target is for. */
    static final Load USUAL = new Load("1,000 a second", 16, 1_000);

    /** All that they get done. */
    static final Load BUSY = new Load("16 clients", 16, 0);

    /** Five times the usual. */
    static final Load RUSH = new Load("5,000 a second", 64, 5_000);

    /** Few requests meet cold caches; of many, some are read and written together. */
    private static final List<Load> ALL = List.of(new Load("100 a second", 16, 100), USUAL, BUSY);

    static List<Load> of(Case.Group group) {
        return switch (group) {
            case PROXIED -> ALL;
            case PAGE -> List.of(USUAL, BUSY);
            case OWN -> List.of(USUAL, RUSH);
        };
    }

    /** Sends a request and waits for its answer. Thread-safe. */
    @FunctionalInterface
    interface Asking {
        /** Returns whether the answer is the one that is due. */
        boolean isAnswered() throws IOException;
    }

    /**
     * Has all clients ask, and waits for the last answer.
     *
     * @param what they ask for, in words
     * @return how long each answer took, in nanoseconds from the instant at which its request was to be sent
     * @throws java.util.concurrent.ExecutionException if an answer was not the one that was due
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

    /** From one request of a client to its next. */
    private long pauseNanos() {
        return perSecond == 0 ? 0 : 1_000_000_000L * clients / perSecond;
    }
}
