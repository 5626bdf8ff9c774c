package org.openingminute.benchmarks.relay;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Transactions of one message each, begun at even distances whatever becomes of them. */
final class Paced {

    static final int PER_SECOND = 1_000;

    private static final long STEP = Duration.ofSeconds(1).toNanos() / PER_SECOND;

    private final AtomicLongArray begun;
    private final AtomicLongArray committed;
    private final int messages;
    private final int uncounted;

    /** @param uncounted messages at the beginning, until everything is warm */
    Paced(int messages, int uncounted) {
        this.messages = messages;
        this.uncounted = uncounted;
        this.begun = new AtomicLongArray(messages);
        this.committed = new AtomicLongArray(messages);
    }

    static int messages(Duration length) {
        return (int) (length.toNanos() / STEP);
    }

    /** Returns when all have committed. */
    void run(RelayCandidate candidate) {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                long due = begin + i * STEP;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int number = i;
                threads.execute(() -> commit(candidate, number, failure));
            }
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void commit(RelayCandidate candidate, int number, AtomicReference<RuntimeException> failure) {
        begun.set(number, System.nanoTime());
        try {
            candidate.commit(number);
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
        committed.set(number, System.nanoTime());
    }

    /** Nanoseconds that the transactions took. */
    Histogram commits() {
        Histogram took = new Histogram(3);
        for (int i = uncounted; i < messages; i++) {
            took.recordValue(committed.get(i) - begun.get(i));
        }
        return took;
    }

    /** Nanoseconds from the return of a commit to the arrival; what came before its commit returned took none. */
    Histogram until(Arrivals arrivals) {
        Histogram took = new Histogram(3);
        for (int i = uncounted; i < messages; i++) {
            took.recordValue(Math.max(0, arrivals.at(i) - committed.get(i)));
        }
        return took;
    }
}
