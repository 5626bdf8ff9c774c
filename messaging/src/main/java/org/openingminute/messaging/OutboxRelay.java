package org.openingminute.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.core.type.TypeReference;

/**
 * Sends what the outbox holds to Kafka, in the order of the commits, and moves the cursor after the brokers' acknowledgement.
 * One instance of a service does so at a time; another takes over within the lease when it dies. A send that fails ends the
 * producer, and the relay goes on from the cursor: then records may be sent twice, but none out of turn.
 */
final class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
    private static final int BATCH = 500;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration CLEAN_EVERY = Duration.ofMinutes(10);

    private final RelayCursor cursor;
    private final Topics topics;
    private final Supplier<Producer<String, byte[]>> producers;
    private final Duration lease;
    private final Duration retention;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running;
    private @Nullable Thread thread;

    OutboxRelay(
            RelayCursor cursor,
            Topics topics,
            Supplier<Producer<String, byte[]>> producers,
            Duration lease,
            Duration retention) {
        this.cursor = cursor;
        this.topics = topics;
        this.producers = producers;
        this.lease = lease;
        this.retention = retention;
    }

    /** Something was committed: look at once and not at the next poll. */
    void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("outbox-relay").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        wake();
        Thread stopping = thread;
        if (stopping != null) {
            try {
                if (!stopping.join(Duration.ofSeconds(5))) {
                    stopping.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the listeners' containers: what their last work appended is still sent. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1000;
    }

    private void run() {
        while (running) {
            try {
                topics.awaitAll(() -> running);
                relayWhileLeased();
            } catch (RuntimeException e) {
                log.warn("The relay of the outbox was interrupted and goes on from its cursor: {}", e.toString());
            } catch (InterruptedException e) {
                return;
            }
            pause(PAUSE_AFTER_FAILURE);
        }
    }

    private void relayWhileLeased() throws InterruptedException {
        RelayCursor.@Nullable Place place = cursor.take().orElse(null);
        if (place == null) {
            return;
        }
        long renewAfter = lease.toNanos() / 3;
        long renewed = System.nanoTime();
        long cleaned = System.nanoTime();
        Producer<String, byte[]> producer = producers.get();
        try {
            while (running) {
                List<RelayCursor.Row> rows = cursor.next(place, BATCH);
                if (!rows.isEmpty()) {
                    if (!send(producer, rows, place)) {
                        return;
                    }
                    place = place.after(rows.getLast());
                }
                if (!rows.isEmpty() || System.nanoTime() - renewed > renewAfter) {
                    if (!cursor.move(place)) {
                        log.info("Another instance relays the outbox now");
                        return;
                    }
                    renewed = System.nanoTime();
                }
                if (rows.isEmpty()) {
                    if (System.nanoTime() - cleaned > CLEAN_EVERY.toNanos()) {
                        cursor.deleteOlderThan(retention, 10_000);
                        cleaned = System.nanoTime();
                    }
                    pause(POLL);
                }
            }
            cursor.release(place);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    /** Returns when all are acknowledged; false if the lease was lost meanwhile. */
    private boolean send(Producer<String, byte[]> producer, List<RelayCursor.Row> rows, RelayCursor.Place place)
            throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(rows.size());
        for (RelayCursor.Row row : rows) {
            sent.add(producer.send(record(row)));
        }
        for (Future<RecordMetadata> acknowledgement : sent) {
            while (true) {
                try {
                    acknowledgement.get(lease.toMillis() / 3, TimeUnit.MILLISECONDS);
                    break;
                } catch (TimeoutException e) {
                    if (!running || !cursor.move(place)) {
                        return false;
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a record was not taken by the broker", e.getCause());
                }
            }
        }
        return true;
    }

    private static ProducerRecord<String, byte[]> record(RelayCursor.Row row) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(row.topic(), row.messageKey(), row.body().getBytes(StandardCharsets.UTF_8));
        MessageJson.MAPPER
                .readValue(row.headers(), HEADERS)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private void pause(Duration atMost) {
        try {
            if (wake.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }
}
