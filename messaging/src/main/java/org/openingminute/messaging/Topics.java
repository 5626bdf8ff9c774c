package org.openingminute.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Makes the topics that this service writes, its dead-letter topics included, as soon as a broker answers. A service starts
 * without one. Safe for use by all threads.
 */
final class Topics {

    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaAdmin admin;
    private final List<NewTopic> written;
    private volatile boolean there;

    Topics(KafkaAdmin admin, Collection<NewTopic> written, Collection<NewTopic> deadLetters) {
        this.admin = admin;
        this.written = new ArrayList<>(written);
        this.written.addAll(deadLetters);
    }

    /** Blocks until the topics are there, or until it should not go on. */
    synchronized void awaitAll(BooleanSupplier goOn) throws InterruptedException {
        boolean said = false;
        while (!there && goOn.getAsBoolean()) {
            try {
                admin.createOrModifyTopics(written.toArray(NewTopic[]::new));
                there = true;
            } catch (RuntimeException e) {
                if (!said) {
                    log.warn("No broker answers yet; messages wait in the outbox ({})", e.toString());
                    said = true;
                }
                wait(PAUSE.toMillis());
            }
        }
    }

    /** Blocks until somebody has made a topic; false if interrupted. */
    boolean awaitThere(String topic) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                admin.describeTopics(topic);
                return true;
            } catch (RuntimeException e) {
                log.debug("The topic {} is not there yet ({})", topic, e.toString());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return false;
    }
}
