package org.openingminute.registration.admission;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one conference in this instance. While a batch commits, asks queue up; when it returns, all of them (up to a
 * limit) are the next batch. No timer: a quiet system commits at once, a busy one in large batches. Safe for all threads.
 */
final class AdmissionQueue {

    /** How many requests for seats may wait; the next is told to come again. */
    static final int ROOM = 1_024;

    static final int LARGEST = 256;

    private static final Duration LONGEST_COURTESY = Duration.ofMillis(20);

    /** How many may wait for what is for sale again in a second. A freed seat is one, and thousands may want it. */
    static final int LATER = 64;

    /**
     * An ask and whoever waits for its answer.
     *
     * @param since when it was queued, by {@link System#nanoTime}
     * @param trace the headers of the trace in which it is asked, on another thread than the batch's
     */
    record QueuedCommand(Command ask, CompletableFuture<Result> answer, long since, Map<String, String> trace) {}

    private static final Logger log = LoggerFactory.getLogger(AdmissionQueue.class);

    private final Executor executor;
    private final BatchWork work;
    private final Deque<QueuedCommand> first = new ArrayDeque<>();
    private final Deque<QueuedCommand> rest = new ArrayDeque<>();
    private final List<QueuedCommand> later = new ArrayList<>();
    private boolean running;

    /** Decides a batch and completes every one of its answers, come what may. */
    @FunctionalInterface
    interface BatchWork {
        void run(List<QueuedCommand> batch);
    }

    AdmissionQueue(Executor executor, BatchWork work) {
        this.executor = executor;
        this.work = work;
    }

    /** Queues an ask; {@code null} if there is no room. */
    @Nullable
    CompletableFuture<Result> offer(Command ask, Map<String, String> trace) {
        QueuedCommand waiting = new QueuedCommand(ask, new CompletableFuture<>(), System.nanoTime(), trace);
        synchronized (this) {
            if (ask.goesFirst()) {
                first.add(waiting);
            } else if (rest.size() < ROOM) {
                rest.add(waiting);
            } else {
                return null;
            }
            if (running) {
                return waiting.answer();
            }
            running = true;
        }
        try {
            executor.execute(this::run);
        } catch (Throwable e) {
            // The instance closes, or has no room for a thread. Who comes next tries again.
            refuse(waitingForNothing(), e);
        }
        return waiting.answer();
    }

    /**
     * Queues somebody again after a time, before all who came since. All who wait so come back together, in the order in which
     * they came first.
     *
     * @return whether there was room: for those who find none, what they want is as good as gone
     */
    boolean offerLater(QueuedCommand waiting, Duration in) {
        synchronized (this) {
            if (later.size() >= LATER) {
                return false;
            }
            later.add(waiting);
            if (later.size() > 1) {
                return true;
            }
        }
        CompletableFuture.delayedExecutor(in.toNanos(), TimeUnit.NANOSECONDS, this::startThoseOfLater)
                .execute(this::offerThoseOfLater);
        return true;
    }

    private void startThoseOfLater(Runnable comeBack) {
        try {
            executor.execute(comeBack);
        } catch (Throwable e) {
            refuse(thoseOfLater(), e);
        }
    }

    private synchronized List<QueuedCommand> thoseOfLater() {
        List<QueuedCommand> those = List.copyOf(later);
        later.clear();
        return those;
    }

    /** All that queued up for a batch that did not begin. The queue is as new then. */
    private synchronized List<QueuedCommand> waitingForNothing() {
        List<QueuedCommand> those = new ArrayList<>(first);
        those.addAll(rest);
        first.clear();
        rest.clear();
        running = false;
        return those;
    }

    private static void refuse(List<QueuedCommand> those, Throwable cause) {
        log.warn("No batch of {} could be started: {}", those.size(), cause.toString());
        those.forEach(waiting -> waiting.answer().completeExceptionally(BatchRun.notDone(waiting.ask(), cause)));
    }

    private void offerThoseOfLater() {
        synchronized (this) {
            later.sort(Comparator.comparingLong(QueuedCommand::since).reversed());
            later.forEach(rest::addFirst);
            later.clear();
            if (running) {
                return;
            }
            running = true;
        }
        run();
    }

    /** How many wait, both lanes together. */
    synchronized int depth() {
        return first.size() + rest.size() + later.size();
    }

    private void run() {
        List<QueuedCommand> batch = next();
        while (!batch.isEmpty()) {
            decide(batch);
            letOthersAsk();
            batch = next();
        }
    }

    /**
     * Lets those come who are about to ask: whoever was just answered, and whoever's request has arrived. Each is a virtual
     * thread, and those are run roughly in the order in which they became ready; when one more has run, so have most before
     * it. Where nobody is about to do anything, this is over at once; where a crowd keeps all processors busy, it is not waited
     * for long; and where somebody who goes first is there already, not at all.
     */
    private void letOthersAsk() {
        if (nextIsLarge()) {
            return;
        }
        try {
            Thread.startVirtualThread(() -> {}).join(LONGEST_COURTESY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            log.warn("The next batch begins without waiting for others: {}", e.toString());
        }
    }

    private synchronized boolean nextIsLarge() {
        return !first.isEmpty() || rest.size() >= LARGEST;
    }

    /** Whatever goes wrong with one batch, the next is decided: without this, one error would stop the sale. */
    private void decide(List<QueuedCommand> batch) {
        try {
            work.run(batch);
        } catch (Throwable e) {
            // Where there was no memory, whoever comes again may find some; all else would go wrong again.
            boolean again = e instanceof OutOfMemoryError;
            batch.forEach(
                    waiting -> waiting.answer().completeExceptionally(again ? BatchRun.notDone(waiting.ask(), e) : e));
        }
    }

    private synchronized List<QueuedCommand> next() {
        List<QueuedCommand> batch = new ArrayList<>();
        while (batch.size() < LARGEST && !first.isEmpty()) {
            batch.add(first.remove());
        }
        while (batch.size() < LARGEST && !rest.isEmpty()) {
            batch.add(rest.remove());
        }
        running = !batch.isEmpty();
        return batch;
    }
}
