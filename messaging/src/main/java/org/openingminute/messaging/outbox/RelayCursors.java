package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The relays' progress in each bucket of keys, as rows that one instance at a time may move. The instances share the buckets
 * evenly. Statements of several threads wait for each other in the driver.
 */
final class RelayCursors {

    static final Duration LEASE = Duration.ofSeconds(3);

    /**
     * A statement that runs a thousand times a second is planned only once, because planning takes longer than
     * execution. It must use its index, however few rows there were when it was planned.
     */
    static final String SETTINGS = """
            set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_sort = off
            """;

    /** The most rows, and about the most bytes, that are read at once. */
    static final int PAGE = 2_000;

    private static final int PAGE_BYTES = 4 << 20;

    // A lease that ends later than one lease time from now dates from before the clock was set back and counts as
    // ended.
    private static final String PRESENT =
            "present_until > clock_timestamp() and present_until <= clock_timestamp() + ? * interval '1 millisecond'";

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

    /** A bucket that this instance owns: its progress, and the epoch that gives the right to move it. */
    record Held(int bucket, long epoch, LogPosition logPosition) {

        Held at(LogPosition further) {
            return new Held(bucket, epoch, further);
        }
    }

    /**
     * @param mine how many buckets are this instance's
     * @param behind whether these have messages beyond the given position
     */
    record Presence(int instances, int mine, boolean behind) {}

    @SuppressWarnings("ArrayRecordComponent") // passed on as it is, never compared
    record OutboxRow(
            int bucket,
            LogPosition logPosition,
            String topic,
            String key,
            byte[] headers,
            byte[] body,
            Instant appendedAt) {}

    /**
     * @param isFull whether the page ended for lack of room, so that more rows may follow
     * @param heldBack whether committed rows follow that an open transaction holds back
     */
    record OutboxPage(List<OutboxRow> rows, boolean isFull, boolean heldBack) {

        static final OutboxPage EMPTY = new OutboxPage(List.of(), false, false);
    }

    private final JdbcClient jdbc;
    private final UUID owner;

    RelayCursors(JdbcClient jdbc, UUID owner) {
        this.jdbc = jdbc;
        this.owner = owner;
    }

    /**
     * @param connection with the {@link #SETTINGS}
     * @param owner a new id for each connection; buckets that an earlier connection could not release become free when its
     *     lease ends
     */
    static RelayCursors on(Connection connection, UUID owner) {
        return new RelayCursors(JdbcClient.create(new SingleConnectionDataSource(connection, true)), owner);
    }

    /**
     * Announces this instance for the time of a lease, notes a new incarnation if the database has been replaced or
     * promoted, and looks for messages whose signal was missed.
     *
     * @param read the position up to which this instance has read
     */
    Presence present(LogPosition read) {
        return jdbc.sql("""
                with incarnation as (%s),
                     here as (
                       insert into outbox_relay (id, present_until)
                       values (?, clock_timestamp() + ? * interval '1 millisecond')
                       on conflict (id) do update set present_until = excluded.present_until),
                     noted as (%s)
                select 1 + (select count(*) from outbox_relay where id <> ? and %s),
                       (select count(*) from outbox_cursor where owner = ?),
                       exists (select from outbox
                                where bucket = any(array(select bucket from outbox_cursor where owner = ?))
                                  and (incarnation, transaction_id, position) > (?, ?::xid8, ?))
                """.formatted(DatabaseIncarnations.NOTE, DatabaseIncarnations.NOTE_PRESENCE, PRESENT))
                .param(owner)
                .param(LEASE.toMillis())
                .param(owner)
                .param(LEASE.toMillis())
                .param(owner)
                .param(owner)
                .param(read.incarnation())
                .param(Long.toUnsignedString(read.transaction()))
                .param(read.position())
                .query((row, _) -> new Presence(row.getInt(1), row.getInt(2), row.getBoolean(3)))
                .single();
    }

    /** Withdraws this instance, and deletes instances whose lease has ended. */
    void absent() {
        jdbc.sql("delete from outbox_relay where id = ? or not (" + PRESENT + ")")
                .param(owner)
                .param(LEASE.toMillis())
                .update();
    }

    /** Takes over buckets whose owner is not present; each takeover raises the epoch. */
    List<Held> take(int atMost) {
        return jdbc.sql("""
                with free as (
                       select bucket from outbox_cursor
                        where owner is null or owner not in (select id from outbox_relay where %s)
                        order by bucket limit ? for update skip locked)
                update outbox_cursor c set owner = ?, epoch = epoch + 1
                  from free
                 where c.bucket = free.bucket
                returning c.bucket, c.epoch, c.incarnation, c.transaction_id::text, c.position
                """.formatted(PRESENT))
                .param(LEASE.toMillis())
                .param(atMost)
                .param(owner)
                .query((row, _) -> new Held(row.getInt(1), row.getLong(2), logPosition(row, 3)))
                .list();
    }

