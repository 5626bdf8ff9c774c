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
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Access to the Kafka brokers for writing: creates this service's topics, dead-letter topics included, as soon as a broker answers (a
 * service starts without one), and opens producers. For the library's own packages.
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
        // Never time out: if a record timed out while later records are sent, the order would break.
        producerConfig.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // Shorter than a relay's lease, because the lease is not renewed while a send waits for a broker.
        producerConfig.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        producerConfig.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // The records of a backlog accumulate while the previous request is in flight. A single record does not wait.
        producerConfig.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        producerConfig.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        producerConfig.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    }

    /** A new producer that neither loses nor reorders records. The caller closes it. */
    public Producer<String, byte[]> openProducer() {
        return new KafkaProducer<>(producerConfig, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * A new producer for dead letters. The caller closes it. It gives up on a record after ten seconds, because a reader waits for it. It
     * does not limit the size of records: the original writer may have sent them compressed, so the broker decides.
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
     * A new producer for records that each supersede the one before. The caller closes it. It gives up on a record after about a second for
     * finding a broker and another second for the acknowledgement.
     */
    public Producer<String, byte[]> openProgressProducer() {
        Map<String, Object> config = new HashMap<>(producerConfig);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 1_000);
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    /** Creates missing topics, including those that the broker has lost. Blocks until all exist, or until {@code goOn} returns false. */
    public void makeTopics(BooleanSupplier goOn) throws InterruptedException {
        boolean logged = false;
        while (goOn.getAsBoolean()) {
            try {
                admin.initialize();
                return;
            } catch (RuntimeException e) {
                if (!logged) {
                    log.warn("No broker answers yet; messages wait in the outbox ({})", RedactedException.types(e));
                    logged = true;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** Creates missing topics if a broker answers. Blocks for a few seconds at most. */
    public void tryToMakeTopics() {
        try {
            admin.initialize();
        } catch (RuntimeException e) {
            log.debug("The topics could not be created ({})", RedactedException.types(e));
        }
    }

    /** Whether a broker reports that a topic exists. */
    public boolean hasTopic(String topic) {
        try {
            admin.describeTopics(topic);
            return true;
        } catch (RuntimeException e) {
            log.debug("The topic {} does not exist yet ({})", topic, RedactedException.types(e));
            return false;
        }
    }
}
