package org.openingminute.messaging;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Where a service says what it saved, in the transaction that saves it. The {@link OutboxRelay} sends it on after the commit,
 * at least once, and in order for each key. Safe for use by all threads.
 */
public final class Outbox {

    /** The most bytes that a body may have: below the brokers' default {@code message.max.bytes}, headers included. */
    public static final int MAX_BODY_BYTES = 900_000;

    private final JdbcClient jdbc;
    private final DataSource dataSource;
    private final Incarnation incarnation;
    private final Clock clock;
    private final Ids ids;
    private final TraceContext traces;
    private final String source;
    private final Runnable wake;

    Outbox(
            JdbcClient jdbc,
            DataSource dataSource,
            Incarnation incarnation,
            MessagingSetting setting,
            TraceContext traces,
            Runnable wake) {
        this.jdbc = jdbc;
        this.dataSource = dataSource;
        this.incarnation = incarnation;
        this.clock = setting.clock();
        this.ids = setting.ids();
        this.source = "/" + setting.group();
        this.traces = traces;
        this.wake = wake;
    }

    /**
     * Appends one message.
     *
     * @return the message's id
     * @throws IllegalStateException outside a transaction, or with a lock of another one
     * @throws IllegalArgumentException if the body is larger than {@link #MAX_BODY_BYTES}
     */
    public UUID append(OrderLock lock, OutgoingMessage message) {
        return appendAll(lock, List.of(message)).getFirst();
    }

    /**
     * Appends messages in one statement, in the order of the list.
     *
     * @return the messages' ids, in the same order
     * @throws IllegalStateException outside a transaction, or with a lock of another one
     * @throws IllegalArgumentException if a body is larger than {@link #MAX_BODY_BYTES}
     */
    public List<UUID> appendAll(OrderLock lock, List<OutgoingMessage> messages) {
        if (!lock.isOf(OrderLocks.currentTransaction(dataSource))) {
            throw new IllegalStateException("the lock is another transaction's");
        }
        if (messages.isEmpty()) {
            return List.of();
        }
        List<UUID> messageIds = messages.stream()
                .map(message -> message.id() == null ? ids.next() : message.id())
                .toList();
        String[] topics = new String[messages.size()];
        String[] keys = new String[messages.size()];
        byte[][] headers = new byte[messages.size()][];
        byte[][] bodies = new byte[messages.size()][];
        String now = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        Map<String, String> trace = traces.current();
        // On all processors: whoever appends holds a lock that others wait for.
        IntStream.range(0, messages.size()).parallel().forEach(i -> {
            OutgoingMessage message = messages.get(i);
            topics[i] = message.topic();
            keys[i] = message.key();
            headers[i] = MessageJson.MAPPER.writeValueAsBytes(headers(messageIds.get(i), message, now, trace));
            bodies[i] = body(message);
        });
        jdbc.sql("""
                insert into outbox (incarnation, topic, message_key, headers, body)
                select ?, topic, message_key, convert_from(headers, 'UTF8'), convert_from(body, 'UTF8')
                  from unnest(?::text[], ?::text[], ?::bytea[], ?::bytea[])
                       with ordinality as message (topic, message_key, headers, body, place)
                 order by place
                """)
                .param(incarnation.number())
                .param(topics)
                .param(keys)
                .param(headers)
                .param(bodies)
                .update();
        wakeAfterCommit();
        return messageIds;
    }

    private Map<String, String> headers(UUID id, OutgoingMessage message, String now, Map<String, String> trace) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", id.toString());
        headers.put("ce_type", message.type());
        headers.put("ce_source", source);
        headers.put("ce_time", now);
        headers.put("ce_sequence", Long.toString(message.sequence()));
        headers.put("content-type", "application/json");
        headers.putAll(trace);
        return headers;
    }

    private static byte[] body(OutgoingMessage message) {
        byte[] body = MessageJson.MAPPER.writeValueAsBytes(message.body());
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, %d are allowed".formatted(message.type(), body.length, MAX_BODY_BYTES));
        }
        return body;
    }

    private void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake.run();
            }
        });
    }

    /** Where the relay stands, and how much is behind it. Costs a count of what is waiting. */
    Waiting waiting() {
        return jdbc.sql("""
                select count(*) as messages,
                       coalesce(extract(epoch from clock_timestamp() - min(o.appended_at)), 0)::double precision as oldest_seconds
                  from outbox o, outbox_cursor c
                 where (o.incarnation, o.transaction_id, o.position) > (c.incarnation, c.transaction_id, c.position)
                """).query(Waiting.class).single();
    }

    /**
     * What has not been relayed.
     *
     * @param messages how many
     * @param oldestSeconds the age of the oldest, in seconds; 0 where there is none
     */
    public record Waiting(long messages, @Nullable Double oldestSeconds) {}
}
