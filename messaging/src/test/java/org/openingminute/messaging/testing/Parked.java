package org.openingminute.messaging.testing;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.MessageJson;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A valid record that a service parked because of a bug that has since been fixed. */
public record Parked(String topic, String key, String type, long sequence, String body) {

    private static final Ids IDS = Ids.timeOrdered();
    private static final AtomicLong OFFSETS = new AtomicLong();

    /** Inserts it into the service's dead letters. Returns its id. */
    public String in(JdbcClient jdbc, String service) {
        UUID id = IDS.next();
        Map<String, String> headers = Map.of(
                "ce_id", UUID.randomUUID().toString(),
                "ce_type", type,
                "ce_source", "/test",
                "ce_time", "2026-02-02T17:00:00Z",
                "ce_specversion", "1.0",
                "ce_sequence", Long.toString(sequence),
                "content-type", "application/json");
        jdbc.sql("""
                insert into parked_message (id, consumer_group, topic, record_partition, record_offset, record_hash,
                                            message_key, headers, body, reason, cause)
                values (?, ?, ?, 99, ?, uuid_send(gen_random_uuid()), ?, ?, ?, 'it failed repeatedly', 'NullPointerException')
                """)
                .param(id)
                .param(service)
                .param(topic)
                .param(OFFSETS.getAndIncrement())
                .param(key)
                .param(MessageJson.MAPPER.writeValueAsString(headers))
                .param(body.getBytes(StandardCharsets.UTF_8))
                .update();
        return service + "." + id;
    }
}
