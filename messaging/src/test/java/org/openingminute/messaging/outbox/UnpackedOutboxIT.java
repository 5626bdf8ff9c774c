package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.TimePartitions;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The outbox of a version with a row for each message, whose relays shared 16 buckets of keys. */
class UnpackedOutboxIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int KEYS = 40;

    private final String topic = "unpacked-" + UUID.randomUUID();
    private final String body = "{\"name\": \"Zo\u00eb \uD83C\uDF9F\"}";

    @Test
    void what_was_not_sent_before_the_upgrade_is_sent_first_and_nothing_twice(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        for (int key = 0; key < KEYS; key++) {
            insert(earlier, "key-" + key, 1);
        }
        // Some buckets are ahead of others.
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
            // The first of some keys was sent before.
            all.addAll(writer.write("lock", List.of("another"), 1));

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.copies()).isZero();
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.bodies()).contains(body);
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);

            assertThat(writer.outbox().republish(Instant.EPOCH))
                    .as("what is kept since the upgrade")
                    .isEqualTo(all.size());
            assertThat(deliveries.readUntil(LONG, () -> deliveries.copies() == all.size()))
                    .isTrue();
        }
    }

    @Test
    void an_instance_of_the_version_before_writes_nothing(@TempDir Path folder) throws Exception {
        JdbcClient earlier = earlier(folder);
        insert(earlier, "key", 1);
        new WithRelay(database(earlier), topic).close();

        assertThatThrownBy(() -> insert(earlier, "key", 2)).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> earlier.sql("update outbox_cursor set owner = null where bucket = 0")
                        .update())
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> earlier.sql("delete from outbox_relay").update())
                .isInstanceOf(DataAccessException.class);
    }

    private JdbcClient earlier(Path folder) throws IOException {
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource(EarlierDatabase.without(folder, "V0004"), "postgres", "postgres");
        new TimePartitions(dataSource, "outbox").makeAhead(3);
        return JdbcClient.create(dataSource);
    }

    private static String database(JdbcClient jdbc) {
        return jdbc.sql("select 1")
                .query((row, _) ->
                        row.getStatement().getConnection().getMetaData().getURL())
                .single();
    }

    /** As the version before did. */
    private void insert(JdbcClient jdbc, String key, long sequence) {
        jdbc.sql("""
                insert into outbox (incarnation, topic, message_key, headers, body)
                select number, ?, ?, ?, ? from database_incarnation order by number desc limit 1
                """)
                .param(topic)
                .param(key)
                .param("""
                        {"ce_id":"%s","ce_type":"thing.happened.v1","ce_sequence":"%d"}""".formatted(UUID.randomUUID(), sequence))
                .param(body)
                .update();
    }
}
