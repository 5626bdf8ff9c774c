package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The relay's progress, as a row that one instance at a time may move: its owner, until its lease ends. Statements of several
 * threads wait for each other in the driver.
 */
final class RelayCursor {

    static final Duration LEASE = Duration.ofSeconds(3);

    /**
     * A statement that runs a thousand times a second is planned only once, because planning takes longer than
     * execution. It must use its index, however few rows there were when it was planned.
     */
    static final String SETTINGS = """
            set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_sort = off
            """;

    /** A page ends with the row that brings it to so many messages, or so many bytes of their frames. */
    static final int PAGE = 2_000;

    private static final int PAGE_BYTES = 4 << 20;

    // A lease that ends far later than one lease time from now dates from before the clock was set back and counts as
    // ended; a little later, it was renewed while this statement waited. All parts of the statement have to see one
    // instant.
    private static final String FREE = """
            (owner is null or leased_until <= statement_timestamp()
             or leased_until > statement_timestamp() + 2 * interval '%d ms')""".formatted(LEASE.toMillis());

    private static final String RENEW =
            """
            with incarnation as (%1$s),
                 noted as (%2$s),
                 cursor as (
                   update outbox_cursor
                      set owner = case when %3$s then me else owner end,
                          epoch = epoch + case when %3$s and owner is distinct from me then 1 else 0 end,
                          leased_until = case when %3$s or owner = me
                                              then statement_timestamp() + interval '%4$d ms' else leased_until end,
                          standby_until = case when %3$s then null
                                               when owner = me then standby_until
                                               else statement_timestamp() + interval '%4$d ms' end
                     from (select ?::uuid as me) as instance
                   returning owner = me as mine, epoch, incarnation, transaction_id, position,
                             coalesce(standby_until > statement_timestamp(), false) as standby,
                             extract(milliseconds from leased_until - statement_timestamp())::integer as leased_ms)
            select mine, epoch, incarnation, transaction_id::text, position, standby, leased_ms,
                   mine and exists (select from outbox where (incarnation, transaction_id, position) > (?, ?::xid8, ?)) as behind
              from cursor
            """.formatted(DatabaseIncarnations.NOTE, DatabaseIncarnations.NOTE_PRESENCE, FREE, LEASE.toMillis());

    /**
     * A position in the outbox.
     *
     * @param incarnation of the database in which it was written
     * @param transaction the writer's 64-bit transaction id, unsigned
     * @param position grows with every row
     */
    record LogPosition(int incarnation, long transaction, long position) implements Comparable<LogPosition> {

        static final LogPosition BEGINNING = new LogPosition(0, 0, 0);

        @Override
        public int compareTo(LogPosition other) {
            if (incarnation != other.incarnation) {
                return Integer.compare(incarnation, other.incarnation);
            }
            return transaction == other.transaction
                    ? Long.compare(position, other.position)
                    : Long.compareUnsigned(transaction, other.transaction);
        }
    }

    /**
     * The cursor after this instance announced itself.
     *
     * @param mine whether this instance is its owner
     * @param epoch gives the owner the right to move it
     * @param standby whether another instance waits to take it over
     * @param left until the owner's lease ends
     * @param behind whether it is this instance's and there are messages beyond the position up to which it has read
     */
    record Lease(boolean mine, long epoch, LogPosition logPosition, boolean standby, Duration left, boolean behind) {}

    /** A row of the outbox: the messages of one append, or a part of them. */
    @SuppressWarnings("ArrayRecordComponent") // passed on as it is, never compared
    record OutboxRow(LogPosition logPosition, int messages, int bytes, Instant appendedAt, byte[] frames) {}

    /**
     * @param isFull whether the page ended for lack of room, so that more rows may follow
     * @param heldBack whether committed rows follow that an open transaction holds back
     */
    record OutboxPage(List<OutboxRow> rows, boolean isFull, boolean heldBack) {

        static final OutboxPage EMPTY = new OutboxPage(List.of(), false, false);
    }

    private final JdbcClient jdbc;
    private final UUID owner;

    RelayCursor(JdbcClient jdbc, UUID owner) {
        this.jdbc = jdbc;
        this.owner = owner;
    }

