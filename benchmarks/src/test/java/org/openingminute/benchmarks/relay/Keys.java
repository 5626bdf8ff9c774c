package org.openingminute.benchmarks.relay;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Adds a key to each record of Kafka's producer tool, which has no option for it. Used by the tool's one thread. */
public final class Keys implements ProducerInterceptor<byte[], byte[]> {

    private long number;

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        byte[] key = RelayCandidate.key(number++ % Bodies.DIFFERENT).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(record.topic(), key, record.value());
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        // The tool handles acknowledgements itself.
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // There are no settings.
    }

    @Override
    public void close() {
        // There is nothing to release.
    }
}
