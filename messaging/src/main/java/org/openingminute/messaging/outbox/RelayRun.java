package org.openingminute.messaging.outbox;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessageJson;
import tools.jackson.core.JsonParser;

/**
 * The work of a relay from the opening of a producer to the first failure. All its buckets advance together, in one
 * order; a bucket that is further behind when it is taken over catches up first. For one thread.
 */
final class RelayRun implements AutoCloseable {

    /** Another instance has a bucket that this one held. */
    static final class LeaseLost extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        LeaseLost() {
            super("the lease was lost");
        }
    }

    private static final int MOST_IN_FLIGHT = 2 * RelayCursors.PAGE;
    // Half of the producer's buffer, so that it never blocks for lack of room.
    private static final long MOST_BYTES_IN_FLIGHT = 16 << 20;
    private static final Duration RENEW_EVERY = RelayCursors.LEASE.dividedBy(3);
    private static final Duration STORE_EVERY = Duration.ofMillis(100);
    // Most acknowledgements are there by then.
    private static final Duration SETTLE_AFTER = Duration.ofMillis(10);
    // Another instance may reach a broker that this one does not.
    private static final Duration STALLED = Duration.ofSeconds(10);

    /** @param acknowledgement {@code null} if the record was sent before */
    private record SentBatch(
            String topic,
            RelayCursors.LogPosition logPosition,
            Instant appendedAt,
            int bytes,
            @Nullable Future<?> acknowledgement,
            long at) {

        static SentBatch now(RelayCursors.OutboxRow row, @Nullable Future<?> acknowledgement) {
            return new SentBatch(
                    row.topic(),
                    row.logPosition(),
                    row.appendedAt(),
                    row.body().length,
                    acknowledgement,
                    System.nanoTime());
        }

        boolean isDone() {
            return acknowledgement == null || acknowledgement.isDone();
        }
    }

    private final RelayCursors cursors;
    private final CommitSignal signal;
    private final RelayMetrics metrics;
    private final Producer<String, byte[]> producer;
    private final int buckets;
    private final Map<Integer, RelayCursors.Held> held = new HashMap<>();
    private final Deque<SentBatch> inFlight = new ArrayDeque<>();
    private long bytesInFlight;
    private @Nullable FutureTask<RelayCursors.OutboxPage> ahead;
    private RelayCursors.LogPosition read = RelayCursors.LogPosition.BEGINNING;
    private RelayCursors.LogPosition acknowledged = RelayCursors.LogPosition.BEGINNING;
    private RelayCursors.LogPosition stored = RelayCursors.LogPosition.BEGINNING;
    private long renewedAt;
    private long storedAt;

    RelayRun(RelayCursors cursors, CommitSignal signal, RelayMetrics metrics, MessageBroker broker) {
        this.cursors = cursors;
        this.signal = signal;
        this.metrics = metrics;
        this.buckets = cursors.buckets();
        this.producer = broker.openProducer();
        this.renewedAt = System.nanoTime() - RENEW_EVERY.toNanos();
        this.storedAt = System.nanoTime();
    }

    /** Renews this instance's presence when that is due; returns whether this showed messages to send. */
    boolean renewIfDue() throws InterruptedException {
        return !untilRenewal().isPositive() && share();
    }

    /** The time until there is something to do, unless a commit is signalled. */
    Duration untilDue() {
        return isStored() || SETTLE_AFTER.compareTo(untilRenewal()) > 0 ? untilRenewal() : SETTLE_AFTER;
    }

    private Duration untilRenewal() {
        return RENEW_EVERY.minusNanos(System.nanoTime() - renewedAt);
    }

    private boolean isStored() {
        return inFlight.isEmpty() && acknowledged.compareTo(stored) <= 0;
    }

    /** Sends the next page. */
    RelayCursors.OutboxPage sendPage() throws InterruptedException {
        if (held.isEmpty()) {
            return RelayCursors.OutboxPage.EMPTY;
        }
        RelayCursors.OutboxPage page = nextPage();
        for (RelayCursors.OutboxRow row : page.rows()) {
            SentBatch sent = SentBatch.now(row, wasSent(row) ? null : send(row));
            inFlight.add(sent);
            bytesInFlight += sent.bytes();
            read = row.logPosition();
        }
        settle(false);
        return page;
    }

    /** A record without an acknowledgement ends the producer before any later record is sent. */
    private Future<?> send(RelayCursors.OutboxRow row) {
        Future<?> acknowledgement = producer.send(record(row), (_, failure) -> {
            if (failure != null) {
                producer.close(Duration.ZERO);
            }
        });
        if (acknowledgement.state() == Future.State.FAILED) {
            throw notAcknowledged(row.topic(), row.logPosition(), acknowledgement.exceptionNow());
        }
        return acknowledgement;
    }

    /** Describes a record that blocks the relay, for the log. */
    private static IllegalStateException notAcknowledged(
            String topic, RelayCursors.LogPosition logPosition, @Nullable Throwable why) {
        return new IllegalStateException(
                "a record of %s, at %s, was not acknowledged: %s".formatted(topic, logPosition, why), why);
    }

    /** While a full page is sent, the next one is read. */
    private RelayCursors.OutboxPage nextPage() throws InterruptedException {
        RelayCursors.OutboxPage page = ahead == null ? cursors.next(held.keySet(), read) : get(ahead);
        ahead = null;
        if (page.isFull()) {
            Set<Integer> buckets = Set.copyOf(held.keySet());
            RelayCursors.LogPosition after = page.rows().getLast().logPosition();
            ahead = new FutureTask<>(() -> cursors.next(buckets, after));
            Thread.ofVirtual().name("outbox-read").start(ahead);
        }
        return page;
    }

    private static RelayCursors.OutboxPage get(Future<RelayCursors.OutboxPage> page) throws InterruptedException {
        try {
            return page.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the outbox could not be read: " + e.getCause(), e.getCause());
        }
    }

    /**
     * Handles acknowledgements, and waits while too much is unacknowledged.
     *
     * @param calm whether there is nothing else to do, so that the cursors may be stored once all is acknowledged
     */
    void settle(boolean calm) throws InterruptedException {
        while (!inFlight.isEmpty()
                && (inFlight.size() > MOST_IN_FLIGHT
                        || bytesInFlight > MOST_BYTES_IN_FLIGHT
                        || inFlight.element().isDone())) {
            settleOldest();
        }
        if (!inFlight.isEmpty()) {
            requireNotStalled(inFlight.element());
        }
        if (acknowledged.compareTo(stored) > 0 && ((calm && inFlight.isEmpty()) || isOver(STORE_EVERY, storedAt))) {
            store();
        }
    }

    /** Sends the waiting messages, and waits for their acknowledgements. */
    void finish(Duration atMost) throws InterruptedException {
        long began = System.nanoTime();
        while (sendPage().isFull() && !isOver(atMost, began)) {
            renewIfDue();
        }
        while (!inFlight.isEmpty() && !isOver(atMost, began)) {
            if (await(inFlight.element(), Duration.ofMillis(100))) {
                settleOldest();
            }
        }
        store();
    }

    @Override
    public void close() {
        // A record without an acknowledgement may still arrive, as a copy of the next owner's.
        producer.close(Duration.ZERO);
        if (!held.isEmpty()) {
            cursors.release(held.values());
        }
        cursors.absent();
    }

    /**
     * Renews this instance's presence, and takes over or releases buckets, so that every instance has its share; returns
     * whether there are messages to send.
     */
    private boolean share() throws InterruptedException {
        RelayCursors.Presence presence = renew();
        signal.neighbours(presence.instances() > 1);
        int share = Math.ceilDiv(buckets, presence.instances());
        if (held.size() > share) {
            settleAll();
            give(held.size() - share);
        } else if (held.size() < share) {
            List<RelayCursors.Held> taken = cursors.take(share - held.size());
            if (!taken.isEmpty()) {
                settleAll();
                receive(taken);
                return true;
            }
        }
        return presence.behind();
    }

    private RelayCursors.Presence renew() {
        RelayCursors.Presence presence = cursors.present(read);
        if (presence.mine() < held.size()) {
            throw new LeaseLost();
        }
        renewedAt = System.nanoTime();
        return presence;
    }

    private void give(int some) {
        store();
        List<RelayCursors.Held> given = held.values().stream()
                .sorted(Comparator.comparingInt(RelayCursors.Held::bucket).reversed())
                .limit(some)
                .toList();
        cursors.release(given);
        ahead = null;
        given.forEach(each -> held.remove(each.bucket()));
    }

    private void receive(List<RelayCursors.Held> taken) {
        store();
        ahead = null;
        taken.forEach(each -> held.put(each.bucket(), each));
        RelayCursors.LogPosition furthestBehind = held.values().stream()
                .map(RelayCursors.Held::logPosition)
                .min(Comparator.naturalOrder())
                .orElse(RelayCursors.LogPosition.BEGINNING);
        read = furthestBehind;
        acknowledged = furthestBehind;
        stored = furthestBehind;
    }

    /** Whether a row was sent before, because its bucket is ahead of the others. */
    private boolean wasSent(RelayCursors.OutboxRow row) {
        RelayCursors.Held bucket = held.get(row.bucket());
        return bucket != null && row.logPosition().compareTo(bucket.logPosition()) <= 0;
    }

    private void settleAll() throws InterruptedException {
        while (!inFlight.isEmpty()) {
            settleOldest();
        }
    }

    private void settleOldest() throws InterruptedException {
        SentBatch oldest = inFlight.element();
        while (!await(oldest, RENEW_EVERY)) {
            renew();
            requireNotStalled(oldest);
        }
        inFlight.remove();
        bytesInFlight -= oldest.bytes();
        acknowledged = oldest.logPosition();
        if (oldest.acknowledgement() != null) {
            metrics.relayed(oldest.appendedAt());
        }
    }

    private static void requireNotStalled(SentBatch sent) {
        if (isOver(STALLED, sent.at())) {
            throw new IllegalStateException("no broker acknowledged a record for " + STALLED.toSeconds() + " s");
        }
    }

    private static boolean await(SentBatch sent, Duration atMost) throws InterruptedException {
        if (sent.acknowledgement() == null) {
            return true;
        }
        try {
            sent.acknowledgement().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw notAcknowledged(sent.topic(), sent.logPosition(), e.getCause());
        }
    }

    /** Moves the cursors of all buckets to the last acknowledged record. */
    private void store() {
        List<RelayCursors.Held> moved = held.values().stream()
                .filter(each -> each.logPosition().compareTo(acknowledged) < 0)
                .map(each -> each.at(acknowledged))
                .toList();
        if (!moved.isEmpty() && !cursors.move(moved)) {
            throw new LeaseLost();
        }
        moved.forEach(each -> held.put(each.bucket(), each));
        stored = acknowledged;
        storedAt = System.nanoTime();
    }

    private static boolean isOver(Duration duration, long since) {
        return System.nanoTime() - since > duration.toNanos();
    }

    private static ProducerRecord<String, byte[]> record(RelayCursors.OutboxRow row) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(row.topic(), row.key(), row.body());
        try (JsonParser headers = MessageJson.MAPPER.createParser(row.headers())) {
            headers.nextToken();
            for (String name = headers.nextName(); name != null; name = headers.nextName()) {
                record.headers().add(name, headers.nextStringValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return record;
    }
}
