package org.openingminute.messaging.inbox;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;

/**
 * Notes with the broker where a reader begins in a partition from which it has never read: at the earliest record, where it begins
 * anyway. Without that the broker knows nothing of what waits there for a reader that is stopped, and nobody could see it. Without
 * state.
 */
final class InitialOffsets implements ConsumerAwareRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(InitialOffsets.class);
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
            // It reads all the same; the next time that it is given the partition it is noted.
            log.debug("Where a reader begins could not be noted: {}", e.toString());
        }
    }
}
