package org.openingminute.messaging;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How topics are made that a service writes.
 *
 * @param replication how many brokers keep each record; 3 where there are three brokers
 * @param minInsyncReplicas how many of them must have a record before it counts as written, from 1 to the replication; 2 where
 *     that is 3
 */
@ConfigurationProperties(prefix = "messaging.topics", ignoreUnknownFields = false)
record TopicSettings(
        @DefaultValue("1") short replication,
        @DefaultValue("1") short minInsyncReplicas) {}
