package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.TimePartitions;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves the upgrade from a version whose outbox has one row per message, and whose relays share 16 buckets of keys. */
class UnpackedOutboxIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int KEYS = 40;

    private final String topic = "unpacked-" + UUID.randomUUID();
    private final String body = "{\"name\": \"Zo\u00eb \uD83C\uDF9F\"}";

    @Test
    void unsent_messages_are_sent_first_and_once_after_the_upgrade(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        for (int key = 0; key < KEYS; key++) {
            insert(earlier, "key-" + key, 1);
        }
        // Moves the cursors of some buckets to the end.
        earlier.sql("""
                update outbox_cursor c set (incarnation, transaction_id, position) = (
                       select incarnation, transaction_id, position from outbox
                        order by incarnation desc, outbox.transaction_id desc, position desc limit 1)
                 where bucket < 8
                """).update();
        Set<UUID> unsent = new HashSet<>(earlier.sql("""
                select (headers::json->>'ce_id')::uuid from outbox join outbox_cursor c using (bucket) where c.position = 0
                """).query(UUID.class).list());
        assertThat(unsent).hasSizeBetween(1, KEYS - 1);

        String database = database(earlier);
        try (WithRelay relay = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            Writer writer = relay.writer(topic);
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(unsent)))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
            Set<UUID> all = new HashSet<>(unsent);
            // The first message of some keys was sent before.
            all.addAll(writer.write("lock", List.of("another"), 1));

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.copies()).isZero();
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.bodies()).contains(body);
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);

            assertThat(writer.outbox().republish(Instant.EPOCH))
                    .as("the messages that are kept since the upgrade")
                    .isEqualTo(all.size());
            assertThat(deliveries.readUntil(LONG, () -> deliveries.copies() == all.size()))
                    .isTrue();
        }
    }

    /** Brokers and readers may lack any message, although the cursors of the copy are at its end. */
    @Test
    void all_that_a_restored_copy_keeps_is_sent_again_after_the_upgrade(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        List<UUID> kept = insert(earlier, 1);
        kept.addAll(insert(earlier, 2));
        earlier.sql("""
                update outbox_cursor set (incarnation, transaction_id, position) = (
                       select incarnation, transaction_id, position from outbox
                        order by incarnation desc, outbox.transaction_id desc, position desc limit 1)
                """).update();
        // A restored database on the same server differs in its oid.
        earlier.sql("update database_incarnation set database = 1").update();

        try (WithRelay _ = new WithRelay(database(earlier), topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(Set.copyOf(kept))))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.copies()).isZero();
        }
    }

    /** The messages come from one transaction and from several. */
    @Test
    void order_and_headers_stay_as_they_were(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        List<UUID> written = insert(earlier, 1);
        DriverManagerDataSource dataSource = new DriverManagerDataSource(database(earlier), "postgres", "postgres");
        new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult(_ -> {
            written.addAll(insert(JdbcClient.create(dataSource), 2));
            written.addAll(insert(JdbcClient.create(dataSource), 3));
        });

        try (WithRelay _ = new WithRelay(database(earlier), topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(Set.copyOf(written))))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.bodies()).containsOnly(body);
            for (int i = 0; i < written.size(); i++) {
                assertThat(deliveries.headers(written.get(i)))
                        .containsExactlyElementsOf(
                                headers(written.get(i), i / KEYS + 1).entrySet());
            }
        }
    }

    @Test
    void an_instance_of_the_version_before_writes_nothing(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        insert(earlier, "key", 1);
        String park = """
                insert into parked_message (id, consumer_group, topic, record_partition, record_offset, record_sha256,
                                            message_key, headers, body, reason, cause)
                values (gen_random_uuid(), 'group', 'topic', 0, 0, sha256(''), 'key', '{}', '', 'it failed repeatedly', 'cause')
                """;
        earlier.sql(park).update();
        new WithRelay(database(earlier), topic).close();

        assertThatThrownBy(() -> earlier.sql("select wal_timeline()").query().singleValue())
                .as("the first statement of each start")
                .hasMessageContaining("a later version of the service");
        assertThatThrownBy(() -> insert(earlier, "key", 2)).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> earlier.sql("update outbox_cursor set owner = null where bucket = 0")
                        .update())
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> earlier.sql("delete from outbox_relay").update())
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> earlier.sql(park).update())
                .as("a message it cannot understand is not parked")
                .isInstanceOf(DataAccessException.class);
    }

    private JdbcClient earlier(Path folder) throws IOException {
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource(EarlierDatabase.without(folder, "V0004", "V0005"), "postgres", "postgres");
        new TimePartitions(dataSource, "outbox").makeAhead(3);
        return JdbcClient.create(dataSource);
    }

    private static String database(JdbcClient jdbc) {
        return jdbc.sql("select 1")
                .query((row, _) ->
                        row.getStatement().getConnection().getMetaData().getURL())
                .single();
    }

    /** Inserts a message for each key. */
    private List<UUID> insert(JdbcClient jdbc, long sequence) {
        List<UUID> ids = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            ids.add(insert(jdbc, "key-" + key, sequence));
        }
        return ids;
    }

    /** Inserts a row in the format of the previous version. */
    private UUID insert(JdbcClient jdbc, String key, long sequence) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                insert into outbox (incarnation, topic, message_key, headers, body)
                select number, ?, ?, ?, ? from database_incarnation order by number desc limit 1
                """)
                .param(topic)
                .param(key)
                .param(MessageJson.MAPPER.writeValueAsString(headers(id, sequence)))
                .param(body)
                .update();
        return id;
    }

    private static Map<String, String> headers(UUID id, long sequence) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", id.toString());
        headers.put("ce_type", "thing.happened.v1");
        headers.put("ce_source", "/earlier");
        headers.put("ce_time", "2026-01-31T09:00:00.123Z");
        headers.put("ce_sequence", Long.toString(sequence));
        headers.put("content-type", "application/json");
        headers.put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        headers.put("baggage", "name=\"Zo\u00eb\" \uD83C\uDF9F \\ \t");
        return headers;
    }
}
