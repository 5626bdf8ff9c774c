package org.openingminute.messaging.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.inbox.BatchFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Commits changes in batches. While one batch commits, new entries queue up; they form the next batch. There is no timer: a quiet service
 * commits each entry at once, a busy one commits many together. Entries that share a key are decided in the order of queueing.
 *
 * <p>If another instance holds an entry's key, the entry and all later ones with that key are held back and retried every 10 ms. After 300
 * ms, a separate batch with only that entry's keys waits for the locks, in parallel with the other batches. The same happens at once to an
 * entry whose row is locked by a session that does not hold the key's lock.
 *
 * <p>An entry is dropped when its future is done or cancelled before its batch begins. It is given up 8 s after it was queued; it may have
 * been committed by then. Thread-safe.
 */
public final class CommitQueue<E extends BatchEntry, R> {

    /** The maximum number of waiting entries. */
    static final int ROOM = 1_024;

    static final int LARGEST = 256;

    private static final Logger log = LoggerFactory.getLogger(CommitQueue.class);
    private static final long TRY_AGAIN = Duration.ofMillis(10).toNanos();
    private static final long WAIT_FOR_LOCKS_AFTER = Duration.ofMillis(300).toNanos();

    private final BatchRun<E, ?, R> run;
    private final ThreadFactory helpers;
    private final Thread thread;
    private final Object changed = new Object();
    private final String name;
    private List<QueuedEntry<E, R>> waiting = new ArrayList<>();
    /** The keys for which a separate batch waits at present. */
    private Set<String> blockedKeys = Set.of();

    private boolean closed;

    CommitQueue(String name, BatchRun<E, ?, R> run) {
        this(name, run, Thread.ofPlatform().name("batches-" + name + "-waiting").factory());
    }

