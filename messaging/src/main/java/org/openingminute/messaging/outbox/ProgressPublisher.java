package org.openingminute.messaging.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.Pulse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a service's {@link ProgressReport} every second, from every instance. It bypasses the outbox, because it has to arrive while the
 * outbox is held up. Only one record is in flight at a time; it is given up after about a second, because the next one supersedes it.
 */
final class ProgressPublisher extends PollingJob implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ProgressPublisher.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int TOPIC_IS_MISSED_AFTER = 10;

    private final Outbox outbox;
    private final ProgressReport report;
    private final AtomicReference<ProgressReport.@Nullable Progress> newest = new AtomicReference<>();
    /** Confined to the thread of the pulse. */
    private Instant publishedAsOf = Instant.EPOCH;

    private final String key;
    private final MessageBroker broker;
    private @Nullable Producer<String, byte[]> producer;
    /** Confined to the thread of the job. */
    private int givenUp;

    /** @param key the service's name */
    ProgressPublisher(Outbox outbox, ProgressReport report, String key, MessageBroker broker) {
        super(report.topic());
        this.outbox = outbox;
        this.report = report;
        this.key = key;
        this.broker = broker;
    }

    /** Makes the pulse read the backlog every second. */
    void askWith(Pulse pulse) {
        pulse.askEach(EVERY);
        pulse.ask(
                Outbox.progress(report),
                report.parameters(),
                String.class,
                answer -> publish(MessageJson.MAPPER.readValue(answer, ProgressReport.Progress.class)));
    }

    /** Publishes a report unless one was published in the same second, because the pulse may beat more often. */
    void publish(ProgressReport.Progress progress) {
        if (progress.asOf().isBefore(publishedAsOf.plus(EVERY.dividedBy(2)))
                && !progress.asOf().isBefore(publishedAsOf)) {
            return;
        }
        publishedAsOf = progress.asOf();
        newest.set(progress);
        wake();
    }

    @Override
    protected boolean work() throws InterruptedException {
        ProgressReport.@Nullable Progress progress = newest.getAndSet(null);
        if (progress == null) {
            return false;
        }
        try {
            producer().send(record(progress)).get();
        } catch (InterruptException e) {
            throw new InterruptedException();
        } catch (ExecutionException | KafkaException e) {
            // The relay logs that brokers are unavailable. But it notices a lost topic only when it has a message to
            // send.
            log.debug("The record of {} was given up: {}", report.topic(), RedactedException.types(e));
            givenUp++;
            if (givenUp % TOPIC_IS_MISSED_AFTER == 0) {
                broker.tryToMakeTopics();
            }
        }
        return false;
    }

    private ProducerRecord<String, byte[]> record(ProgressReport.Progress progress) {
        OutgoingMessage message = new OutgoingMessage(
                report.topic(), key, report.topic(), progress.asOf().toEpochMilli(), progress);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                message.topic(), message.key(), MessageJson.MAPPER.writeValueAsBytes(message.body()));
        outbox.headers(message)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private synchronized Producer<String, byte[]> producer() {
        if (producer == null) {
            producer = broker.openProgressProducer();
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