    /**
     * @param connection with the {@link #SETTINGS}
     * @param owner a new id for each connection; a cursor that an earlier connection could not release becomes free when its
     *     lease ends
     */
    static RelayCursor on(Connection connection, UUID owner) {
        return new RelayCursor(JdbcClient.create(new SingleConnectionDataSource(connection, true)), owner);
    }

    /**
     * Announces this instance for the time of a lease, as the cursor's owner if that is free or already this instance's. Notes
     * a new incarnation if the database has been replaced or promoted, and looks for messages whose signal was missed.
     *
     * @param read the position up to which this instance has read
     */
    Lease renew(LogPosition read) {
        return jdbc.sql(RENEW)
                .param(owner)
                .param(read.incarnation())
                .param(Long.toUnsignedString(read.transaction()))
                .param(read.position())
                .query((row, _) -> new Lease(
                        row.getBoolean("mine"),
                        row.getLong("epoch"),
                        logPosition(row),
                        row.getBoolean("standby"),
                        Duration.ofMillis(row.getInt("leased_ms")),
                        row.getBoolean("behind")))
                .single();
    }

    /**
     * The next messages in the order of the commits, up to the oldest open transaction.
     *
     * @param rows the most rows to look at
     */
    OutboxPage next(LogPosition after, int rows) {
        List<OutboxRow> page = new ArrayList<>();
        boolean[] heldBack = new boolean[1];
        jdbc.sql("""
                select incarnation, transaction_id::text, position, messages, bytes, appended_at, frames, held_back
                  from (select exists (
                               select from outbox
                                where (incarnation, transaction_id) >= ((select max(number) from database_incarnation),
                                                                        (select pg_snapshot_xmin(pg_current_snapshot()))))
                               as held_back) as beyond
                  left join (
                        select *, sum(messages) over sofar - messages as messages_before, sum(bytes) over sofar - bytes as bytes_before
                          from (select * from outbox
                                 where (incarnation, transaction_id, position) > (?, ?::xid8, ?)
                                   and (incarnation, transaction_id) < ((select max(number) from database_incarnation),
                                                                        (select pg_snapshot_xmin(pg_current_snapshot())))
                                 order by incarnation, transaction_id, position
                                 limit ?) as following
                        window sofar as (order by incarnation, transaction_id, position rows unbounded preceding)) as page
                    on messages_before < ? and bytes_before < ?
                """)
                .param(after.incarnation())
                .param(Long.toUnsignedString(after.transaction()))
                .param(after.position())
                .param(rows)
                .param(PAGE)
                .param(PAGE_BYTES)
                .query(row -> {
                    heldBack[0] = row.getBoolean("held_back");
                    byte[] frames = row.getBytes("frames");
                    // Without a row of the outbox there is this one alone.
                    if (frames != null) {
                        page.add(new OutboxRow(
                                logPosition(row),
                                row.getInt("messages"),
                                row.getInt("bytes"),
                                row.getTimestamp("appended_at").toInstant(),
                                frames));
                    }
                });
        // The statement reads in this order, and its join does not promise it.
        page.sort(Comparator.comparing(OutboxRow::logPosition));
        boolean isFull = page.size() == rows
                || page.stream().mapToLong(OutboxRow::messages).sum() >= PAGE
                || page.stream().mapToLong(OutboxRow::bytes).sum() >= PAGE_BYTES;
        return new OutboxPage(page, isFull, heldBack[0]);
    }

    /** Moves the cursor, or leaves it where it is; false if another instance now owns it. */
    boolean move(long epoch, LogPosition to) {
        return jdbc.sql("""
                update outbox_cursor set incarnation = ?, transaction_id = ?::xid8, position = ? where owner = ? and epoch = ?
                """)
                        .param(to.incarnation())
                        .param(Long.toUnsignedString(to.transaction()))
                        .param(to.position())
                        .param(owner)
                        .param(epoch)
                        .update()
                == 1;
    }

    /** Releases the cursor if it is this instance's, so that another one need not wait for the end of the lease. */
    void release() {
        jdbc.sql("update outbox_cursor set owner = null where owner = ?")
                .param(owner)
                .update();
    }

    private static LogPosition logPosition(ResultSet row) throws SQLException {
        return new LogPosition(
                row.getInt("incarnation"),
                Long.parseUnsignedLong(row.getString("transaction_id")),
                row.getLong("position"));
    }
}
