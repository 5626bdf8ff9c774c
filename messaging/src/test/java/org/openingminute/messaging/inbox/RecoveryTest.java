package org.openingminute.messaging.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.ReaderKeeper.Recovery;
import org.openingminute.messaging.testing.Records;

/** Proves how a service recovers its own messages from its topic. */
class RecoveryTest {

    private static final String TOPIC = "things.v1";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final Brokers brokers = new Brokers();
    private final List<String> noted = new ArrayList<>();

    @Test
    void recovery_ends_where_a_log_ends_that_lost_its_last_messages() {
        brokers.updateEndOffsets(Map.of(PARTITION, 100L));
        brokers.schedulePollTask(() -> brokers.addRecord(record(0, "one")));
        brokers.schedulePollTask(() -> brokers.updateEndOffsets(Map.of(PARTITION, 1L)));

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> new Recovery(List.of(new OwnThings()), () -> brokers).from(Instant.EPOCH));

        assertThat(noted).containsExactly("one");
    }

    private static ConsumerRecord<String, byte[]> record(long offset, String key) {
        Headers headers = new RecordHeaders();
        Records.headers("thing.happened.v1", 1).forEach((name, value) -> headers.add(name, value.getBytes(UTF_8)));
        return new ConsumerRecord<>(
                TOPIC,
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                3,
                2,
                key,
                "{}".getBytes(UTF_8),
                headers,
                Optional.empty());
    }

    private final class OwnThings implements Inbox.OwnMessageRecovery {

        @Override
        public String topic() {
            return TOPIC;
        }

        @Override
        public void note(List<Message> messages) {
            messages.forEach(message -> noted.add(message.key()));
        }
    }

    private static final class Brokers extends MockConsumer<String, byte[]> {

        Brokers() {
            super("earliest");
            Node node = new Node(1, "localhost", 1);
            updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, node, new Node[] {node}, new Node[] {node})));
            updateBeginningOffsets(Map.of(PARTITION, 0L));
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            return times.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, time -> new OffsetAndTimestamp(0, time.getValue())));
        }
    }
}
