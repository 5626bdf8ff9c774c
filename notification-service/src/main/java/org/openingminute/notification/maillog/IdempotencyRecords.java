package org.openingminute.notification.maillog;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Stores the first reply to each idempotency key for a day and an hour. */
@Repository
class IdempotencyRecords {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    IdempotencyRecords(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * A key and the request that it belongs to.
     *
     * @param call name of the operation
     * @param subject object of the operation
     * @param request identifies the request, to tell a repetition from another request
     */
    record Key(String call, UUID subject, String key, String request) {

        String requestHash() {
            return RequestHash.of(request).hex();
        }
    }

    /** Locks the key until the end of the transaction, for operations whose subject has no lock. */
    void lock(Key key) {
        jdbc.sql("select 1 from pg_advisory_xact_lock(hashtextextended(?, 0))")
                .param(key.call() + " " + key.subject() + " " + key.key())
                .query(Integer.class)
                .single();
    }

    /**
     * Returns the first reply to this key. The caller must hold the lock of the subject or of the key.
     *
     * @throws Problem {@code idempotency-key-reused} if it was a reply to another request
     */
    <T> Optional<T> find(Key key, Class<T> type) {
        record StoredReply(String requestHash, String answer) {}
        return jdbc.sql("""
                select request_hash, answer from remembered_answer
                 where call = ? and subject = ? and idempotency_key = ?
                """)
                .param(key.call())
                .param(key.subject())
                .param(key.key())
                .query((row, number) -> new StoredReply(row.getString(1), row.getString(2)))
                .optional()
                .map(stored -> {
                    if (!stored.requestHash().equals(key.requestHash())) {
                        throw new Problem(CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key belongs to another request.");
                    }
                    return json.readValue(stored.answer(), type);
                });
    }

    /** Saves a reply in the transaction of its operation. */
    void remember(Key key, Object answer) {
        jdbc.sql("""
                insert into remembered_answer (call, subject, idempotency_key, request_hash, answer)
                values (?, ?, ?, ?, ?)
                """)
                .param(key.call())
                .param(key.subject())
                .param(key.key())
                .param(key.requestHash())
                .param(json.writeValueAsString(answer))
                .update();
    }

    @Scheduled(fixedDelay = 3_600_000, initialDelay = 60_000)
    void forgetOld() {
        BatchedMaintenance.repeat(most ->
                jdbc.sql("""
                delete from remembered_answer
                 where ctid = any (array(select ctid from remembered_answer
                                          where answered_at < clock_timestamp() - ? * interval '1 second'
                                          limit ?))
                """).param(IdempotencyKey.KEPT.toSeconds()).param(most).update());
    }
}