    /** @param helpers creates the threads of the batches that wait for their locks */
    CommitQueue(String name, BatchRun<E, ?, R> run, ThreadFactory helpers) {
        this.name = name;
        this.run = run;
        this.helpers = helpers;
        // A platform thread, because virtual threads share carriers: a batch that holds locks would have to wait for
        // requests.
        this.thread = Thread.ofPlatform().name("batches-" + name).unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    /**
     * Queues all entries or none.
     *
     * @throws TransientDataAccessResourceException if the queue is full or closed
     */
    public List<CompletableFuture<R>> submitAll(List<E> entries) {
        List<QueuedEntry<E, R>> queued =
                entries.stream().map(QueuedEntry::<E, R>of).toList();
        synchronized (changed) {
            if (closed || (!waiting.isEmpty() && waiting.size() + entries.size() > ROOM)) {
                throw new TransientDataAccessResourceException("too many changes wait for their batch");
            }
            waiting.addAll(queued);
            changed.notifyAll();
        }
        return queued.stream().map(QueuedEntry::result).toList();
    }

    /**
     * Queues an entry and waits until its batch has committed. Inside a transaction of the caller, as in a dry run, the entry is applied in
     * that transaction instead.
     *
     * @return the result that the batch's work decided
     * @throws TransientDataAccessResourceException if the entry was not committed in time, or the queue is full or closed
     */
    public R apply(E entry) {
        return TransactionSynchronizationManager.isActualTransactionActive()
                ? run.runInCallersTransaction(entry)
                : await(submitAll(List.of(entry)).getFirst(), System.nanoTime());
    }

    /**
     * Applies the entries of one poll, like {@link #apply}.
     *
     * @throws BatchFailure for the first entry that failed; those before it are committed, and those after it may be
     */
    public void applyAll(List<E> entries) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            entries.forEach(run::runInCallersTransaction);
            return;
        }
        long since = System.nanoTime();
        List<CompletableFuture<R>> results = submitAll(entries);
        for (int i = 0; i < results.size(); i++) {
            try {
                await(results.get(i), since);
            } catch (RuntimeException e) {
                results.forEach(result -> result.cancel(false));
                throw new BatchFailure(i, e);
            }
        }
    }

    private R await(CompletableFuture<R> result, long since) {
        try {
            long left = run.giveUpAfter().toNanos() - (System.nanoTime() - since);
            return result.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException | CancellationException e) {
            result.cancel(false);
            throw BatchRun.notCommitted(e);
        } catch (InterruptedException e) {
            result.cancel(false);
            Thread.currentThread().interrupt();
            throw BatchRun.notCommitted(e);
        }
    }

    /** The number of waiting entries. */
    int depth() {
        synchronized (changed) {
            return waiting.size();
        }
    }

    /** Accepts no more entries, and waits until the queued ones have committed, 8 s at most. */
    void close() {
        synchronized (changed) {
            closed = true;
            changed.notifyAll();
        }
        try {
            if (!thread.join(BatchRun.GIVE_UP)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            List<QueuedEntry<E, R>> batch = next();
            while (!batch.isEmpty()) {
                putBack(run(batch, false));
                batch = next();
            }
        } catch (InterruptedException e) {
            log.info("Batches of {} end", name);
        }
    }

    /** Runs a batch and catches every throwable, because an uncaught one would stop the queue. */
    private List<QueuedEntry<E, R>> run(List<QueuedEntry<E, R>> batch, boolean waits) {
        try {
            return run.run(batch, waits);
        } catch (Throwable e) {
            failed(batch, e);
            return List.of();
        }
    }

    private void failed(List<QueuedEntry<E, R>> batch, Throwable why) {
        log.error("A batch of {} {} failed", batch.size(), name, RedactedException.of(why));
        batch.forEach(one -> one.result().completeExceptionally(BatchRun.notCommitted(why)));
    }

    /** Puts held entries back in front of those that were queued meanwhile. */
    private void putBack(List<QueuedEntry<E, R>> held) {
        if (!held.isEmpty()) {
            synchronized (changed) {
                List<QueuedEntry<E, R>> all = new ArrayList<>();
                held.forEach(one -> all.add(one.held(TRY_AGAIN)));
                all.addAll(waiting);
                waiting = all;
            }
        }
    }

    /** Waits for the next batch; empty when the queue is closed. */
    private List<QueuedEntry<E, R>> next() throws InterruptedException {
        synchronized (changed) {
            while (true) {
                giveUp();
                beginWaiting();
                List<QueuedEntry<E, R>> batch = take(blockedKeys, LARGEST);
                if (!batch.isEmpty() || (closed && waiting.isEmpty() && blockedKeys.isEmpty())) {
                    return batch;
                }
                if (waiting.isEmpty()) {
                    changed.wait();
                } else {
                    TimeUnit.NANOSECONDS.timedWait(changed, TRY_AGAIN);
                }
            }
        }
    }

    private void giveUp() {
        waiting.removeIf(one -> one.result().isDone());
        waiting.stream()
                .filter(one -> one.isOlderThan(run.giveUpAfter().toNanos()))
                .forEach(one -> one.result().completeExceptionally(BatchRun.notCommitted(new TimeoutException())));
        waiting.removeIf(one -> one.result().isDone());
    }

    /** Takes the first entries that may be tried, except those that share a key with an earlier entry that may not. */
    private List<QueuedEntry<E, R>> take(Set<String> busy, int atMost) {
        Set<String> skipped = new HashSet<>(busy);
        List<QueuedEntry<E, R>> batch = new ArrayList<>();
        List<QueuedEntry<E, R>> left = new ArrayList<>();
        for (QueuedEntry<E, R> one : waiting) {
            if (batch.size() < atMost && one.mayBeTried() && !one.sharesKeyWith(skipped)) {
                batch.add(one);
            } else {
                skipped.addAll(one.entry().keys());
                left.add(one);
            }
        }
        waiting = left;
        return batch;
    }

    /** Starts a separate batch for the keys that have been held longest, if their time has come. */
    private void beginWaiting() {
        if (!blockedKeys.isEmpty()) {
            return;
        }
        waiting.stream()
                .filter(one -> one.needsLockWait(WAIT_FOR_LOCKS_AFTER))
                .findFirst()
                .ifPresent(first -> {
                    Set<String> keys = first.entry().keys();
                    List<QueuedEntry<E, R>> batch = new ArrayList<>();
                    List<QueuedEntry<E, R>> left = new ArrayList<>();
                    boolean others = false;
                    for (QueuedEntry<E, R> one : waiting) {
                        boolean same = keys.containsAll(one.entry().keys());
                        others |= !same && one.sharesKeyWith(keys);
                        if (same && !others && batch.size() < LARGEST) {
                            batch.add(one);
                        } else {
                            left.add(one);
                        }
                    }
                    if (!batch.isEmpty()) {
                        waiting = left;
                        blockedKeys = keys;
                        startIsolated(batch);
                    }
                });
    }

    /** Starts the thread of a separate batch. An error, such as too many threads, must not end the calling thread. */
    private void startIsolated(List<QueuedEntry<E, R>> batch) {
        try {
            helpers.newThread(() -> runIsolated(batch)).start();
        } catch (Throwable e) {
            blockedKeys = Set.of();
            failed(batch, e);
        }
    }

    private void runIsolated(List<QueuedEntry<E, R>> batch) {
        List<QueuedEntry<E, R>> held = run(batch, true);
        synchronized (changed) {
            putBack(held);
            blockedKeys = Set.of();
            changed.notifyAll();
        }
    }
}
