package org.openingminute.benchmarks.relay;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Transactions of one message each, started at fixed intervals regardless of their progress. */
final class Paced {

    static final int PER_SECOND = 1_000;

    private final AtomicLongArray begun;
    private final AtomicLongArray committed;
    private final int messages;
    private final int uncounted;
    private final long step;

    /** @param perSecond transactions per second over {@code length}; the first quarter is not counted */
    Paced(int perSecond, Duration length) {
        this.step = Duration.ofSeconds(1).toNanos() / perSecond;
        this.messages = (int) (length.toNanos() / step);
        this.uncounted = messages / 4;
        this.begun = new AtomicLongArray(messages);
        this.committed = new AtomicLongArray(messages);
    }

    int messages() {
        return messages;
    }

    /** Runs all transactions; returns when all have committed. */
    void run(RelayCandidate candidate) {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                long due = begin + i * step;
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

    /** Returns the nanoseconds of each transaction. */
    Histogram commits() {
        Histogram took = new Histogram(3);
        for (int i = uncounted; i < messages; i++) {
            took.recordValue(committed.get(i) - begun.get(i));
        }
        return took;
    }

    /** Returns the nanoseconds from a commit's return to the arrival; 0 if the message arrived first. */
    Histogram until(Arrivals arrivals) {
        Histogram took = new Histogram(3);
        for (int i = uncounted; i < messages; i++) {
            took.recordValue(Math.max(0, arrivals.at(i) - committed.get(i)));
        }
        return took;
    }
}
