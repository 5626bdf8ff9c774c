package org.openingminute.registration.admission;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one conference in this instance. While a batch commits, commands queue up; when it returns, they form
 * the next batch, up to a limit. A quiet system commits at once, a busy one in large batches: after a batch of several the
 * next waits {@link #GATHERING} for company.
 */
final class AdmissionQueue {

    /** The most requests for seats that may wait; any more are refused as unavailable. */
    static final int ROOM = 1_024;

    static final int LARGEST = 256;

    private static final Duration MAX_YIELD = Duration.ofMillis(20);

    private static final Duration GATHERING = Duration.ofMillis(2);

    /**
     * A command and the future of its result.
     *
     * @param since when it was queued, by {@link System#nanoTime}
     * @param trace the headers of the caller's trace; the batch runs on another thread
     */
    record QueuedCommand(Command command, CompletableFuture<Result> answer, long since, Map<String, String> trace) {

        static QueuedCommand of(Command command, Map<String, String> trace) {
            return new QueuedCommand(command, new CompletableFuture<>(), System.nanoTime(), trace);
        }

        /** Whether its caller has stopped waiting, so that it can be dropped without effect. */
        boolean isGivenUp() {
            return answer.isCancelled();
        }
    }

    private static final Logger log = LoggerFactory.getLogger(AdmissionQueue.class);

    private final Executor executor;
    private final BatchWork work;
    private final Runnable gathering;
    private final Deque<QueuedCommand> first = new ArrayDeque<>();
    private final Deque<QueuedCommand> rest = new ArrayDeque<>();
    private final AtomicInteger inside = new AtomicInteger();
    private boolean running;

    /** Decides a batch; completes the answer of each of its commands in any case. */
    @FunctionalInterface
    interface BatchWork {
        void run(List<QueuedCommand> batch);
    }

    AdmissionQueue(Executor executor, BatchWork work) {
        this(executor, work, () -> LockSupport.parkNanos(GATHERING.toNanos()));
    }

    /** @param gathering waits after a batch of more than one command */
    AdmissionQueue(Executor executor, BatchWork work, Runnable gathering) {
        this.executor = executor;
        this.work = work;
        this.gathering = gathering;
    }

    /**
     * Admits a request for seats unless too many are in progress. An admitted request must call {@link #leave} once it is answered.
     *
     * @param most how many may be in progress, queued or in a batch
     */
    boolean tryEnter(int most) {
        if (inside.incrementAndGet() <= most) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        inside.decrementAndGet();
    }

    /** Queues a command; returns {@code null} if there is no room. */
    @Nullable
    CompletableFuture<Result> offer(Command command, Map<String, String> trace) {
        QueuedCommand waiting = QueuedCommand.of(command, trace);
        return offer(List.of(waiting)) ? waiting.answer() : null;
    }

    /** Queues commands together, so that one batch takes them; returns false and queues none if there is not enough room. */
    boolean offer(List<QueuedCommand> commands) {
        synchronized (this) {
            List<QueuedCommand> forSeats =
                    commands.stream().filter(one -> !one.command().goesFirst()).toList();
            if (!forSeats.isEmpty() && !hasRoom(forSeats.size())) {
                return false;
            }
            rest.addAll(forSeats);
            commands.stream().filter(one -> one.command().goesFirst()).forEach(first::add);
            if (running) {
                return true;
            }
            running = true;
        }
        try {
            executor.execute(this::run);
        } catch (Throwable e) {
            // The instance is shutting down or cannot start a thread. The next command tries again.
            refuse(abandoned(), e);
        }
        return true;
    }

    /** Empties the queue and returns the commands whose batch could not be started. */
    private synchronized List<QueuedCommand> abandoned() {
        List<QueuedCommand> those = new ArrayList<>(first);
        those.addAll(rest);
        first.clear();
        rest.clear();
        running = false;
        return those;
    }

    private static void refuse(List<QueuedCommand> those, Throwable cause) {
        log.warn("A batch of {} commands could not be started: {}", those.size(), RedactedException.types(cause));
        those.forEach(waiting -> waiting.answer().completeExceptionally(BatchRun.notDone(waiting.command(), cause)));
    }

    private boolean hasRoom(int commands) {
        if (rest.size() + commands > ROOM) {
            rest.removeIf(QueuedCommand::isGivenUp);
        }
        return rest.size() + commands <= ROOM;
    }

    /** The number of waiting commands. */
    synchronized int depth() {
        return first.size() + rest.size();
    }

    /** Returns how long the oldest waiting command has waited, in nanoseconds; 0 if none is waiting. */
    synchronized long longestWait() {
        long now = System.nanoTime();
        return Stream.of(first, rest)
                .flatMap(waiting -> waiting.stream().limit(1))
                .mapToLong(eldest -> now - eldest.since())
                .max()
                .orElse(0);
    }

    private void run() {
        List<QueuedCommand> batch = next();
        while (!batch.isEmpty()) {
            decide(batch);
            yieldToCallers();
            if (batch.size() > 1 && !nextIsLarge()) {
                gathering.run();
            }
            batch = next();
        }
    }

    /**
     * Lets callers queue their commands: callers that were just answered, and callers whose request has arrived. Each caller is a virtual
     * thread, and virtual threads run roughly in the order in which they became ready. Once a new one has run, so have most of those before
     * it. On an idle instance this returns at once, under load after {@link #MAX_YIELD}; with a large batch queued it does not wait at all.
     */
    private void yieldToCallers() {
        if (nextIsLarge()) {
            return;
        }
        try {
            Thread.startVirtualThread(() -> {}).join(MAX_YIELD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            log.warn("Yielding to callers failed, the next batch begins at once: {}", RedactedException.types(e));
        }
    }

    private synchronized boolean nextIsLarge() {
        return !first.isEmpty() || rest.size() >= LARGEST;
    }

    /** Decides a batch and catches every error, because one that escaped would stop the sale. */
    private void decide(List<QueuedCommand> batch) {
        try {
            work.run(batch);
        } catch (Throwable e) {
            // After an OutOfMemoryError a repeat may succeed; any other error would repeat itself.
            boolean again = e instanceof OutOfMemoryError;
            batch.forEach(waiting ->
                    waiting.answer().completeExceptionally(again ? BatchRun.notDone(waiting.command(), e) : e));
        }
    }

    private synchronized List<QueuedCommand> next() {
        List<QueuedCommand> batch = new ArrayList<>();
        take(first, batch);
        take(rest, batch);
        running = !batch.isEmpty();
        return batch;
    }

    private static void take(Deque<QueuedCommand> queue, List<QueuedCommand> batch) {
        while (batch.size() < LARGEST && !queue.isEmpty()) {
            QueuedCommand next = queue.remove();
            if (!next.isGivenUp()) {
                batch.add(next);
            }
        }
    }
}
