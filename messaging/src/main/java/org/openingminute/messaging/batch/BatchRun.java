package org.openingminute.messaging.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.OrderLocks.TriedLocks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs one batch to completion. Entries are answered only after the commit. A batch whose transaction was lost, or whose commit is in
 * doubt, is run again; entries that were committed are recognised. A batch that fails because of its content, or takes too long, is split
 * in half repeatedly until only the faulty entry fails.
 */
final class BatchRun<E extends BatchEntry, S, R> {

    /** The time after which an entry is given up, in production. */
    static final Duration GIVE_UP = Duration.ofSeconds(8);

    private static final Logger log = LoggerFactory.getLogger(BatchRun.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final String name;
    private final BatchWork<E, S, R> work;
    private final OrderLocks locks;
    private final TransactionTemplate transaction;
    private final TraceContext traces;
    private final BatchMetrics metrics;
    private final Duration giveUpAfter;

    /** @param giveUpAfter the time after which an entry is given up, counted from its queueing */
    BatchRun(
            String name,
            BatchWork<E, S, R> work,
            OrderLocks locks,
            TransactionTemplate transaction,
            TraceContext traces,
            BatchMetrics metrics,
            Duration giveUpAfter) {
        this.name = name;
        this.work = work;
        this.locks = locks;
        this.transaction = transaction;
        this.traces = traces;
        this.metrics = metrics;
        this.giveUpAfter = giveUpAfter;
    }

    Duration giveUpAfter() {
        return giveUpAfter;
    }

    /**
     * Runs a batch and answers its entries. Returns the entries that were not tried: those with a key that another transaction holds, and
     * those behind such an entry for the same key.
     *
     * @param waits whether to wait for the locks
     */
    List<QueuedEntry<E, R>> run(List<QueuedEntry<E, R>> batch, boolean waits) {
        List<QueuedEntry<E, R>> held = new ArrayList<>();
        traces.receive(
                "commit " + name,
                batch.stream().map(one -> one.entry().trace()).toList(),
                () -> run(batch, waits, held));
        return held;
    }

    /** Decides and writes one entry in the caller's own transaction, without a batch. */
    R runInCallersTransaction(E entry) {
        S state = work.read(locks.waitFor(entry.keys()), List.of(entry));
        R result = work.decide(state, entry);
        work.write(state);
        return result;
    }

    private void run(List<QueuedEntry<E, R>> batch, boolean waits, List<QueuedEntry<E, R>> held) {
        @Nullable RuntimeException cause = null;
        while (true) {
            List<QueuedEntry<E, R>> wanted = wanted(batch, cause);
            if (wanted.isEmpty()) {
                return;
            }
            try {
                commit(wanted, waits, held);
                return;
            } catch (RuntimeException e) {
                CommitFailure why = CommitFailure.of(e);
                metrics.failed(why);
                if (why == CommitFailure.LOCK_NOT_FREE && waits) {
                    held.addAll(wanted);
                    return;
                }
                if (why.isWait() && wanted.size() == 1 && !waits) {
                    held.add(wanted.getFirst().isolated());
                    return;
                }
                if (why == CommitFailure.CONTENT && wanted.size() == 1) {
                    wanted.getFirst().result().completeExceptionally(e);
                    return;
                }
                if (why != CommitFailure.DATABASE_AWAY && wanted.size() > 1) {
                    log.warn("Halving a batch of {} {}: {}", wanted.size(), name, RedactedException.types(e));
                    run(wanted.subList(0, wanted.size() / 2), waits, held);
                    run(wanted.subList(wanted.size() / 2, wanted.size()), waits, held);
                    return;
                }
                log.warn("Running a batch of {} {} again: {}", wanted.size(), name, RedactedException.types(e));
                cause = e;
                pause();
            }
        }
    }

    /** Returns the entries whose callers still wait. Entries that are too old fail with the cause of the last run. */
    private List<QueuedEntry<E, R>> wanted(List<QueuedEntry<E, R>> batch, @Nullable RuntimeException cause) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (cause != null) {
            batch.stream()
                    .filter(one -> interrupted || one.isOlderThan(giveUpAfter.toNanos()))
                    .forEach(one -> one.result().completeExceptionally(notCommitted(cause)));
        }
        return batch.stream().filter(one -> !one.result().isDone()).toList();
    }

