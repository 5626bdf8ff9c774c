package org.openingminute.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How far the relay came, as a row that one instance at a time may move. */
final class RelayCursor {

    /** A place in the outbox, and the right to move it. */
    record Place(int incarnation, String transactionId, long position, long epoch) {

        Place after(Row last) {
            return new Place(last.incarnation(), last.transactionId(), last.position(), epoch);
        }
    }

    record Row(
            int incarnation,
            String transactionId,
            long position,
            String topic,
            String messageKey,
            String headers,
            String body) {}

    private final JdbcClient jdbc;
    private final Incarnation incarnation;
    private final String owner;
    private final Duration lease;

    RelayCursor(JdbcClient jdbc, Incarnation incarnation, String owner, Duration lease) {
        this.jdbc = jdbc;
        this.incarnation = incarnation;
        this.owner = owner;
        this.lease = lease;
    }

    /** Takes the lease if nobody else has it; every taking raises the epoch. */
    Optional<Place> take() {
        return jdbc.sql("""
                update outbox_cursor
                   set owner = ?, epoch = epoch + 1, leased_until = clock_timestamp() + ? * interval '1 millisecond'
                 where leased_until < clock_timestamp() or owner = ?
                returning incarnation, transaction_id::text, position, epoch
                """)
                .param(owner)
                .param(lease.toMillis())
                .param(owner)
                .query(Place.class)
                .optional();
    }

    /** What comes after the place, up to the oldest transaction that still writes. */
    List<Row> next(Place place, int limit) {
        return jdbc.sql("""
                select incarnation, transaction_id::text, position, topic, message_key, headers, body
                  from outbox
                 where (incarnation, transaction_id, position) > (?, ?::xid8, ?)
                   and (incarnation < ? or transaction_id < pg_snapshot_xmin(pg_current_snapshot()))
                 order by incarnation, outbox.transaction_id, position
                 limit ?
                """)
                .param(place.incarnation())
                .param(place.transactionId())
                .param(place.position())
                .param(incarnation.number())
                .param(limit)
                .query((rs, _) -> new Row(
                        rs.getInt(1),
                        rs.getString(2),
                        rs.getLong(3),
                        rs.getString(4),
                        rs.getString(5),
                        rs.getString(6),
                        rs.getString(7)))
                .list();
    }

    /** Moves the cursor (or leaves it where it is) and renews the lease; false if another instance has taken over. */
    boolean move(Place to) {
        return jdbc.sql("""
                update outbox_cursor
                   set incarnation = ?, transaction_id = ?::xid8, position = ?,
                       leased_until = clock_timestamp() + ? * interval '1 millisecond'
                 where epoch = ? and owner = ?
                """)
                        .param(to.incarnation())
                        .param(to.transactionId())
                        .param(to.position())
                        .param(lease.toMillis())
                        .param(to.epoch())
                        .param(owner)
                        .update()
                == 1;
    }

    /** Gives the lease back, so that another instance need not wait for its end. */
    void release(@Nullable Place held) {
        if (held != null) {
            jdbc.sql("update outbox_cursor set leased_until = '-infinity' where epoch = ? and owner = ?")
                    .param(held.epoch())
                    .param(owner)
                    .update();
        }
    }

    /** Deletes relayed rows that are older than the retention, some at a time. */
    int deleteOlderThan(Duration retention, int limit) {
        return jdbc.sql("""
                delete from outbox
                 where (incarnation, transaction_id, position) in (
                       select o.incarnation, o.transaction_id, o.position
                         from outbox o, outbox_cursor c
                        where o.appended_at < clock_timestamp() - ? * interval '1 second'
                          and (o.incarnation, o.transaction_id, o.position)
                              <= (c.incarnation, c.transaction_id, c.position)
                        limit ?)
                """).param(retention.toSeconds()).param(limit).update();
    }
}
