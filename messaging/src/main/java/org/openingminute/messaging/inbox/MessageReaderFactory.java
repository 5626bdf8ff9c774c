package org.openingminute.messaging.inbox;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpoint;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ListenerMetadata;
import org.springframework.kafka.listener.OffsetAndMetadataProvider;

/** Creates the containers of {@link MessageReader} methods, and lists these methods. */
final class MessageReaderFactory extends ConcurrentKafkaListenerContainerFactory<String, byte[]> {

    static final String NAME = "messageReaderFactory";
    private static final Logger log = LoggerFactory.getLogger(MessageReaderFactory.class);
    private static final Duration RETRY_REFUSED_CREDENTIALS = Duration.ofSeconds(5);

    private final String group;
    private final Inbox inbox;
    private final ParkedMessages parked;
    private final TraceContext traces;
    private final MeterRegistry meters;
    private final List<Reader> readers = new CopyOnWriteArrayList<>();

    MessageReaderFactory(
            ConsumerFactory<String, byte[]> consumers,
            ReadPositions positions,
            String group,
            Inbox inbox,
            ParkedMessages parked,
            TraceContext traces,
            MeterRegistry meters) {
        this.group = group;
        this.inbox = inbox;
        this.parked = parked;
        this.traces = traces;
        this.meters = meters;
        setConsumerFactory(consumers);
        setConcurrency(3);
        // The keeper starts a container once its topic exists.
        setAutoStartup(false);
        setCommonErrorHandler(new ReaderErrorHandler(parked, meters));
        getContainerProperties().setGroupId(group);
        // Our own counters report the same by topic.
        getContainerProperties().setMicrometerEnabled(false);
        // A running reader survives a change of rights or passwords, because it tries again.
        getContainerProperties().setAuthExceptionRetryInterval(RETRY_REFUSED_CREDENTIALS);
        getContainerProperties().setConsumerRebalanceListener(positions);
        getContainerProperties().setOffsetAndMetadataProvider(positions);
    }

    @Override
    public ConcurrentMessageListenerContainer<String, byte[]> createListenerContainer(KafkaListenerEndpoint endpoint) {
        ConcurrentMessageListenerContainer<String, byte[]> container = super.createListenerContainer(endpoint);
        MethodKafkaListenerEndpoint<?, ?> annotated = (MethodKafkaListenerEndpoint<?, ?>) endpoint;
        Reader reader = Reader.of(annotated.getBean(), annotated.getMethod());
        readers.add(reader);
        container.setBeanName(group + "-" + reader.topic());
        container.getContainerProperties().setMessageListener(new PollDelivery(reader, inbox, parked, traces, meters));
        // An alert on growth notices the first count only if there was a 0 before it.
        List.of("failed", "parked", "dead.letters.refused", "skipped", "superseded")
                .forEach(what -> meters.counter("messaging." + what, "topic", reader.topic()));
        return container;
    }

    /** Lists all readers of the service, once its beans exist. */
    List<Reader> readers() {
        return readers;
    }

    /**
     * Where readers begin, and go on in a new incarnation of their database: what they had read may be in the part that was lost,
     * so they go back by as much. The metadata of a committed offset names the incarnation. A consumer goes back on its own
     * thread before its next poll, so its group is not rebalanced and newer messages wait only for the copies.
     */
    static final class ReadPositions implements ConsumerAwareRebalanceListener, OffsetAndMetadataProvider {

        private static final Duration LIMIT = Duration.ofSeconds(2);

        /** The incarnation for which this thread's consumer has its positions. */
        private static final ThreadLocal<@Nullable Integer> SETTLED_FOR = new ThreadLocal<>();

        private volatile @Nullable History history;

        /** Sets the incarnations by which readers go on; no reader may start before. */
        void use(History newest) {
            history = newest;
        }

        boolean areKnown() {
            return history != null;
        }

        /** The same consumer, which has its positions before it polls. */
        @SuppressWarnings("unchecked") // the only interface of the proxy
        Consumer<String, byte[]> settling(Consumer<String, byte[]> consumer) {
            return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (_, method, arguments) -> {
                        if (method.getName().equals("poll")) {
                            History now = requireNonNull(history, "readers start once the incarnation is known");
                            if (!Objects.equals(SETTLED_FOR.get(), now.present().number())) {
                                settle(consumer, now);
                            }
                        }
                        try {
                            return method.invoke(consumer, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }

        @Override
        public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
            settle(consumer, requireNonNull(history, "readers start once the incarnation is known"));
        }

        @Override
        public OffsetAndMetadata provide(ListenerMetadata listener, long offset) {
            @Nullable Integer incarnation = SETTLED_FOR.get();
            return incarnation == null
                    ? new OffsetAndMetadata(offset)
                    : new OffsetAndMetadata(offset, incarnation.toString());
        }

        private void settle(Consumer<?, ?> consumer, History now) {
            int incarnation = now.present().number();
            try {
                Set<TopicPartition> assigned = consumer.assignment();
                if (!assigned.isEmpty()) {
                    settle(consumer, assigned, now);
                }
                SETTLED_FOR.set(incarnation);
            } catch (WakeupException | InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                // The next poll tries again. Until then commits name an earlier incarnation, or none.
                log.debug("A reader's offsets could not be read or committed: {}", e.toString());
                if (Objects.equals(SETTLED_FOR.get(), incarnation)) {
                    SETTLED_FOR.remove();
                }
            }
        }

        /**
         * Goes back in partitions that were read in another incarnation, and commits where a partition begins that was never
         * read: without a committed offset the broker reports no lag for a stopped reader.
         */
        private static void settle(Consumer<?, ?> consumer, Set<TopicPartition> assigned, History now) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(assigned, LIMIT);
            Set<TopicPartition> unread = new HashSet<>(assigned);
            Map<TopicPartition, Long> times = new HashMap<>();
            committed.forEach((partition, offset) -> {
                if (offset != null) {
                    unread.remove(partition);
                    now.readAgainFrom(incarnationOf(offset))
                            .ifPresent(from -> times.put(partition, from.toEpochMilli()));
                }
            });
            String incarnation = Integer.toString(now.present().number());
            Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
            consumer.beginningOffsets(unread, LIMIT)
                    .forEach((partition, offset) -> settled.put(partition, new OffsetAndMetadata(offset, incarnation)));
            consumer.offsetsForTimes(times, LIMIT).forEach((partition, found) -> {
                long read = requireNonNull(committed.get(partition)).offset();
                settled.put(
                        partition,
                        new OffsetAndMetadata(found == null ? read : Math.min(read, found.offset()), incarnation));
            });
            // Before the commit, which the brokers may keep although it fails here: the next try would see nothing to
            // go back
            // for.
            times.keySet().forEach(partition -> consumer.seek(partition, requireNonNull(settled.get(partition))));
            if (!times.isEmpty()) {
                log.info("The database is in a new incarnation, reading again: {}", settled);
            }
            consumer.commitSync(settled, LIMIT);
        }

        private static @Nullable Integer incarnationOf(OffsetAndMetadata offset) {
            try {
                return Integer.valueOf(offset.metadata());
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }
}