    static RuntimeException notCommitted(Throwable cause) {
        return new TransientDataAccessResourceException("a change was not committed in time", cause);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An entry with its result or failure. */
    private record Decided<E extends BatchEntry, R>(
            QueuedEntry<E, R> queued,
            @Nullable R result,
            @Nullable RuntimeException failure) {

        void answer() {
            if (failure == null) {
                queued.result().complete(result);
            } else {
                queued.result().completeExceptionally(failure);
            }
        }
    }

    private void commit(List<QueuedEntry<E, R>> batch, boolean waits, List<QueuedEntry<E, R>> held) {
        long begun = System.nanoTime();
        List<QueuedEntry<E, R>> blocked = new ArrayList<>();
        List<Decided<E, R>> decided = new ArrayList<>();
        AtomicReference<@Nullable S> state = new AtomicReference<>();
        AtomicReference<@Nullable RuntimeException> first = new AtomicReference<>();
        try {
            transaction.executeWithoutResult(_ -> {
                try {
                    state.set(decide(locked(batch, waits, held, blocked), decided));
                } catch (RuntimeException e) {
                    first.set(e);
                    throw e;
                }
            });
        } catch (RuntimeException e) {
            // The first failure explains more than the failing rollback on a broken connection.
            @Nullable RuntimeException cause = first.get();
            throw cause == null ? e : cause;
        }
        held.addAll(blocked);
        long done = System.nanoTime();
        if (!decided.isEmpty()) {
            metrics.committed(decided.size(), Duration.ofNanos(done - begun));
            decided.forEach(
                    one -> metrics.waited(Duration.ofNanos(begun - one.queued().since())));
        }
        try {
            if (state.get() != null) {
                work.committed(state.get());
            }
        } catch (RuntimeException e) {
            // The batch has committed, so a failure here must not run it again.
            log.error("An action after a commit of {} failed", name, RedactedException.of(e));
        } finally {
            decided.forEach(Decided::answer);
        }
    }

    private record Locked<E extends BatchEntry, R>(OrderLock lock, List<QueuedEntry<E, R>> entries) {}

    /** Returns the entries whose keys this transaction has locked. An entry stays behind every earlier one that shares a key with it. */
    private Locked<E, R> locked(
            List<QueuedEntry<E, R>> batch,
            boolean waits,
            List<QueuedEntry<E, R>> held,
            List<QueuedEntry<E, R>> blocked) {
        Set<String> keys = keysOf(batch);
        TriedLocks tried = waits ? new TriedLocks(locks.waitFor(keys), keys) : locks.tryAll(keys);
        Set<String> taken = keysOf(held);
        List<QueuedEntry<E, R>> entries = new ArrayList<>();
        for (QueuedEntry<E, R> one : batch) {
            if (one.result().isDone()) {
                continue; // its caller gave up while this batch waited for the locks
            }
            if (tried.got().containsAll(one.entry().keys()) && !one.sharesKeyWith(taken)) {
                entries.add(one);
            } else {
                taken.addAll(one.entry().keys());
                blocked.add(one);
            }
        }
        return new Locked<>(tried.lock(), entries);
    }

    private @Nullable S decide(Locked<E, R> locked, List<Decided<E, R>> decided) {
        if (locked.entries().isEmpty()) {
            return null;
        }
        S state = work.read(
                locked.lock(), locked.entries().stream().map(QueuedEntry::entry).toList());
        for (QueuedEntry<E, R> one : locked.entries()) {
            try {
                decided.add(new Decided<>(one, work.decide(state, one.entry()), null));
            } catch (RuntimeException e) {
                decided.add(new Decided<>(one, null, e));
            }
        }
        work.write(state);
        return state;
    }

    private static <E extends BatchEntry, R> Set<String> keysOf(List<QueuedEntry<E, R>> entries) {
        Set<String> keys = new HashSet<>();
        entries.forEach(one -> keys.addAll(one.entry().keys()));
        return keys;
    }
}
