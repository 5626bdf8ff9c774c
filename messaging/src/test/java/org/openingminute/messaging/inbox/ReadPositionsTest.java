package org.openingminute.messaging.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.MessageReaderFactory.ReadPositions;
import org.openingminute.messaging.inbox.MessageReaderFactory.ReadPositions.Place;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.openingminute.messaging.outbox.DatabaseIncarnations.Incarnation;

/** Proves from which offset a consumer continues when its brokers are slow to answer. A mock consumer plays the brokers. */
class ReadPositionsTest {

    private static final TopicPartition PARTITION = new TopicPartition("things.v1", 0);
    private static final Incarnation FIRST = new Incarnation(1, true, true, Instant.parse("2026-02-02T12:00:00Z"));
    private static final Incarnation SECOND = new Incarnation(500, true, false, null);

    private final SlowBrokers brokers = new SlowBrokers();
    private final ReadPositions positions = new ReadPositions();
    private final Consumer<String, byte[]> consumer = positions.rewinding(brokers);

    @BeforeEach
    void assign() {
        positions.use(new History(List.of(FIRST, SECOND)));
        brokers.updateBeginningOffsets(Map.of(PARTITION, 0L));
        brokers.updateEndOffsets(Map.of(PARTITION, 100L));
        brokers.assign(Set.of(PARTITION));
        brokers.commitSync(Map.of(PARTITION, new OffsetAndMetadata(90, "1")));
        brokers.seek(PARTITION, 90);
    }

    @Test
    void reader_goes_back_although_its_commit_timed_out_at_brokers_that_kept_it() {
        brokers.commitsTimeOut = true;
        consumer.poll(Duration.ZERO);
        brokers.commitsTimeOut = false;
        consumer.poll(Duration.ZERO);

        assertThat(brokers.position(PARTITION)).isEqualTo(SlowBrokers.TEN_MINUTES_BEFORE);
        assertThat(committed()).isEqualTo(new OffsetAndMetadata(SlowBrokers.TEN_MINUTES_BEFORE, "500 40"));
    }

    /** A commit without an incarnation would look like one of the previous version, and the reader would read everything again. */
    @Test
    void commit_names_its_incarnation_after_the_brokers_did_not_answer() {
        brokers.commitSync(Map.of(PARTITION, new OffsetAndMetadata(90, "500")));
        brokers.committedIsUnknown = true;
        positions.onPartitionsAssigned(consumer, Set.of(PARTITION));
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(95)));
        assertThat(committed()).isEqualTo(new OffsetAndMetadata(90, "500"));

        brokers.committedIsUnknown = false;
        consumer.poll(Duration.ZERO);
        assertThat(committed()).isEqualTo(new OffsetAndMetadata(95, "500 90"));
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(99)), Duration.ofSeconds(1));
        assertThat(committed()).isEqualTo(new OffsetAndMetadata(99, "500 90"));
    }

    /** The messages that it read last are older than ten minutes, and their effects may be lost as well. */
    @Test
    void reader_that_was_behind_goes_back_by_what_it_read_in_ten_minutes() {
        brokers.commitSync(Map.of(PARTITION, new OffsetAndMetadata(35, "1 20")));
        consumer.poll(Duration.ZERO);

        assertThat(brokers.position(PARTITION)).isEqualTo(20);
        assertThat(committed()).isEqualTo(new OffsetAndMetadata(20, "500 20"));
    }

    @Test
    void commit_says_what_was_reached_ten_minutes_before() {
        long now = System.nanoTime();
        Place place = new Place(500, 20, 35, now - Duration.ofMinutes(9).toNanos());
        assertThat(place.at(40).metadata()).isEqualTo("500 20");
        Place later = new Place(500, 20, 35, now - Duration.ofMinutes(10).toNanos());
        assertThat(later.at(40).metadata()).isEqualTo("500 35");
    }

    private OffsetAndMetadata committed() {
        return brokers.committed(Set.of(PARTITION)).get(PARTITION);
    }

    /** Stores each commit, even if the consumer gets a timeout. */
    private static final class SlowBrokers extends MockConsumer<String, byte[]> {

        static final long TEN_MINUTES_BEFORE = 40;

        private boolean commitsTimeOut;
        private boolean committedIsUnknown;

        SlowBrokers() {
            super("earliest");
        }

        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            super.commitSync(offsets, timeout);
            if (commitsTimeOut) {
                throw new TimeoutException("for a test");
            }
        }

        @Override
        public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
            if (committedIsUnknown) {
                throw new TimeoutException("for a test");
            }
            return super.committed(partitions);
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                Map<TopicPartition, Long> times, Duration timeout) {
            return times.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, time -> new OffsetAndTimestamp(TEN_MINUTES_BEFORE, time.getValue())));
        }
    }
}
