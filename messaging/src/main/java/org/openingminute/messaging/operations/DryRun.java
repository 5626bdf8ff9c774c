package org.openingminute.messaging.operations;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openingminute.messaging.inbox.Redelivery;
import org.openingminute.messaging.inbox.Redelivery.RedeliveryOutcome;
import org.openingminute.messaging.operations.DeadLetter.PublishedMessage;
import org.openingminute.messaging.operations.DeadLetter.Rows;
import org.openingminute.messaging.outbox.Frames;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Applies a record in a transaction, reads what it changed from PostgreSQL's statistics and from the outbox, and rolls the transaction
 * back.
 */
final class DryRun {

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Redelivery redelivery;
    private final PayloadMask mask;

    DryRun(JdbcClient jdbc, TransactionTemplate transaction, Redelivery redelivery, PayloadMask mask) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.redelivery = redelivery;
        this.mask = mask;
    }

    /** The expected outcome. Tables and messages are empty unless the record would be applied. */
    record Report(RedeliveryOutcome outcome, List<Rows> tables, List<PublishedMessage> messages) {}

    Report of(Redelivery.RedeliveredMessage record) {
        return Objects.requireNonNull(transaction.execute(status -> {
            status.setRollbackOnly();
            Map<String, Rows> before = new HashMap<>();
            counted().forEach(rows -> before.put(rows.table(), rows));
            RedeliveryOutcome outcome = redelivery.applyWithin(record);
            return switch (outcome) {
                case RedeliveryOutcome.Applied() -> new Report(outcome, since(before), published());
                case RedeliveryOutcome.Superseded(), RedeliveryOutcome.Failed _ ->
                    new Report(outcome, List.of(), List.of());
            };
        }));
    }

    /** The row counts of this connection that PostgreSQL has not published yet. They may include those of an earlier transaction. */
    private List<Rows> counted() {
        return jdbc.sql("""
                select coalesce(pg_partition_root(relid)::oid, relid)::regclass::text as "table",
                       sum(n_tup_ins)::bigint as inserted, sum(n_tup_upd)::bigint as updated, sum(n_tup_del)::bigint as deleted
                  from pg_stat_xact_user_tables
                 where n_tup_ins + n_tup_upd + n_tup_del > 0
                 group by 1 order by 1
                """)
                .query((row, number) -> new Rows(
                        row.getString("table"),
                        row.getLong("inserted"),
                        row.getLong("updated"),
                        row.getLong("deleted")))
                .list();
    }

    private List<Rows> since(Map<String, Rows> before) {
        List<Rows> changed = new ArrayList<>();
        for (Rows now : counted()) {
            Rows then = before.getOrDefault(now.table(), new Rows(now.table(), 0, 0, 0));
            Rows difference = new Rows(
                    now.table(),
                    now.inserted() - then.inserted(),
                    now.updated() - then.updated(),
                    now.deleted() - then.deleted());
            if (difference.inserted() + difference.updated() + difference.deleted() > 0) {
                changed.add(difference);
            }
        }
        return changed;
    }

    /** The conditions on time and incarnation restrict the query to recent partitions and to the index. */
    private List<PublishedMessage> published() {
        return jdbc.sql("""
                select frames from outbox
                 where appended_at >= now() - interval '1 day'
                   and incarnation = (select max(number) from database_incarnation)
                   and transaction_id = pg_current_xact_id_if_assigned()
                 order by position
                """).query((row, _) -> Frames.unpack(row.getBytes("frames"))).list().stream()
                .flatMap(List::stream)
                .map(message -> new PublishedMessage(
                        message.topic(),
                        new String(message.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8),
                        mask.text(message.key()),
                        mask.payload(message.value())))
                .toList();
    }
}
