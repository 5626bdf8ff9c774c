package org.openingminute.messaging.inbox;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.Pulse;
import org.openingminute.messaging.inbox.MessageReaderFactory.ReadPositions;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Starts each reader once the topic's writer has created the topic, and restarts a reader that ended unexpectedly, for example because its
 * method threw an {@link Error}. Tracks the incarnations of the database, by which readers start and go back.
 */
final class ReaderKeeper implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ReaderKeeper.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

    private final KafkaListenerEndpointRegistry readers;
    private final MessageBroker broker;
    private final ReadPositions positions;
    private final DatabaseIncarnations incarnations;
    private final Recovery recovery;
    private final AtomicBoolean mayHaveChanged = new AtomicBoolean(true);
    private volatile @Nullable Integer followed;
    private boolean follows = true;
    private @Nullable Thread thread;

    ReaderKeeper(
            KafkaListenerEndpointRegistry readers,
            MessageBroker broker,
            ReadPositions positions,
            DatabaseIncarnations incarnations,
            Recovery recovery) {
        this.readers = readers;
        this.broker = broker;
        this.positions = positions;
        this.incarnations = incarnations;
        this.recovery = recovery;
    }

    /** Makes the pulse check for a new incarnation. */
    void askWith(Pulse pulse) {
        DatabaseIncarnations.ask(pulse, number -> {
            if (Objects.equals(number, followed)) {
                incarnations.confirm();
            } else {
                mayHaveChanged.set(true);
            }
        });
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("keep-readers").start(this::keepAll);
        }
    }

    private void keepAll() {
        try {
            while (isRunning()) {
                tryToFollowIncarnation();
                if (positions.areKnown()) {
                    readers.getListenerContainers().forEach(this::tryToKeep);
                }
                Thread.sleep(CHECK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryToFollowIncarnation() {
        if (!mayHaveChanged.getAndSet(false)) {
            return;
        }
        try {
            // The relay does this too, but only while a broker answers it.
            History history = incarnations.follow();
            if (!history.present().isRecovered()) {
                recovery.from(history.recoverFrom());
                incarnations.noteRecovered(history.present());
            }
            positions.use(history);
            followed = history.present().number();
            follows = true;
        } catch (RuntimeException | Error e) {
            if (follows) {
                log.warn("The database's incarnation cannot be followed, retrying: {}", RedactedException.types(e));
            }
            follows = false;
            mayHaveChanged.set(true);
        }
    }

    private void tryToKeep(MessageListenerContainer reader) {
        String topic = requireNonNull(reader.getContainerProperties().getTopics())[0];
        try {
            keep(reader, topic);
        } catch (RuntimeException
                | Error e) { // a keeper that ended would never restart a reader, and nobody would notice
            log.warn("Readers of {} could not be started, retrying: {}", topic, RedactedException.types(e));
        }
    }

    private void keep(MessageListenerContainer reader, String topic) {
        if (!(reader.isRunning() && reader.isInExpectedState()) && broker.hasTopic(topic)) {
            startAgain(reader, topic);
        }
    }

    private void startAgain(MessageListenerContainer reader, String topic) {
        if (reader.isRunning()) {
            log.error("Readers of {} ended unexpectedly, restarting them", topic);
            // Outside of the monitor, so that stopping this keeper does not wait for the reader's threads.
            reader.stop();
        }
        startUnlessStopped(reader);
    }

    private synchronized void startUnlessStopped(MessageListenerContainer reader) {
        if (isRunning()) {
            reader.start();
        }
    }

    /** Stops the readers together with the jobs and before the relay. Their registry alone would stop them after the jobs. */
    @Override
    public void stop(Runnable whenStopped) {
        endThread();
        readers.stop(whenStopped);
    }

    @Override
    public void stop() {
        endThread();
        readers.stop();
    }

    private synchronized void endThread() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    /** Delivers to a service what its own topics contain since an instant. */
    static final class Recovery {

        private static final Duration POLL = Duration.ofMillis(500);
        private static final int LOG_EVERY = 10_000;

        private final List<Inbox.OwnMessageRecovery> own;
        private final Supplier<Consumer<String, byte[]>> consumers;

        /** @param consumers creates consumers without a group */
        Recovery(List<Inbox.OwnMessageRecovery> own, Supplier<Consumer<String, byte[]>> consumers) {
            this.own = own;
            this.consumers = consumers;
        }

        void from(Instant since) {
            for (Inbox.OwnMessageRecovery messages : own) {
                try (Consumer<String, byte[]> consumer = consumers.get()) {
                    from(since, messages, consumer);
                }
            }
        }

        private static void from(Instant since, Inbox.OwnMessageRecovery messages, Consumer<String, byte[]> consumer) {
            List<TopicPartition> partitions = consumer.partitionsFor(messages.topic()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            Map<TopicPartition, Long> times =
                    partitions.stream().collect(Collectors.toMap(one -> one, _ -> since.toEpochMilli()));
            consumer.assign(partitions);
            consumer.offsetsForTimes(times)
                    .forEach((partition, found) -> consumer.seek(
                            partition, found == null ? requireNonNull(ends.get(partition)) : found.offset()));
            int count = 0;
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<String, byte[]> page = consumer.poll(POLL);
                if (page.isEmpty()) {
                    // The brokers may have lost the end of the log; in that case nothing more arrives.
                    consumer.endOffsets(partitions).forEach((partition, end) -> ends.merge(partition, end, Math::min));
                } else {
                    messages.note(readable(page));
                    count += page.count();
                    if (count / LOG_EVERY > (count - page.count()) / LOG_EVERY) {
                        log.info("Reading our own messages on {} since {}: {} so far", messages.topic(), since, count);
                    }
                }
            }
            log.info("Read our own messages on {} since {}: {}", messages.topic(), since, count);
        }

        private static List<Message> readable(ConsumerRecords<String, byte[]> records) {
            List<Message> messages = new ArrayList<>();
            records.forEach(record -> {
                try {
                    messages.add(Message.from(record));
                } catch (PermanentFailure e) {
                    log.warn("A message of our own topic {} cannot be read: {}", record.topic(), e.getMessage());
                }
            });
            return messages;
        }
    }
}
