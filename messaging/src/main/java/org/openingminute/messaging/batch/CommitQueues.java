package org.openingminute.messaging.batch;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.OrderLocks;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates a service's commit queues and closes them when the service stops. */
public final class CommitQueues implements AutoCloseable {

    private final List<CommitQueue<?, ?>> queues = new CopyOnWriteArrayList<>();
    private final OrderLocks locks;
    private final PlatformTransactionManager transactions;
    private final TraceContext traces;
    private final MeterRegistry meters;

    CommitQueues(OrderLocks locks, PlatformTransactionManager transactions, TraceContext traces, MeterRegistry meters) {
        this.locks = locks;
        this.transactions = transactions;
        this.traces = traces;
        this.meters = meters;
    }

    /**
     * Creates and starts a queue. It has a thread of its own and uses one connection for its batches, at times a second one.
     *
     * @param name the kind of entries, for metrics, traces and logs
     */
    public <E extends BatchEntry, S, R> CommitQueue<E, R> queue(String name, BatchWork<E, S, R> work) {
        return queue(name, work, BatchRun.GIVE_UP);
    }

    /** @param giveUpAfter the time after which an entry is given up, counted from its queueing */
    <E extends BatchEntry, S, R> CommitQueue<E, R> queue(String name, BatchWork<E, S, R> work, Duration giveUpAfter) {
        List<CommitQueue<E, R>> made = new CopyOnWriteArrayList<>();
        BatchMetrics metrics = new BatchMetrics(
                meters, name, () -> made.isEmpty() ? 0 : made.getFirst().depth());
        BatchRun<E, S, R> run =
                new BatchRun<>(name, work, locks, new TransactionTemplate(transactions), traces, metrics, giveUpAfter);
        CommitQueue<E, R> queue = new CommitQueue<>(name, run);
        made.add(queue);
        queues.add(queue);
        queue.start();
        return queue;
    }

    @Override
    public void close() {
        queues.forEach(CommitQueue::close);
    }
}
