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
 * The relay's position in the outbox, stored as a row. Only its owner may move it, until the owner's lease ends; one instance at a time is
 * the owner. Thread-safe: the driver serialises the statements of several threads.
 */
final class RelayCursor {

    static final Duration LEASE = Duration.ofSeconds(3);

    /**
     * The relay's statements run up to a thousand times a second, and planning takes longer than execution, so each is planned only once.
     * The plan must use the index however few rows the table had at that time.
     */
    static final String SETTINGS = """
            set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_sort = off
            """;

    /** A page ends with the row in which it reaches this many messages, or {@link #PAGE_BYTES} of frames. */
    static final int PAGE = 2_000;

    private static final int PAGE_BYTES = 4 << 20;

    // Whether the cursor can be taken. A lease that ends more than two lease times from now dates from before the clock
    // was set back, so it counts as over; a slightly later end only means that the lease was renewed while this
    // statement waited. After a wait of more than one lease time the cursor is taken from a live owner, which only
    // causes duplicates. All parts of the statement must use the same instant.
    private static final String FREE = """
            (known and (owner is null or leased_until <= statement_timestamp()
             or leased_until > statement_timestamp() + 2 * interval '%d ms'))""".formatted(LEASE.toMillis());

    // A new incarnation is recorded before the cursor is locked, in the same order as everywhere else. The statement
    // that records it does not take the cursor, because a trigger then resets the cursor to the beginning.
    private static final String RENEW =
            """
            with incarnation as (%1$s returning number),
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
                     from (select ?::uuid as me, not exists (select from incarnation) as known) as instance
                   returning owner = me and known as mine, epoch, incarnation, transaction_id, position,
                             coalesce(standby_until > statement_timestamp(), false) as standby,
                             extract(milliseconds from leased_until - statement_timestamp())::integer as leased_ms)
            select mine, epoch, incarnation, transaction_id::text, position, standby, leased_ms,
                   mine and exists (select from outbox where (incarnation, transaction_id, position) > (?, ?::xid8, ?)) as behind
              from cursor
            """.formatted(DatabaseIncarnations.NOTE, DatabaseIncarnations.NOTE_PRESENCE, FREE, LEASE.toMillis());

    /**
     * A position in the outbox. Immutable.
     *
     * @param incarnation the incarnation of the database in which the row was written
     * @param transaction the writer's 64-bit transaction id, unsigned
     * @param position increases with every row
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
     * The state of the cursor after this instance has announced itself.
     *
     * @param mine whether this instance is the owner
     * @param epoch identifies the owner's term; only moves with the current epoch succeed
     * @param standby whether another instance waits to take over
     * @param left the time until the owner's lease ends
     * @param behind whether this instance is the owner and there are messages beyond the position up to which it has read
     */
    record Lease(boolean mine, long epoch, LogPosition logPosition, boolean standby, Duration left, boolean behind) {}

    /** A row of the outbox: the messages of one append, or some of them. */
    @SuppressWarnings("ArrayRecordComponent") // passed on unchanged, never compared
    record OutboxRow(LogPosition logPosition, int messages, int bytes, Instant appendedAt, byte[] frames) {}

    /**
     * @param isFull whether the page ended because it was full, so that more rows may follow
     * @param heldBack whether an open transaction holds back committed rows that follow
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
     * @param connection a connection configured with {@link #SETTINGS}
     * @param owner a new id for each connection. If an earlier connection could not release the cursor, it becomes free when its lease
     *     ends
     */
    static RelayCursor on(Connection connection, UUID owner) {
        return new RelayCursor(JdbcClient.create(new SingleConnectionDataSource(connection, true)), owner);
    }

    /**
     * Announces this instance for the duration of a lease: as the owner if the cursor is free or already owned by this instance, otherwise
     * as a standby. Also finds messages whose signal was missed. If the database has been replaced or promoted, records the new
     * incarnation, and the cursor has no owner.
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
     * Reads the next messages in the order of the commits, up to the oldest open transaction.
     *
     * @param rows the maximum number of rows
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
                        select *, sum(messages) over so_far - messages as messages_before, sum(bytes) over so_far - bytes as bytes_before
                          from (select * from outbox
                                 where (incarnation, transaction_id, position) > (?, ?::xid8, ?)
                                   and (incarnation, transaction_id) < ((select max(number) from database_incarnation),
                                                                        (select pg_snapshot_xmin(pg_current_snapshot())))
                                 order by incarnation, transaction_id, position
                                 limit ?) as following
                        window so_far as (order by incarnation, transaction_id, position rows unbounded preceding)) as page
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
                    // If the outbox has no further row, the join returns one row without frames.
                    if (frames != null) {
                        page.add(new OutboxRow(
                                logPosition(row),
                                row.getInt("messages"),
                                row.getInt("bytes"),
                                row.getTimestamp("appended_at").toInstant(),
                                frames));
                    }
                });
        // The statement reads in this order, but its join does not guarantee it.
        page.sort(Comparator.comparing(OutboxRow::logPosition));
        boolean isFull = page.size() == rows
                || page.stream().mapToLong(OutboxRow::messages).sum() >= PAGE
                || page.stream().mapToLong(OutboxRow::bytes).sum() >= PAGE_BYTES;
        return new OutboxPage(page, isFull, heldBack[0]);
    }

    /** Moves the cursor; returns false and leaves it unchanged if another instance now owns it. */
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

    /** Releases the cursor if this instance owns it, so that another instance need not wait for the end of the lease. */
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
