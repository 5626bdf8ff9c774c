package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.openingminute.messaging.TraceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpoint;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;

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
        getContainerProperties().setConsumerRebalanceListener(new InitialOffsets());
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
     * Commits the earliest offset, where a reader would begin anyway, for a partition from which it has never read. Without a
     * committed offset the broker reports no lag for a stopped reader.
     */
    private static final class InitialOffsets implements ConsumerAwareRebalanceListener {

        private static final Duration LIMIT = Duration.ofSeconds(2);

        @Override
        public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
            try {
                Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(Set.copyOf(partitions), LIMIT);
                Set<TopicPartition> unread = new HashSet<>(partitions);
                unread.removeIf(partition -> known.get(partition) != null);
                if (unread.isEmpty()) {
                    return;
                }
                Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
                consumer.beginningOffsets(unread, LIMIT)
                        .forEach((partition, offset) -> first.put(partition, new OffsetAndMetadata(offset)));
                consumer.commitSync(first, LIMIT);
            } catch (WakeupException | InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                // The reader works anyway, and the next assignment of the partition commits the offset.
                log.debug("Could not commit a reader's initial offset: {}", e.toString());
            }
        }
    }
}
