package org.openingminute.messaging.outbox;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.TraceContext;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Publishes messages in the transaction that saves their cause. The {@link OutboxRelay} sends them after the commit, at least once and in
 * order for each key. Thread-safe.
 */
public final class Outbox {

    /** The maximum size of a body. With headers, a message stays below the brokers' default {@code message.max.bytes}. */
    public static final int MAX_BODY_BYTES = 900_000;

    /** The maximum number of messages in a row of several messages; the total size of their frames is limited, too. */
    static final int MOST_MESSAGES_A_ROW = 256;

    static final int MOST_BYTES_A_ROW = 1 << 20;

    // Rows of up to eight kilobytes are read whole.
    private static final int COUNTED = 1_000;

    /** The first rows that are not relayed yet. */
    private static final String UNSENT = """
            with counted as (
                   select position, messages, appended_at
                     from outbox
                    where (incarnation, transaction_id, position)
                          > (select incarnation, transaction_id, position from outbox_cursor)
                    order by incarnation, transaction_id, position
                    limit :counted + 1)
            """;

    private static final String NO_PARTITION = "23514";
    private static final String NO_INCARNATION = "23502";

    private final JdbcClient jdbc;
    private final DataSource dataSource;
    private final Clock clock;
    private final Ids ids;
    private final TraceContext traces;
    private final String source;
    private final CommitSignal signal;

    Outbox(JdbcClient jdbc, DataSource dataSource, MessagingSetting setting, TraceContext traces, CommitSignal signal) {
        this.jdbc = jdbc;
        this.dataSource = dataSource;
        this.clock = setting.clock();
        this.ids = setting.ids();
        this.source = "/" + setting.group();
        this.traces = traces;
        this.signal = signal;
    }

    /**
     * Appends one message.
     *
     * @return the message's id
     * @throws IllegalStateException outside of a transaction, or with the lock of another one
     * @throws IllegalArgumentException if the body is larger than {@link #MAX_BODY_BYTES}
     * @throws TransientDataAccessResourceException if today's partition of the outbox does not exist yet, or a new incarnation of the
     *     database was recorded since the lock was taken; a later transaction may succeed
     */
    public UUID append(OrderLock lock, OutgoingMessage message) {
        return appendAll(lock, List.of(message)).getFirst();
    }

    /**
     * Appends messages in one statement, in the order of the list. This is cheaper than appending them one by one.
     *
     * @return the messages' ids, in the same order
     * @throws IllegalStateException outside of a transaction, or with the lock of another one
     * @throws IllegalArgumentException if a body is larger than {@link #MAX_BODY_BYTES}
     * @throws TransientDataAccessResourceException as {@link #append} does
     */
    public List<UUID> appendAll(OrderLock lock, List<OutgoingMessage> messages) {
        if (!lock.isOf(OrderLocks.currentTransaction(dataSource))) {
            throw new IllegalStateException("the lock belongs to another transaction");
        }
        if (messages.isEmpty()) {
            return List.of();
        }
        List<UUID> messageIds = messages.stream()
                .map(message -> message.id() == null ? ids.next() : message.id())
                .toList();
        String now = now();
        Map<String, String> trace = traces.current();
        // Uses all processors, because the appending thread holds a lock for which others wait.
        List<byte[]> frames = IntStream.range(0, messages.size())
                .parallel()
                .mapToObj(i -> {
                    OutgoingMessage message = messages.get(i);
                    return Frames.frame(
                            message.topic(),
                            message.key(),
                            headers(messageIds.get(i), message, now, trace),
                            body(message));
                })
                .toList();
        insert(lock, rows(frames));
        signalAfterCommit();
        return messageIds;
    }

    private static List<List<byte[]>> rows(List<byte[]> frames) {
        List<List<byte[]>> rows = new ArrayList<>();
        int begin = 0;
        int bytes = 0;
        for (int i = 0; i < frames.size(); i++) {
            int length = frames.get(i).length;
            if (i > begin && (i - begin == MOST_MESSAGES_A_ROW || bytes + length > MOST_BYTES_A_ROW)) {
                rows.add(frames.subList(begin, i));
                begin = i;
                bytes = 0;
            }
            bytes += length;
        }
        rows.add(frames.subList(begin, frames.size()));
        return rows;
    }

