package org.openingminute.registration.admission;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.TimePartitions;
import org.openingminute.registration.admission.UnnestBatch.Columns;
import org.openingminute.registration.decision.SaleState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * First results, for repeated requests. A key is looked up and then inserted under the conference's lock, which all its
 * writers take. So no unique index is needed, and the table can be partitioned by time.
 */
@Repository
public class IdempotencyRecords {

    private static final int DAYS_AHEAD = 3;

    private final JdbcClient jdbc;
    private final TimePartitions partitions;

    IdempotencyRecords(JdbcClient jdbc, DataSource dataSource) {
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

    /**
     * Drops the days whose keys have all expired, and returns their number. Must not be called inside a transaction.
     */
    public int dropOld() {
        return partitions.dropOlderThan(IdempotencyKey.KEPT);
    }

    /** The answers to keys, from all partitions that are young enough. */
    Map<IdempotencyKey, SaleState.StoredReply> find(Collection<IdempotencyKey> keys, Instant machineNow) {
        Map<IdempotencyKey, SaleState.StoredReply> found = new HashMap<>();
        if (!keys.isEmpty()) {
            jdbc.sql("""
                    select scope, key, body_hash, registration_id, status, answer
                      from idempotency
                     where fingerprint = any(?) and admitted_at > ?
                    """)
                    .param(keys.stream().map(IdempotencyKey::keyHash).toArray(Long[]::new))
                    .param(machineNow.minus(IdempotencyKey.KEPT).atOffset(ZoneOffset.UTC))
                    .query(rs -> {
                        found.put(
                                new IdempotencyKey(rs.getString("scope"), rs.getString("key")),
                                new SaleState.StoredReply(
                                        new RequestHash(rs.getString("body_hash")),
                                        rs.getObject("registration_id", UUID.class),
                                        Replies.how(rs.getInt("status")),
                                        rs.getString("answer")));
                    });
        }
        return found;
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
