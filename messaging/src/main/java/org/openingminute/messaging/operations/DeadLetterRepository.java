package org.openingminute.messaging.operations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.inbox.Redelivery.RedeliveredMessage;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Reads and updates the rows of parked messages. */
final class DeadLetterRepository {

    /** All columns except the body, because two hundred bodies might not fit into memory. */
    private static final String COLUMNS = """
            id, consumer_group, topic, record_partition, record_offset, message_key, headers, reason, cause, parked_at, state
            """;

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final PayloadMask mask;

    DeadLetterRepository(JdbcClient jdbc, JdbcClient browse, PayloadMask mask) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.mask = mask;
    }

    /** Lists dead letters. Ids increase with the time of their creation, so their order is the order of parking. */
    List<DeadLetter> list(@Nullable String state, int most, @Nullable UUID before) {
        return browse.sql("select " + COLUMNS + """
                  from parked_message
                 where (:state::text is null or state = :state) and (:before::uuid is null or id < :before)
                 order by id desc limit :most
                """)
                .param("state", state)
                .param("before", before)
                .param("most", most)
                .query((row, number) -> deadLetter(row))
                .list();
    }

    Optional<DeadLetter.Whole> find(UUID id, List<DeadLetter.OperatorAct> acts) {
        return jdbc.sql("select body, " + COLUMNS + " from parked_message where id = ?")
                .param(id)
                .query((row, number) -> new DeadLetter.Whole(
                        deadLetter(row), mask.headers(headers(row)), mask.payload(row.getBytes("body")), acts))
                .optional();
    }

    /** The record of a dead letter that is open. */
    Optional<RedeliveredMessage> open(UUID id) {
        return jdbc.sql("select topic, message_key, headers, body from parked_message where id = ? and state = 'open'")
                .param(id)
                .query((row, number) -> stored(row))
                .optional();
    }

    /** Claims an open dead letter until it is settled, for a minute at most, which is longer than any replay takes. */
    Optional<RedeliveredMessage> claim(UUID id) {
        return jdbc.sql("""
                update parked_message set claimed_until = clock_timestamp() + interval '1 minute'
                 where id = ? and state = 'open' and (claimed_until is null or claimed_until < clock_timestamp())
                returning topic, message_key, headers, body
                """).param(id).query((row, number) -> stored(row)).optional();
    }

    /** Ends a claim and sets the state. */
    void settle(UUID id, String state) {
        jdbc.sql("update parked_message set state = ?, claimed_until = null where id = ? and state = 'open'")
                .param(state)
                .param(id)
                .update();
    }

    /** Discards a dead letter. Returns whether it was open and no replay of it was running. */
    boolean discard(UUID id) {
        return jdbc.sql("""
                update parked_message set state = 'discarded'
                 where id = ? and state = 'open' and (claimed_until is null or claimed_until < clock_timestamp())
                """).param(id).update() == 1;
    }

    /**
     * Empties the payloads of closed dead letters.
     *
     * @param age the minimum age of the dead letters, from their parking and by the database's clock
     * @return the number of emptied payloads
     */
    int forgetPayloads(Duration age) {
        return BatchedMaintenance.repeat(
                most -> browse.sql("""
                update parked_message set body = null
                 where id in (select id from parked_message
                               where state <> 'open' and body is not null
                                 and parked_at < clock_timestamp() - ? * interval '1 second'
                               limit ?)
                """).param(age.toSeconds()).param(most).update());
    }

    /** The state of a dead letter; empty if there is none with that id. */
    Optional<String> state(UUID id) {
        return jdbc.sql("select state from parked_message where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    private DeadLetter deadLetter(ResultSet row) throws SQLException {
        @Nullable String type = headers(row).get("ce_type");
        @Nullable String key = row.getString("message_key");
        String service = row.getString("consumer_group");
        return new DeadLetter(
                service + "." + row.getString("id"),
                service,
                row.getString("topic"),
                type == null ? null : mask.text(type),
                row.getInt("record_partition"),
                row.getLong("record_offset"),
                key == null ? null : mask.text(key),
                row.getString("reason"),
                row.getString("cause"),
                row.getObject("parked_at", OffsetDateTime.class).toInstant(),
                row.getString("state"));
    }

    private static RedeliveredMessage stored(ResultSet row) throws SQLException {
        return new RedeliveredMessage(
                row.getString("topic"), row.getString("message_key"), headers(row), row.getBytes("body"));
    }

    private static Map<String, String> headers(ResultSet row) throws SQLException {
        return MessageJson.MAPPER.readValue(row.getString("headers"), HEADERS);
    }
}
