package org.openingminute.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * The broker as this service writes to it: makes its topics, dead-letter topics included, as soon as a broker answers
 * (a service starts without one), and opens producers. For the library's own packages.
 */
public final class MessageBroker {

    private static final Logger log = LoggerFactory.getLogger(MessageBroker.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaAdmin admin;
    private final Map<String, Object> producerConfig = new HashMap<>();

    MessageBroker(KafkaAdmin admin, List<String> bootstrapServers) {
        this.admin = admin;
        producerConfig.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        producerConfig.put(ProducerConfig.ACKS_CONFIG, "all");
        producerConfig.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A record that times out while its successors go would break the order: none does.
        producerConfig.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // Shorter than a relay's lease, which is not renewed while a send waits for a broker to be found.
        producerConfig.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        producerConfig.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // The records of a backlog gather while the request before them is on its way. One alone is not waited with.
        producerConfig.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        producerConfig.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        producerConfig.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    }

    /** A new producer, which neither loses a record nor changes the order of two; whoever asked for it closes it. */
    public Producer<String, byte[]> openProducer() {
        return new KafkaProducer<>(producerConfig, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * A new producer of dead letters, whoever asked for it closes it. It gives a record up after ten seconds at most, for a
     * reader waits for it; and it leaves it to the broker what is too large, as whoever wrote the record may have sent it
     * compressed.
     */
    public Producer<String, byte[]> openDeadLetterProducer() {
        Map<String, Object> config = new HashMap<>(producerConfig);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 7_000);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 * 1024 * 1024);
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * Makes the topics that are missing, also those that were there once and that the broker has lost. Blocks until they are
     * there, or until it should not go on.
     */
    public void makeTopics(BooleanSupplier goOn) throws InterruptedException {
        boolean logged = false;
        while (goOn.getAsBoolean()) {
            try {
                admin.initialize();
                return;
            } catch (RuntimeException e) {
                if (!logged) {
                    log.warn("No broker answers yet; messages wait in the outbox ({})", e.toString());
                    logged = true;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** Whether a broker says that a topic is there. */
    public boolean hasTopic(String topic) {
        try {
            admin.describeTopics(topic);
            return true;
        } catch (RuntimeException e) {
            log.debug("The topic {} is not there yet ({})", topic, e.toString());
            return false;
        }
    }
}
