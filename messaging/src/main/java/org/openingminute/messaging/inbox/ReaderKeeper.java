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
 * Starts each reader once the topic's writer has created the topic, and restarts a reader that ended unexpectedly, such as by
 * an {@link Error} of its method.
 */
final class ReaderKeeper implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ReaderKeeper.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

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
                readers.getListenerContainers().forEach(this::tryToKeep);
                Thread.sleep(CHECK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryToKeep(MessageListenerContainer reader) {
        String topic = Objects.requireNonNull(reader.getContainerProperties().getTopics())[0];
        try {
            keep(reader, topic);
        } catch (RuntimeException
                | Error e) { // a keeper that ended would never restart a reader, and nobody would notice
            log.warn("Readers of {} could not be started, retrying: {}", topic, e.toString());
        }
    }

    private void keep(MessageListenerContainer reader, String topic) {
        if (!(reader.isRunning() && reader.isInExpectedState()) && broker.hasTopic(topic)) {
            startAgain(reader, topic);
        }
    }

    private void startAgain(MessageListenerContainer reader, String topic) {
        if (reader.isRunning()) {
            log.error("Readers of {} ended unexpectedly, restarting them", topic);
            // Outside the monitor, so that a stop of this keeper does not wait for the reader's threads.
            reader.stop();
        }
        startUnlessStopped(reader);
    }

    private synchronized void startUnlessStopped(MessageListenerContainer reader) {
        if (isRunning()) {
            reader.start();
        }
    }

    /** Stops the readers with the jobs and before the relay; their registry itself would stop them after the jobs. */
    @Override
    public void stop(Runnable whenStopped) {
        endThread();
        readers.stop(whenStopped);
    }

    @Override
    public void stop() {
        endThread();
        readers.stop();
    }

    private synchronized void endThread() {
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