    private void insert(OrderLock lock, List<List<byte[]>> rows) {
        try {
            jdbc.sql("""
                insert into outbox (incarnation, messages, bytes, frames)
                select (select number from %s as here where number = ?), messages, bytes, frames
                  from unnest(?, ?, ?) with ordinality as packed (messages, bytes, frames, place)
                 order by place
                """.formatted(DatabaseIncarnations.CURRENT))
                    .param(lock.incarnation())
                    .param(rows.stream().map(List::size).toArray(Integer[]::new))
                    .param(rows.stream()
                            .map(row ->
                                    row.stream().mapToInt(frame -> frame.length).sum())
                            .toArray(Integer[]::new))
                    .param(rows.parallelStream().map(Frames::pack).toArray(byte[][]::new))
                    .update();
        } catch (DataIntegrityViolationException e) {
            throw isOutboxNotReady(e) ? new TransientDataAccessResourceException("the outbox is not ready", e) : e;
        }
    }

    /** Whether today's partition is missing, or the database is in another incarnation than the lock. */
    private static boolean isOutboxNotReady(DataIntegrityViolationException e) {
        return e.getMostSpecificCause() instanceof SQLException cause
                && (NO_PARTITION.equals(cause.getSQLState()) || NO_INCARNATION.equals(cause.getSQLState()));
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
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
        headers.putAll(message.trace() == null ? trace : message.trace());
        return headers;
    }

    private static byte[] body(OutgoingMessage message) {
        byte[] body = MessageJson.MAPPER.writeValueAsBytes(message.body());
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, at most %d are allowed".formatted(message.type(), body.length, MAX_BODY_BYTES));
        }
        return body;
    }

    private void signalAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                signal.send();
            }
        });
    }

    /**
     * The messages that are not relayed yet. The cost of the query does not grow with their number.
     *
     * @throws DataAccessException if the database does not answer
     */
    public WaitingMessages waiting() {
        return jdbc.sql(UNSENT + """
                select case when count(*) <= :counted then coalesce(sum(messages), 0) else round(avg(messages) * ((
                            select position from outbox order by incarnation desc, transaction_id desc, position desc limit 1)
                            - min(position) + 1)) end as messages,
                       coalesce(extract(epoch from clock_timestamp() - min(appended_at)), 0)::double precision as oldest_seconds
                  from counted
                """)
                .param("counted", COUNTED)
                .query(WaitingMessages.class)
                .single();
    }

    /** A scalar query for the service's backlog at one instant, as the JSON of a {@link ProgressReport.Progress}. */
    static String progress(ProgressReport report) {
        return UNSENT.replace(":counted", Integer.toString(COUNTED)) + """
                select json_build_object(
                           'asOf', clock_timestamp(),
                           'oldestUnsentSeconds',
                           coalesce(extract(epoch from clock_timestamp() - min(appended_at)), 0)::double precision,
                           'oldestUntriedSeconds',
                           greatest(0, coalesce(extract(epoch from cast(:now as timestamptz) - (%s)), 0))::double precision)::text
                  from counted
                """.formatted(report.untriedSince());
    }

    /** The headers of a message, for a sender that does not append it to the outbox. */
    Map<String, String> headers(OutgoingMessage message) {
        return headers(ids.next(), message, now(), Map.of());
    }

    /**
     * Relays again everything that was appended at or after an instant and is still kept, in the original order, for brokers that have lost
     * their data. Consumers drop the duplicates. Messages appended meanwhile follow.
     *
     * @param since an instant by the database's clock
     * @return the number of messages that are sent again, or for the first time
     */
    public long republish(Instant since) {
        // The new epoch revokes the present relay's lease. The relay resumes from the new position within a second.
        jdbc.sql("""
                update outbox_cursor c
                   set incarnation = again.incarnation, transaction_id = again.transaction_id,
                       position = again.position - 1, epoch = epoch + 1, owner = null
                  from (select incarnation, transaction_id, position from outbox
                         where appended_at >= ?
                         order by incarnation, outbox.transaction_id, position limit 1) as again
                 where (c.incarnation, c.transaction_id, c.position)
                       >= (again.incarnation, again.transaction_id, again.position)
                """).param(since.atOffset(ZoneOffset.UTC)).update();
        return waiting().messages();
    }

    /**
     * The messages that have not been relayed.
     *
     * @param messages the number of messages. Above a thousand rows it is an estimate from the rows' numbers, which includes
     *     transactions that were rolled back
     * @param oldestSeconds the age of the oldest message in seconds; 0 if there is none
     */
    public record WaitingMessages(long messages, @Nullable Double oldestSeconds) {}
}
