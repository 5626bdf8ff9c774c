package org.openingminute.registration.admission;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.Browse;
import org.openingminute.messaging.TimePartitions;
import org.openingminute.registration.admission.UnnestBatch.Columns;
import org.openingminute.registration.decision.SaleState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores the first reply to each idempotency key. Keys are looked up and inserted under the conference's lock, which every writer holds. No
 * unique index is therefore needed, and the table can be partitioned by time.
 */
@Repository
public class IdempotencyRecords {

    private static final int DAYS_AHEAD = 3;

    private final JdbcClient jdbc;
    private final TimePartitions partitions;

    IdempotencyRecords(DataSource dataSource, @Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.partitions = new TimePartitions(dataSource, "idempotency");
    }

    /**
     * Creates partitions for the keys of today and the following days, by the database's clock. Must not be called
     * inside a transaction.
     */
    public void makePartitions() {
        partitions.makeAhead(DAYS_AHEAD);
    }

    /** Drops the partitions whose keys have all expired and returns how many were dropped. Must not be called inside a transaction. */
    public int dropOld() {
        return partitions.dropOlderThan(IdempotencyKey.KEPT);
    }

    /** Whether a key was already answered, read without the lock. */
    public boolean isAnswered(IdempotencyKey key) {
        return jdbc.sql("""
                select exists (
                    select from idempotency
                     where fingerprint = :hash and scope = :scope and key = :key
                       and admitted_at > statement_timestamp() - :kept * interval '1 second')
                """)
                .param("hash", key.keyHash())
                .param("scope", key.scope())
                .param("key", key.key())
                .param("kept", IdempotencyKey.KEPT.toSeconds())
                .query(Boolean.class)
                .single();
    }

    static void insert(UnnestBatch batch, Map<IdempotencyKey, SaleState.StoredReply> keys, Instant machineNow) {
        if (keys.isEmpty()) {
            return;
        }
        List<Map.Entry<IdempotencyKey, SaleState.StoredReply>> rows = new ArrayList<>(keys.entrySet());
        batch.add(
                """
                insert into idempotency (fingerprint, scope, key, body_hash, registration_id, status, answer, admitted_at)
                select fingerprint, scope, key, body_hash, registration, status, convert_from(answer, 'UTF8'), ?
                  from unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::integer[], ?::bytea[])
                       as k (fingerprint, scope, key, body_hash, registration, status, answer)
                """,
                machineNow.atOffset(ZoneOffset.UTC),
                Columns.of(rows, row -> row.getKey().keyHash(), Long[]::new),
                Columns.of(rows, row -> row.getKey().scope(), String[]::new),
                Columns.of(rows, row -> row.getKey().key(), String[]::new),
                Columns.of(rows, row -> row.getValue().requestHash().hex(), String[]::new),
                Columns.of(rows, row -> row.getValue().registration(), UUID[]::new),
                Columns.of(rows, row -> Replies.status(row.getValue().how()), Integer[]::new),
                Columns.utf8(rows, row -> row.getValue().answer()));
    }
}
