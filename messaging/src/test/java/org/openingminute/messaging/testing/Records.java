package org.openingminute.messaging.testing;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Creates Kafka records for tests, valid or not, as any producer could write them. */
public final class Records {

    private Records() {}

    /** A producer that batches the records of 50 ms. */
    public static KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        50),
                new StringSerializer(),
                new StringSerializer());
    }

    public static ProducerRecord<String, String> of(
            String topic, String key, String body, Map<String, String> headers) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, body);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    /** The headers of a message with a new id. */
    public static Map<String, String> headers(String type, long sequence) {
        return Map.of(
                "ce_id",
                UUID.randomUUID().toString(),
                "ce_type",
                type,
                "ce_source",
                "/test",
                "ce_time",
                "2026-02-02T17:00:00Z",
                "ce_sequence",
                Long.toString(sequence));
    }
}
