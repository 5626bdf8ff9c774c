package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.TraceContext;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Parks messages that this service cannot apply: as a row, and as a record in {@code <topic>.<group>.dlt}. The row is authoritative;
 * operators see and replay it. The record is a copy, which a broker may refuse. Parking the same record again changes nothing in the
 * database. Thread-safe.
 */
public final class ParkedMessages implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ParkedMessages.class);
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final JdbcClient jdbc;
    private final String group;
    private final Clock clock;
    private final Ids ids;
    private final MessageBroker broker;
    private final TraceContext traces;
    private final MeterRegistry meters;
    private @Nullable Producer<String, byte[]> producer;

    ParkedMessages(
            JdbcClient jdbc,
            MessagingSetting setting,
            MessageBroker broker,
            TraceContext traces,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.group = setting.group();
        this.clock = setting.clock();
        this.ids = setting.ids();
        this.broker = broker;
        this.traces = traces;
        this.meters = meters;
    }

    static String deadLetterTopic(String topic, String group) {
        return topic + "." + group + ".dlt";
    }

    /**
     * Parks a record, within its own trace if it has one. Once this returns, the caller may continue with the next record. Blocks for about
     * ten seconds at most, plus the time that the database takes.
     *
     * @return whether the dead letter also reached its topic
     * @throws org.springframework.dao.DataAccessException if the row was not written; in that case nothing was sent
     */
    boolean park(ConsumerRecord<String, byte[]> record, Exception failure) {
        AtomicBoolean taken = new AtomicBoolean();
        traces.receive(
                "park " + record.topic(),
                List.of(Message.headersOf(record)),
                () -> taken.set(keepAndSend(record, failure)));
        meters.counter("messaging.parked", "topic", record.topic()).increment();
        if (!taken.get()) {
            meters.counter("messaging.dead.letters.refused", "topic", record.topic())
                    .increment();
        }
        return taken.get();
    }

    private boolean keepAndSend(ConsumerRecord<String, byte[]> record, Exception failure) {
        Throwable cause = rootOf(failure);
        String reason = reason(cause, "it failed repeatedly");
        String headers = MessageJson.MAPPER.writeValueAsString(Message.headersOf(record));
        jdbc.sql("""
                insert into parked_message (id, consumer_group, topic, record_partition, record_offset, record_hash,
                                            message_key, headers, body, reason, cause)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """)
                .param(ids.next())
                .param(group)
                .param(record.topic())
                .param(record.partition())
                .param(record.offset())
                .param(sha256(record, headers))
                .param(storable(record.key()))
                .param(headers)
                .param(record.value())
                .param(storable(reason))
                .param(cause.getClass().getSimpleName())
                .update();
        boolean sent = send(record, reason, cause);
        log.warn(
                "Parked a message{}: key {} topic {} partition {} offset {}: {} ({})",
                sent ? "" : ", in the database only",
                keyOf(record),
                record.topic(),
                record.partition(),
                record.offset(),
                reason,
                cause.getClass().getSimpleName());
        return sent;
    }

    /** A record's key as it may be logged: only if it looks like one of ours, because a foreign writer may have put anything into it. */
    static String keyOf(ConsumerRecord<?, ?> record) {
        String key = String.valueOf(record.key());
        return KEY.matcher(key).matches() ? key : "unreadable";
    }

    /**
     * The reason why a message was not applied, for operators and logs. Contains nothing that the record's writer chose.
     *
     * @param inGeneral the reason to use if the cause has none
     */
    static String reason(Throwable cause, String inGeneral) {
        if (cause instanceof PermanentFailure permanent) {
            return String.valueOf(permanent.getMessage());
        }
        if (cause instanceof SQLException refused) {
            @Nullable
            String rule = cause instanceof PSQLException said && said.getServerErrorMessage() != null
                    ? said.getServerErrorMessage().getConstraint()
                    : null;
            return inGeneral + ": SQLSTATE " + refused.getSQLState() + (rule == null ? "" : ", constraint " + rule);
        }
        return inGeneral;
    }

    private static byte[] sha256(ConsumerRecord<String, byte[]> record, String headers) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(headers.getBytes(StandardCharsets.UTF_8));
            digest.update(String.valueOf(record.key()).getBytes(StandardCharsets.UTF_8));
            digest.update(record.value() == null ? new byte[0] : record.value());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Returns {@code null} for a text with a NUL, which PostgreSQL cannot store. Removing the character could turn one key into another.
     */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    /**
     * The number of parked messages that were neither replayed nor discarded.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public long open() {
        return jdbc.sql("select count(*) from parked_message where state = 'open'")
                .query(Long.class)
                .single();
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    /**
     * Sends the dead letter; returns false if no broker accepted it. The producer retries until its time-out, and the partition waits no
     * longer than that.
     */
    private boolean send(ConsumerRecord<String, byte[]> record, String reason, Throwable cause) {
        ProducerRecord<String, byte[]> deadLetter = new ProducerRecord<>(
                deadLetterTopic(record.topic(), group), null, record.key(), record.value(), record.headers());
        header(deadLetter, "dlt_reason", reason);
        header(deadLetter, "dlt_cause", cause.getClass().getSimpleName());
        header(deadLetter, "dlt_partition", Integer.toString(record.partition()));
        header(deadLetter, "dlt_offset", Long.toString(record.offset()));
        header(deadLetter, "dlt_at", clock.instant().toString());
        try {
            producer().send(deadLetter).get();
            return true;
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | KafkaException e) {
            log.warn("A dead letter could not be sent to {}: {}", deadLetter.topic(), RedactedException.types(e));
            return false;
        }
    }

    private synchronized Producer<String, byte[]> producer() {
        if (producer == null) {
            producer = broker.openDeadLetterProducer();
        }
        return producer;
    }

    private static void header(ProducerRecord<String, byte[]> record, String name, String value) {
        record.headers().remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static Throwable rootOf(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof PermanentFailure) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
