package org.openingminute.messaging.inbox;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Starts each reader once its topic is there, which is its writer's to make, and again where it ended by itself, as by an
 * {@link Error} of its method.
 */
final class ReaderKeeper implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ReaderKeeper.class);
    private static final Duration LOOKED_AFTER = Duration.ofSeconds(1);

    private final KafkaListenerEndpointRegistry readers;
    private final MessageBroker broker;
    private @Nullable Thread thread;

    ReaderKeeper(KafkaListenerEndpointRegistry readers, MessageBroker broker) {
        this.readers = readers;
        this.broker = broker;
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("keep-readers").start(this::keepAll);
        }
    }

    private void keepAll() {
        try {
            while (isRunning()) {
                readers.getListenerContainers().forEach(this::keep);
                Thread.sleep(LOOKED_AFTER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(MessageListenerContainer reader) {
        if (reader.isRunning() && reader.isInExpectedState()) {
            return;
        }
        String topic = Objects.requireNonNull(reader.getContainerProperties().getTopics())[0];
        if (broker.hasTopic(topic)) {
            startAgain(reader, topic);
        }
    }

    private synchronized void startAgain(MessageListenerContainer reader, String topic) {
        if (!isRunning()) {
            return;
        }
        try {
            if (reader.isRunning()) {
                log.error("Readers of {} ended by themselves and are started again", topic);
                reader.stop();
            }
            reader.start();
        } catch (RuntimeException e) {
            log.warn("Readers of {} could not be started and are tried again: {}", topic, e.toString());
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
