package org.openingminute.messaging.outbox;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a relay, from opening a producer to the first failure: it waits until the cursor is free, and then sends. Confined to one
 * thread.
 */
final class RelayRun implements AutoCloseable {

    /** Reports that another instance has taken the cursor. */
    static final class LeaseLost extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        LeaseLost() {
            super("the lease was lost");
        }
    }

    /** Reports a record that the broker refuses and will refuse again. */
    static final class RecordRefused extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        RecordRefused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final int MOST_IN_FLIGHT = 2 * RelayCursor.PAGE;
    // Half of the producer's buffer, so that sending never blocks for lack of space.
    private static final long MOST_BYTES_IN_FLIGHT = 16 << 20;
    private static final Duration RENEW_EVERY = RelayCursor.LEASE.dividedBy(3);
    private static final Duration STORE_EVERY = Duration.ofMillis(100);
    // Most acknowledgements have arrived by then.
    private static final Duration SETTLE_AFTER = Duration.ofMillis(10);
    /** How long an instance waits for a broker, in production: another one may reach a broker that this one does not. */
    static final Duration STALLED = Duration.ofSeconds(10);

    private static final int MIN_ROWS_READ = 16;

    /** @param isLast whether the message is the last of its row */
    private record SentMessage(
            RelayCursor.LogPosition logPosition,
            boolean isLast,
            Instant appendedAt,
            int bytes,
            Future<?> acknowledgement,
            long at) {}

    private final RelayCursor cursor;
    private final CommitSignal signal;
    private final RelayMetrics metrics;
    private final Producer<String, byte[]> producer;
    private final Duration stalledAfter;
    private final Deque<SentMessage> inFlight = new ArrayDeque<>();
    private final AtomicReference<@Nullable RuntimeException> firstFailure = new AtomicReference<>();
    private long bytesInFlight;
    private @Nullable FutureTask<RelayCursor.OutboxPage> ahead;
    private int rowsToRead = MIN_ROWS_READ;
    /** The epoch of this owner; {@code null} while another instance relays. */
    private @Nullable Long epoch;

    private RelayCursor.LogPosition read = RelayCursor.LogPosition.BEGINNING;
    private RelayCursor.LogPosition acknowledged = RelayCursor.LogPosition.BEGINNING;
    private RelayCursor.LogPosition stored = RelayCursor.LogPosition.BEGINNING;
    private long renewAt;
    private long storedAt;

    /**
     * @param producer closed together with the run
     * @param stalledAfter how long a record may wait for its acknowledgement before the run fails
     */
    RelayRun(
            RelayCursor cursor,
            CommitSignal signal,
            RelayMetrics metrics,
            Producer<String, byte[]> producer,
            Duration stalledAfter) {
        this.cursor = cursor;
        this.signal = signal;
        this.metrics = metrics;
        this.producer = producer;
        this.stalledAfter = stalledAfter;
        this.renewAt = System.nanoTime();
        this.storedAt = System.nanoTime();
    }

    /** Renews or tries to acquire the lease if that is due. Returns whether the result showed messages to send. */
    boolean renewIfDue() {
        return !untilRenewal().isPositive() && renew();
    }

    /** The time until there is something to do, unless a commit is signalled before. */
    Duration untilDue() {
        return isStored() || SETTLE_AFTER.compareTo(untilRenewal()) > 0 ? untilRenewal() : SETTLE_AFTER;
    }

    private Duration untilRenewal() {
        return Duration.ofNanos(renewAt - System.nanoTime());
    }

    private boolean isStored() {
        return inFlight.isEmpty() && acknowledged.compareTo(stored) <= 0;
    }

    /** Sends the next page. */
    RelayCursor.OutboxPage sendPage() throws InterruptedException {
        if (epoch == null) {
            return RelayCursor.OutboxPage.EMPTY;
        }
        RelayCursor.OutboxPage page = nextPage();
        for (RelayCursor.OutboxRow row : page.rows()) {
            send(row);
        }
        settle(false);
        return page;
    }

    private void send(RelayCursor.OutboxRow row) throws InterruptedException {
        List<ProducerRecord<String, byte[]>> records = unpack(row);
        for (int i = 0; i < records.size(); i++) {
            // After it stood still this instance asks whether the cursor is still its own, and does not send before.
            renewIfDue();
            ProducerRecord<String, byte[]> record = records.get(i);
            SentMessage sent = new SentMessage(
                    row.logPosition(),
                    i == records.size() - 1,
                    row.appendedAt(),
                    record.value().length,
                    send(record, row),
                    System.nanoTime());
            inFlight.add(sent);
            bytesInFlight += sent.bytes();
        }
        read = row.logPosition();
    }

    /** Decodes a row. An unreadable row is not skipped: the records before it are sent and the cursor is stored, and then the run ends. */
    private List<ProducerRecord<String, byte[]>> unpack(RelayCursor.OutboxRow row) throws InterruptedException {
        try {
            List<ProducerRecord<String, byte[]>> records = Frames.unpack(row.frames());
            if (records.size() != row.messages()) {
                throw new Frames.UnreadableRow(
                        "it has %d messages of %d".formatted(records.size(), row.messages()), null);
            }
            return records;
        } catch (Frames.UnreadableRow e) {
            settleAll();
            throw new Frames.UnreadableRow("%s: %s".formatted(row.logPosition(), e.getMessage()), e);
        }
    }

    /**
     * Sends a record. If the broker does not acknowledge it, the producer is closed before any later record is sent. If the producer itself
     * refuses it, the records before it are first completed.
     */
    private Future<?> send(ProducerRecord<String, byte[]> record, RelayCursor.OutboxRow row)
            throws InterruptedException {
        Thread relay = Thread.currentThread();
        try {
            Future<?> acknowledgement = producer.send(record, (_, failure) -> {
                if (failure != null) {
                    firstFailure.compareAndSet(null, notAcknowledged(record.topic(), row.logPosition(), failure));
                    if (!Thread.currentThread().equals(relay)) {
                        producer.close(Duration.ZERO);
                    }
                }
            });
            if (acknowledgement.state() != Future.State.FAILED) {
                return acknowledgement;
            }
        } catch (IllegalStateException e) {
            // The producer was closed meanwhile.
            if (firstFailure.get() == null) {
                throw e;
            }
        }
        RuntimeException failure = requireNonNull(firstFailure.get());
        if (failure instanceof RecordRefused) {
            settleAll();
        }
        throw failure;
    }

    /** Describes a record that blocks the relay, for the log. */
    private static RuntimeException notAcknowledged(String topic, RelayCursor.LogPosition logPosition, Exception why) {
        String message = "a record of %s, at %s, was not acknowledged: %s".formatted(topic, logPosition, why);
        return switch (why) {
            case RecordTooLargeException _,
                    InvalidRecordException _,
                    InvalidTopicException _,
                    PolicyViolationException _,
                    UnsupportedForMessageFormatException _,
                    AuthorizationException _ -> new RecordRefused(message, why);
            default -> new IllegalStateException(message, why);
        };
    }

    /**
     * Returns the next page. While a full page is sent, the following one is read ahead; that query looks at few more rows than a page has.
     */
    private RelayCursor.OutboxPage nextPage() throws InterruptedException {
        RelayCursor.OutboxPage page = ahead == null ? cursor.next(read, rowsToRead) : get(ahead);
        ahead = null;
        if (page.isFull()) {
            rowsToRead = Math.clamp(2L * page.rows().size(), MIN_ROWS_READ, RelayCursor.PAGE);
            RelayCursor.LogPosition after = page.rows().getLast().logPosition();
            int most = rowsToRead;
            ahead = new FutureTask<>(() -> cursor.next(after, most));
            Thread.ofVirtual().name("outbox-read").start(ahead);
        }
        return page;
    }

    private static RelayCursor.OutboxPage get(Future<RelayCursor.OutboxPage> page) throws InterruptedException {
        try {
            return page.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the outbox could not be read: " + e.getCause(), e.getCause());
        }
    }

    /**
     * Handles acknowledgements, and waits while too much is in flight.
     *
     * @param calm whether there is nothing else to do, so that the cursor may be stored once everything is acknowledged
     */
    void settle(boolean calm) throws InterruptedException {
        while (!inFlight.isEmpty()
                && (inFlight.size() > MOST_IN_FLIGHT
                        || bytesInFlight > MOST_BYTES_IN_FLIGHT
                        || inFlight.element().acknowledgement().isDone())) {
            settleOldest();
        }
        if (!inFlight.isEmpty()) {
            requireNotStalled(inFlight.element());
        }
        if (acknowledged.compareTo(stored) > 0
                && ((calm && inFlight.isEmpty()) || System.nanoTime() - storedAt > STORE_EVERY.toNanos())) {
            store();
        }
    }

    /** Sends the remaining messages and waits for their acknowledgements. */
    void finish(Duration atMost) throws InterruptedException {
        long began = System.nanoTime();
        while (sendPage().isFull() && System.nanoTime() - began < atMost.toNanos()) {
            renewIfDue();
        }
        while (!inFlight.isEmpty() && System.nanoTime() - began < atMost.toNanos()) {
            if (await(inFlight.element(), Duration.ofMillis(100))) {
                settleOldest();
            }
        }
        store();
    }

    /** Stores what was acknowledged before a failure, so that the next run does not repeat it. */
    @Override
    public void close() {
        // A record without acknowledgement may still arrive, as a duplicate of the next owner's record.
        producer.close(Duration.ZERO);
        while (!inFlight.isEmpty() && inFlight.element().acknowledgement().state() == Future.State.SUCCESS) {
            removeOldest();
        }
        if (acknowledged.compareTo(stored) > 0) {
            cursor.move(requireNonNull(epoch), acknowledged);
        }
        cursor.release();
    }

    /** Renews the lease, or acquires it if it is free. Returns whether there are messages to send. */
    private boolean renew() {
        long asked = System.nanoTime();
        RelayCursor.Lease lease = cursor.renew(read);
        signal.neighbours(!lease.mine() || lease.standby());
        boolean taken = epoch == null && lease.mine();
        if (taken) {
            epoch = lease.epoch();
            read = lease.logPosition();
            acknowledged = read;
            stored = read;
        } else if (epoch != null && !(lease.mine() && lease.epoch() == epoch)) {
            throw new LeaseLost();
        }
        // The next owner takes over when the lease ends.
        Duration next = lease.mine() || RENEW_EVERY.compareTo(lease.left()) < 0 ? RENEW_EVERY : lease.left();
        renewAt = asked + next.plusMillis(1).toNanos();
        return taken || lease.behind();
    }

    private void settleOldest() throws InterruptedException {
        SentMessage oldest = inFlight.element();
        while (!await(oldest, RENEW_EVERY)) {
            renew();
            requireNotStalled(oldest);
        }
        removeOldest();
    }

    private void settleAll() throws InterruptedException {
        while (!inFlight.isEmpty()) {
            settleOldest();
        }
        store();
    }

    private void removeOldest() {
        SentMessage oldest = inFlight.remove();
        bytesInFlight -= oldest.bytes();
        if (oldest.isLast()) {
            acknowledged = oldest.logPosition();
        }
        metrics.relayed(oldest.appendedAt());
    }

    private void requireNotStalled(SentMessage sent) {
        if (System.nanoTime() - sent.at() > stalledAfter.toNanos()) {
            throw new IllegalStateException("no broker acknowledged a record for " + stalledAfter.toSeconds() + " s");
        }
    }

    private boolean await(SentMessage sent, Duration atMost) throws InterruptedException {
        try {
            sent.acknowledgement().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            // Later records failed because the first one did.
            throw requireNonNull(firstFailure.get());
        }
    }

    /** Moves the cursor to the last row whose messages are all acknowledged. */
    private void store() {
        if (acknowledged.compareTo(stored) > 0 && !cursor.move(requireNonNull(epoch), acknowledged)) {
            throw new LeaseLost();
        }
        stored = acknowledged;
        storedAt = System.nanoTime();
    }
}
