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
import org.openingminute.kit.problem.Fault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * The broker to which this service writes: creates the topics, dead-letter topics included, as soon as a broker answers
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
        // Never time out: a record that did while its successors are sent would break the order.
        producerConfig.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // Shorter than a relay's lease, which is not renewed while a send waits to find a broker.
        producerConfig.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        producerConfig.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // The records of a backlog gather while the previous request is under way. A single record does not wait.
        producerConfig.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        producerConfig.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        producerConfig.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    }

    /** A new producer, which neither loses nor reorders records; the caller closes it. */
    public Producer<String, byte[]> openProducer() {
        return new KafkaProducer<>(producerConfig, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * A new producer of dead letters; the caller closes it. It gives a record up after ten seconds at most, because a
     * reader waits for it. It leaves it to the broker to refuse large records, because the original writer may have sent
     * them compressed.
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
     * A new producer of records that the next ones replace; the caller closes it. It gives a record up after about a second
     * to find a broker and another one to be acknowledged.
     */
    public Producer<String, byte[]> openProgressProducer() {
        Map<String, Object> config = new HashMap<>(producerConfig);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 1_000);
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * Creates missing topics, including those that the broker has lost. Blocks until they exist, or until it should not go
     * on.
     */
    public void makeTopics(BooleanSupplier goOn) throws InterruptedException {
        boolean logged = false;
        while (goOn.getAsBoolean()) {
            try {
                admin.initialize();
                return;
            } catch (RuntimeException e) {
                if (!logged) {
                    log.warn("No broker answers yet; messages wait in the outbox ({})", Fault.types(e));
                    logged = true;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** Creates missing topics if a broker answers. Blocks for some seconds at most. */
    public void tryToMakeTopics() {
        try {
            admin.initialize();
        } catch (RuntimeException e) {
            log.debug("The topics could not be created ({})", Fault.types(e));
        }
    }

    /** Whether a broker reports that a topic exists. */
    public boolean hasTopic(String topic) {
        try {
            admin.describeTopics(topic);
            return true;
        } catch (RuntimeException e) {
            log.debug("The topic {} does not exist yet ({})", topic, Fault.types(e));
            return false;
        }
    }
}
