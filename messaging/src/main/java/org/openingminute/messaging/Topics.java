package org.openingminute.messaging;

import java.time.Duration;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.kafka.config.TopicBuilder;

/**
 * Defines topics consistently in every service, as the AsyncAPI document specifies; replication and minimum in-sync replicas come from the
 * configuration. A service declares its {@link NewTopic} beans with this class. Immutable.
 */
public final class Topics {

    private static final int PARTITIONS = 12;
    private static final Duration KEPT = Duration.ofDays(7);
    private static final Duration SEGMENT = Duration.ofHours(1);

    private final short replication;
    private final short minInsyncReplicas;

    /**
     * @param replication the number of brokers that keep a record
     * @param minInsyncReplicas the number of brokers that must have a record before the write is acknowledged
     * @throws IllegalArgumentException if {@code minInsyncReplicas} exceeds {@code replication}, because every write would fail
     */
    Topics(short replication, short minInsyncReplicas) {
        if (minInsyncReplicas < 1 || minInsyncReplicas > replication) {
            throw new IllegalArgumentException(
                    "TOPIC_MIN_INSYNC_REPLICAS is %d, but must be from 1 to TOPIC_REPLICATION, which is %d"
                            .formatted(minInsyncReplicas, replication));
        }
        this.replication = replication;
        this.minInsyncReplicas = minInsyncReplicas;
    }

    /** A topic that keeps records for seven days. */
    public NewTopic kept(String name) {
        return kept(name, PARTITIONS);
    }

    /** A compacted topic: it keeps the newest record of each key for ever, so that a new reader receives all of them. */
    public NewTopic newest(String name) {
        return topic(name, PARTITIONS).compact().build();
    }

    /** A compacted topic for few keys that are written constantly: superseded records are removed within the hour instead of the week. */
    public NewTopic latest(String name) {
        return topic(name, PARTITIONS)
                .compact()
                .config(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(SEGMENT.toMillis()))
                .build();
    }

    /** A topic for messages that a reader could not apply. */
    public NewTopic deadLetters(String name) {
        return kept(name, 1);
    }

    private NewTopic kept(String name, int partitions) {
        return topic(name, partitions)
                .config(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                .config(TopicConfig.RETENTION_MS_CONFIG, Long.toString(KEPT.toMillis()))
                .build();
    }

    private TopicBuilder topic(String name, int partitions) {
        return TopicBuilder.name(name)
                .partitions(partitions)
                .replicas(replication)
                .config(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Short.toString(minInsyncReplicas))
                .config(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
    }

    /**
     * The settings of the topics that a service writes.
     *
     * @param replication how many brokers keep each record; 3 where there are three brokers
     * @param minInsyncReplicas how many brokers must have a record before it counts as written, from 1 to the replication; 2
     *     where that is 3
     */
    @ConfigurationProperties(prefix = "messaging.topics", ignoreUnknownFields = false)
    record TopicSettings(
            @DefaultValue("1") short replication,
            @DefaultValue("1") short minInsyncReplicas) {}
}