    int buckets() {
        return jdbc.sql("select count(*) from outbox_cursor")
                .query(Integer.class)
                .single();
    }

    /** The next messages of some buckets, in the order of the commits, up to the oldest open transaction. */
    OutboxPage next(Collection<Integer> buckets, LogPosition after) {
        Short[] numbers = buckets.stream().map(Integer::shortValue).toArray(Short[]::new);
        List<OutboxRow> rows = new ArrayList<>();
        boolean[] heldBack = new boolean[1];
        jdbc.sql("""
                select bucket, incarnation, transaction_id::text, position, topic, message_key, headers, body, appended_at,
                       held_back
                  from (select exists (
                               select from outbox
                                where bucket = any(?)
                                  and (incarnation, transaction_id) >= ((select max(number) from database_incarnation),
                                                                        (select pg_snapshot_xmin(pg_current_snapshot()))))
                               as held_back) as beyond
                  left join (
                        select *, sum(octet_length(body)) over (order by incarnation, outbox.transaction_id, position
                                                                rows unbounded preceding) as bytes
                          from outbox
                         where bucket = any(?) and (incarnation, transaction_id, position) > (?, ?::xid8, ?)
                           and (incarnation, transaction_id) < ((select max(number) from database_incarnation),
                                                                (select pg_snapshot_xmin(pg_current_snapshot())))
                         order by incarnation, transaction_id, position
                         limit ?) as page on bytes <= ? or bytes = octet_length(body)
                """)
                .param(numbers)
                .param(numbers)
                .param(after.incarnation())
                .param(Long.toUnsignedString(after.transaction()))
                .param(after.position())
                .param(PAGE)
                .param(PAGE_BYTES)
                .query(row -> {
                    heldBack[0] = row.getBoolean(10);
                    // Without a row there is this one alone.
                    if (row.getString(5) != null) {
                        rows.add(outboxRow(row));
                    }
                });
        int bytes = rows.stream().mapToInt(row -> row.body().length).sum();
        return new OutboxPage(rows, rows.size() == PAGE || bytes > PAGE_BYTES - Outbox.MAX_BODY_BYTES, heldBack[0]);
    }

    private static OutboxRow outboxRow(ResultSet row) throws SQLException {
        return new OutboxRow(
                row.getInt(1),
                logPosition(row, 2),
                row.getString(5),
                row.getString(6),
                row.getBytes(7),
                row.getBytes(8),
                row.getTimestamp(9).toInstant());
    }

    /** Moves cursors, or leaves them where they are; false if another instance now owns one of them. */
    boolean move(Collection<Held> to) {
        return jdbc.sql("""
                update outbox_cursor c
                   set incarnation = h.incarnation, transaction_id = h.transaction_id::xid8, position = h.position
                  from unnest(?::integer[], ?::bigint[], ?::integer[], ?::text[], ?::bigint[])
                       as h (bucket, epoch, incarnation, transaction_id, position)
                 where c.bucket = h.bucket and c.epoch = h.epoch and c.owner = ?
                """)
                        .param(column(to, Held::bucket, Integer[]::new))
                        .param(column(to, Held::epoch, Long[]::new))
                        .param(column(to, held -> held.logPosition().incarnation(), Integer[]::new))
                        .param(column(
                                to,
                                held -> Long.toUnsignedString(held.logPosition().transaction()),
                                String[]::new))
                        .param(column(to, held -> held.logPosition().position(), Long[]::new))
                        .param(owner)
                        .update()
                == to.size();
    }

    /** Releases buckets, so that another instance need not wait for the end of the lease. */
    void release(Collection<Held> held) {
        jdbc.sql("""
                update outbox_cursor c set owner = null
                  from unnest(?::integer[], ?::bigint[]) as h (bucket, epoch)
                 where c.bucket = h.bucket and c.epoch = h.epoch and c.owner = ?
                """)
                .param(column(held, Held::bucket, Integer[]::new))
                .param(column(held, Held::epoch, Long[]::new))
                .param(owner)
                .update();
    }

    private static LogPosition logPosition(ResultSet row, int column) throws SQLException {
        return new LogPosition(
                row.getInt(column), Long.parseUnsignedLong(row.getString(column + 1)), row.getLong(column + 2));
    }

    private static <T> T[] column(
            Collection<Held> held, Function<Held, T> value, java.util.function.IntFunction<T[]> array) {
        return held.stream().map(value).toArray(array);
    }
}
