package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.OwnConnections;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves, on a real PostgreSQL and a real broker, how the outbox stores messages and how the relay's cursor moves through it. */
class OutboxIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String RENEWAL_WAITS_SINCE = """
            select max(query_start) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like 'with incarnation as %'""";

    private final String topic = "written-" + UUID.randomUUID();
    private final String database = TestInfrastructure.newDatabase("outbox");
    private final DataSource dataSource = new DriverManagerDataSource(database, "postgres", "postgres");
    private Writer writer;
    private RelayCursor cursor;

    @BeforeEach
    void aDatabase() {
        writer = new Writer(database, topic);
        cursor = new RelayCursor(writer.jdbc(), UUID.randomUUID());
    }

    @AfterEach
    void end() {
        writer.close();
    }

    @Test
    void kept_messages_are_republished_in_order_on_request() throws Exception {
        Set<UUID> written = new HashSet<>();
        Instant[] middle = new Instant[1];
        for (int i = 1; i <= 20; i++) {
            if (i == 11) {
                middle[0] = writer.jdbc()
                        .sql("select clock_timestamp()")
                        .query((row, _) -> row.getTimestamp(1).toInstant())
                        .single();
            }
            written.addAll(writer.write("lock", List.of("one", "other"), i));
        }
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);

            assertThat(writer.outbox().republish(middle[0])).isEqualTo(20);

            assertThat(deliveries.readUntil(LONG, () -> deliveries.copies() == 20))
                    .isTrue();
            written.addAll(writer.write("lock", List.of("one", "other"), 21));
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
            assertThat(deliveries.copies()).isEqualTo(20);
            assertThat(deliveries.outOfOrder()).isZero();
        }
    }

    @Test
    void a_relay_goes_on_when_the_database_has_ended_its_connections() throws Exception {
        Set<UUID> written = new HashSet<>(writer.write("lock", List.of("key"), 1));
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();

            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("""
                        select pg_terminate_backend(pid) from pg_stat_activity
                         where datname = current_database() and pid <> pg_backend_pid()
                        """);
            }
            // The connections of the writer were terminated as well.
            await().atMost(LONG)
                    .ignoreExceptions()
                    .until(() -> written.addAll(writer.write("lock", List.of("key"), 2)));

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
        }
    }

    @Test
    void a_restored_database_refuses_appends_until_noted() throws Exception {
        Set<UUID> written = new HashSet<>(writer.write("lock", List.of("key"), 1));
        // Simulates a restore on another server: rows with high transaction ids, and another system identifier.
        writer.jdbc()
                .sql("update outbox set transaction_id = '4000000000000000000'")
                .update();
        writer.jdbc()
                .sql("update database_incarnation set system_identifier = 1")
                .update();

        assertThatThrownBy(() -> writer.write("lock", List.of("key"), 2))
                .isInstanceOf(TransientDataAccessResourceException.class);

        noteThatItIsAnother();
        written.addAll(writer.write("lock", List.of("key"), 2));
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
        }
    }

    /** A restored database on the same server differs in its oid. */
    @Test
    void a_restored_database_republishes_with_higher_sequences() throws Exception {
        Set<UUID> written = Set.copyOf(writer.write("lock", List.of("key"), 1));
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
        }
        await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);
        assertThat(sequencesBegin()).isZero();

        writer.jdbc().sql("update database_incarnation set database = 1").update();
        noteThatItIsAnother();

        assertThat(writer.outbox().waiting().messages()).isEqualTo(1);
        assertThat(sequencesBegin()).isGreaterThan(1_000_000_000L).isLessThan(1L << 53);
        noteThatItIsAnother();
        assertThat(writer.jdbc()
                        .sql("select count(*) from database_incarnation")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void a_promoted_standby_goes_on_where_its_cursor_stands() throws Exception {
        Set<UUID> written = new HashSet<>(writer.write("lock", List.of("key"), 1));
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
        }
        await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);

        onAnotherTimeline("clock_timestamp() - interval '9 minutes'");
        assertThatThrownBy(() -> writer.write("lock", List.of("key"), 2))
                .isInstanceOf(TransientDataAccessResourceException.class);
        noteThatItIsAnother();

        assertThat(writer.outbox().waiting().messages()).isZero();
        assertThat(sequencesBegin()).isGreaterThan(1_000_000_000L);
        written.addAll(writer.write("lock", List.of("key"), 2));
        assertThat(writer.outbox().waiting().messages()).isEqualTo(1);
        noteThatItIsAnother();
        assertThat(incarnations()).isEqualTo(2);
    }

    @Test
    void a_copy_without_presence_for_ten_minutes_counts_as_restored() {
        writer.write("lock", List.of("key"), 1);
        cursor.move(take(cursor).epoch(), new RelayCursor.LogPosition(1, Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(writer.outbox().waiting().messages()).isZero();
        onAnotherTimeline("clock_timestamp() - interval '11 minutes'");
        noteThatItIsAnother();
        assertThat(writer.outbox().waiting().messages()).isEqualTo(1);
    }

    @Test
    void a_lock_from_before_the_new_incarnation_lets_nothing_be_appended() {
        assertThatThrownBy(() -> writer.transaction().executeWithoutResult(_ -> {
                    OrderLock lock = writer.locks().takeFor("lock");
                    assertThat(lock.sequencesBegin()).isZero();
                    // Uses connections outside the transaction.
                    JdbcClient beside = JdbcClient.create(dataSource);
                    beside.sql("update database_incarnation set timeline = 77, present_at = clock_timestamp()")
                            .update();
                    new DatabaseIncarnations(beside).note();
                    writer.append(lock, List.of("key"), 1);
                }))
                .isInstanceOf(TransientDataAccessResourceException.class);
        assertThat((long) writer.transaction()
                        .execute(_ -> writer.locks().takeFor("lock").sequencesBegin()))
                .isEqualTo(sequencesBegin());
    }

    @Test
    void presence_is_noted_in_the_present_incarnation_alone() {
        onAnotherTimeline("'2026-01-01Z'");
        cursor.renew(RelayCursor.LogPosition.BEGINNING);
        assertThat(writer.jdbc()
                        .sql("select present_at = '2026-01-01Z' from database_incarnation order by number limit 1")
                        .query(Boolean.class)
                        .single())
                .isTrue();
        cursor.renew(RelayCursor.LogPosition.BEGINNING);
        assertThat(writer.jdbc()
                        .sql(
                                "select present_at > clock_timestamp() - interval '1 minute' from database_incarnation order by number desc limit 1")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void a_new_incarnation_is_read_by_the_statement_that_notes_it() {
        DatabaseIncarnations incarnations = new DatabaseIncarnations(writer.jdbc());
        assertThat(incarnations.follow().oldestFirst()).hasSize(1);
        onAnotherTimeline("clock_timestamp()");

        DatabaseIncarnations.History followed = incarnations.follow();

        assertThat(incarnations.recent()).isSameAs(followed);
        assertThat(followed.oldestFirst()).hasSize(2);
        assertThat(followed.present().isRecovered()).isFalse();
        assertThat(followed).isEqualTo(incarnations.history());
    }

    @Test
    void a_server_that_tells_no_timeline_stays_in_its_incarnation() {
        writer.jdbc()
                .sql("revoke execute on function pg_walfile_name(pg_lsn) from public")
                .update();
        assertThat((long) writer.transaction().execute(_ -> {
                    writer.jdbc().sql("set local role pg_monitor").update();
                    return writer.jdbc()
                            .sql("select server_timeline()")
                            .query(Long.class)
                            .single();
                }))
                .isZero();
        writer.jdbc()
                .sql(
                        "create or replace function server_timeline() returns bigint stable language sql as 'select 0::bigint'")
                .update();
        noteThatItIsAnother();
        writer.write("lock", List.of("key"), 1);
        assertThat(incarnations()).isEqualTo(1);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_standby_that_commits_do_not_wait_for_is_warned_of_once(CapturedOutput output) {
        DatabaseIncarnations incarnations = new DatabaseIncarnations(JdbcClient.create(dataSource));
        incarnations.checkServer();
        assertThat(output).doesNotContain("synchronous_standby_names");
        // Shadows the server's own view, which only a second server could fill.
        writer.jdbc().sql("create table pg_stat_replication as select 1 as pid").update();
        writer.jdbc()
                .sql(
                        "do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$")
                .update();
        for (int minute = 1; minute < 5; minute++) {
            incarnations.checkServer();
        }
        assertThat(output).as("it may be a backup").doesNotContain("synchronous_standby_names");
        incarnations.checkServer();
        incarnations.checkServer();
        assertThat(output.getOut().split("synchronous_standby_names is empty", -1))
                .hasSize(2);
    }

    /** Simulates a promoted standby. */
    private void onAnotherTimeline(String presentAt) {
        writer.jdbc()
                .sql("update database_incarnation set timeline = 77, present_at = " + presentAt)
                .update();
    }

    private long incarnations() {
        return writer.jdbc()
                .sql("select count(*) from database_incarnation")
                .query(Long.class)
                .single();
    }

    private OutboxPartitions partitions() {
        return new OutboxPartitions(writer.jdbc(), dataSource, new DatabaseIncarnations(writer.jdbc()));
    }

    private long sequencesBegin() {
        return writer.jdbc().sql("select sequences_begin()").query(Long.class).single();
    }

    /** A service notes an incarnation at its start and each minute, with or without a broker. */
    private void noteThatItIsAnother() {
        partitions().makeAndDrop();
    }

    @Test
    void a_missing_partition_does_not_blame_the_message() {
        for (String day : days()) {
            writer.jdbc().sql("drop table " + day).update();
        }
        assertThatThrownBy(() -> writer.write("lock", List.of("key"), 1))
                .isInstanceOf(TransientDataAccessResourceException.class);
        partitions().makeAndDrop();
        writer.write("lock", List.of("key"), 1);
    }

    @Test
    void any_number_of_waiting_messages_is_reported() {
        List<String> keys = IntStream.range(0, 3_000).mapToObj(i -> "key-" + i).toList();
        for (int i = 1; i <= 4; i++) {
            writer.write("lock", keys, i);
        }
        assertThat(writer.outbox().waiting().messages()).isEqualTo(12_000);
        assertThat(writer.outbox().waiting().oldestSeconds()).isPositive();
        RelayCursor.OutboxPage page = next(RelayCursor.LogPosition.BEGINNING);
        cursor.move(take(cursor).epoch(), page.rows().getLast().logPosition());
        assertThat(writer.outbox().waiting().messages())
                .isEqualTo(12_000
                        - page.rows().stream()
                                .mapToInt(RelayCursor.OutboxRow::messages)
                                .sum());
    }

    /** Above a bound the rows are no longer counted; their positions give the number. */
    @Test
    void many_waiting_rows_are_reported_by_their_numbers() {
        writer.write("lock", List.of("one", "other"), 1);
        writer.jdbc().sql("""
                        insert into outbox (incarnation, messages, bytes, frames)
                        select incarnation, messages, bytes, frames from outbox, generate_series(1, 10999)
                        """).update();
        assertThat(writer.outbox().waiting().messages()).isEqualTo(22_000);
    }

    @Test
    void a_missing_topic_keeps_the_order_of_messages() throws Exception {
        Set<UUID> written = new HashSet<>();
        for (int i = 1; i <= 40; i++) {
            written.addAll(writer.write("lock", List.of("key"), i));
        }
        try (WithRelay _ = new WithRelay(database, "another-" + topic)) {
            // A run that went on would wait two seconds per send for the topic: 40 sends take longer than this waits.
            await("the first send that failed ended its run")
                    .atMost(LONG)
                    .until(() -> writer.jdbc()
                                    .sql("select epoch from outbox_cursor")
                                    .query(Long.class)
                                    .single()
                            >= 2);
            makeTopic(Map.of());
            try (Deliveries deliveries = new Deliveries(topic)) {
                assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                        .isTrue();
                assertThat(deliveries.outOfOrder()).isZero();
            }
        }
    }

    private void makeTopic(Map<String, String> configuration) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 12, (short) 1).configs(configuration)))
                    .all()
                    .get();
        }
    }

    @Test
    void a_lost_topic_is_recreated_and_its_messages_sent() throws Exception {
        writer.write("lock", List.of("key"), 1);
        try (WithRelay _ = new WithRelay(database, topic)) {
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);
            try (Admin admin = admin()) {
                admin.deleteTopics(List.of(topic)).all().get();
                // Until then the broker may still acknowledge a message, and delete it with the topic.
                await().atMost(LONG)
                        .until(() -> !admin.listTopics().names().get().contains(topic));
            }
            Set<UUID> written = Set.copyOf(writer.write("lock", List.of("key"), 2));
            try (Deliveries deliveries = new Deliveries(topic)) {
                assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                        .isTrue();
            }
        }
    }

    @Test
    void cursor_waits_for_the_acknowledgement_of_what_was_sent() throws Exception {
        writer.write("lock", List.of("key"), 1);
        try (WithRelay _ = new WithRelay(database, topic);
                Admin admin = admin()) {
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);
            admin.deleteTopics(List.of(topic)).all().get();
            await().atMost(LONG).until(() -> !admin.listTopics().names().get().contains(topic));
            // The relay's producer still knows a leader, and retries in vain until the relay stops.
            writer.write("lock", List.of("key"), 2);
        }
        assertThat(writer.outbox().waiting().messages()).isEqualTo(1);
    }

    private static Admin admin() {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()));
    }

    @Test
    void a_day_is_dropped_when_it_is_old_and_relayed_and_not_before() {
        writer.jdbc()
                .sql(
                        "create table outbox_20200101 partition of outbox for values from ('2020-01-01') to ('2020-01-02')")
                .update();
        writer.write("lock", List.of("key"), 1);
        writer.jdbc()
                .sql("update outbox set appended_at = '2020-01-01 12:00:00Z'")
                .update();
        OutboxPartitions partitions = partitions();
        partitions.makeAndDrop();
        assertThat(days()).contains("outbox_20200101");

        cursor.move(
                take(cursor).epoch(),
                next(RelayCursor.LogPosition.BEGINNING).rows().getLast().logPosition());
        partitions.makeAndDrop();
        assertThat(days()).doesNotContain("outbox_20200101").hasSizeGreaterThan(7);
    }

    @Test
    void a_page_has_room_for_some_large_messages_and_for_many_small_ones() {
        for (int i = 0; i < 10; i++) {
            writeLarge("large-" + i);
        }
        RelayCursor.OutboxPage large = next(RelayCursor.LogPosition.BEGINNING);
        assertThat(large.isFull()).isTrue();
        assertThat(large.rows()).hasSize(5);

        writer.write(
                "lock", IntStream.range(0, 3_000).mapToObj(i -> "small-" + i).toList(), 1);
        RelayCursor.OutboxPage small =
                next(next(large.rows().getLast().logPosition()).rows().getLast().logPosition());
        assertThat(small.isFull()).isTrue();
        assertThat(small.rows().stream()
                        .mapToInt(RelayCursor.OutboxRow::messages)
                        .sum())
                .isBetween(RelayCursor.PAGE, RelayCursor.PAGE + 255);
    }

    /** A row of another version may be larger than a page. */
    @Test
    void a_page_has_one_row_however_large_it_is() {
        writer.write("lock", List.of("one"), 1);
        writer.jdbc()
                .sql("update outbox set messages = 10000, bytes = 100000000")
                .update();
        writer.write("lock", List.of("other"), 1);

        RelayCursor.OutboxPage page = next(RelayCursor.LogPosition.BEGINNING);

        assertThat(page.rows()).hasSize(1);
        assertThat(page.isFull()).isTrue();
        assertThat(next(page.rows().getLast().logPosition()).rows()).hasSize(1);
    }

    @Test
    void an_append_is_one_row_up_to_256_messages_or_a_megabyte() {
        writer.write("lock", keys(256), 1);
        assertThat(packed()).containsExactly(256);
        writer.write("lock", keys(600), 2);
        assertThat(packed()).containsExactly(256, 256, 256, 88);
        writer.transaction()
                .executeWithoutResult(_ -> writer.outbox()
                        .appendAll(
                                writer.locks().takeFor("lock"),
                                Stream.of(300_000, 850_000, 10, 10)
                                        .map(length -> message(length, Map.of()))
                                        .toList()));
        assertThat(packed()).containsExactly(256, 256, 256, 88, 1, 3);
        writer.transaction()
                .executeWithoutResult(_ -> writer.outbox()
                        .appendAll(
                                writer.locks().takeFor("lock"),
                                List.of(
                                        message(10, Map.of()),
                                        message(850_000, Map.of("baggage", "y".repeat(300_000))),
                                        message(10, Map.of()))));
        assertThat(packed()).as("one is larger than a megabyte").containsExactly(256, 256, 256, 88, 1, 3, 1, 1, 1);
        assertThat(writer.jdbc()
                        .sql("select max(octet_length(frames)) from outbox where bytes > 800000")
                        .query(Integer.class)
                        .single())
                .as("compressed")
                .isLessThan(50_000);
    }

    private OutgoingMessage message(int length, Map<String, String> trace) {
        return new OutgoingMessage(topic, "key", "thing.happened.v1", 1, Map.of("text", "x".repeat(length)))
                .within(trace);
    }

    private static List<String> keys(int number) {
        return IntStream.range(0, number).mapToObj(i -> "key-" + i).toList();
    }

    private List<Integer> packed() {
        return writer.jdbc()
                .sql("select messages from outbox order by position")
                .query(Integer.class)
                .list();
    }

    /** A later version has written this row. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_row_of_an_unknown_version_stops_the_relay_with_one_line(CapturedOutput output) throws Exception {
        Set<UUID> before = Set.copyOf(writer.write("lock", List.of("key"), 1));
        Set<UUID> all = new HashSet<>(before);
        all.addAll(writer.write("lock", List.of("key"), 2));
        all.addAll(writer.write("lock", List.of("key"), 3));
        String second = "where position = (select min(position) + 1 from outbox)";
        writer.jdbc()
                .sql("update outbox set frames = set_byte(frames, 0, 77) " + second)
                .update();
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(before)))
                    .isTrue();
            await("it tries again, and again").atMost(LONG).until(() -> epoch() >= 4);
            assertThat(output.getOut().split("frames of version 77", -1)).hasSize(2);
            assertThat(deliveries.readUntil(Duration.ofMillis(200), () -> deliveries.copies() > 0))
                    .isFalse();
            assertThat(writer.outbox().waiting().messages()).isEqualTo(2);

            writer.jdbc()
                    .sql("update outbox set frames = set_byte(frames, 0, 1) " + second)
                    .update();

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.copies()).isZero();
        }
    }

    /** No message is lost, neither earlier ones of the same row nor later ones, and every key keeps its order. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_refused_message_holds_back_its_row_and_all_that_follows(CapturedOutput output) throws Exception {
        makeTopic(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "10000"));
        byte[] incompressible = new byte[20_000];
        new Random(1).nextBytes(incompressible);
        Set<UUID> before = Set.copyOf(writer.write("lock", List.of("key", "other"), 1));
        Set<UUID> all = new HashSet<>(before);
        List<UUID> row = writer.transaction()
                .execute(_ -> writer.outbox()
                        .appendAll(
                                writer.locks().takeFor("lock"),
                                List.of(
                                        new OutgoingMessage(topic, "key", "thing.happened.v1", 2, Map.of()),
                                        new OutgoingMessage(
                                                topic,
                                                "other",
                                                "thing.happened.v1",
                                                2,
                                                Map.of("large", incompressible)),
                                        new OutgoingMessage(topic, "third", "thing.happened.v1", 1, Map.of()))));
        all.addAll(row);
        List<UUID> after = writer.write("lock", List.of("key", "other"), 3);
        all.addAll(after);
        try (WithRelay _ = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic)) {
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().containsAll(before)))
                    .isTrue();
            await("it tries again")
                    .atMost(LONG)
                    .until(() ->
                            output.getOut().split("a record that is refused: a record of " + topic, -1).length > 2);
            deliveries.readUntil(Duration.ofMillis(500), () -> false);
            assertThat(deliveries.seen()).doesNotContain(row.get(1), after.getLast());
            assertThat(writer.outbox().waiting().messages()).isEqualTo(5);

            try (Admin admin = admin()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                admin.incrementalAlterConfigs(Map.of(
                                resource,
                                List.of(new AlterConfigOp(
                                        new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1000000"),
                                        AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.outOfOrder()).isZero();
            await().atMost(LONG).until(() -> writer.outbox().waiting().messages() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 200})
    void a_relay_that_dies_before_its_cursor_moves_repeats_that_row_and_loses_nothing(int sent) throws Exception {
        try (WithRelay relay = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic);
                RelayRun killed = relay.byHand(database, producer -> dyingAfter(sent, producer));
                RelayRun next = relay.byHand(database)) {
            Set<UUID> written = new HashSet<>(writer.write("lock", keys(200), 1));
            awaitNothingHeldBack();
            killed.renewIfDue();
            killed.sendPage();
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().size() == sent))
                    .isTrue();
            assertThat(writer.outbox().waiting().messages()).isEqualTo(200);
            endLease();
            written.addAll(writer.write("lock", keys(200), 2));
            awaitNothingHeldBack();

            assertThat(next.renewIfDue()).isTrue();
            next.sendPage();
            next.finish(LONG);

            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(written)))
                    .isTrue();
            assertThat(deliveries.copies()).isEqualTo(sent);
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(writer.outbox().waiting().messages()).isZero();
        }
    }

    /** A producer that sends a number of records, drops all others, and acknowledges none. */
    @SuppressWarnings("unchecked") // a proxy
    private static Producer<String, byte[]> dyingAfter(int records, Producer<String, byte[]> producer) {
        AtomicInteger sent = new AtomicInteger();
        return (Producer<String, byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (_, method, arguments) -> {
                    if (!method.getName().equals("send")) {
                        return method.invoke(producer, arguments);
                    }
                    if (sent.incrementAndGet() <= records) {
                        producer.send((ProducerRecord<String, byte[]>) arguments[0]);
                    }
                    return new CompletableFuture<>();
                });
    }

    @Test
    void a_relay_that_stood_still_begins_nothing_after_another_took_over() throws Exception {
        try (WithRelay relay = new WithRelay(database, topic);
                Deliveries deliveries = new Deliveries(topic);
                RelayRun paused = relay.byHand(database);
                RelayRun next = relay.byHand(database);
                RelayRun last = relay.byHand(database)) {
            Set<UUID> first = Set.copyOf(writer.write("lock", keys(10), 1));
            awaitNothingHeldBack();
            paused.renewIfDue();
            paused.sendPage();
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(first)))
                    .isTrue();
            int repeated = (int) writer.outbox().waiting().messages();
            Set<UUID> all = new HashSet<>(first);
            all.addAll(writer.write("lock", keys(10), 2));
            awaitNothingHeldBack();
            endLease();
            next.renewIfDue();
            next.sendPage();
            next.finish(LONG);
            String moved = place();
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.copies()).isEqualTo(repeated);
            await().atMost(LONG).until(() -> !paused.untilDue().isPositive());

            assertThatThrownBy(paused::sendPage).isInstanceOf(RelayRun.LeaseLost.class);
            assertThatThrownBy(() -> paused.finish(LONG)).isInstanceOf(RelayRun.LeaseLost.class);

            assertThat(place()).isEqualTo(moved);
            all.addAll(writer.write("lock", List.of("another"), 1));
            awaitNothingHeldBack();
            // The lease of the second may have ended as well, so that the paused one has taken the cursor.
            endLease();
            last.renewIfDue();
            last.sendPage();
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().equals(all)))
                    .isTrue();
            assertThat(deliveries.copies()).as("sent by the paused relay").isEqualTo(repeated);
        }
    }

    private void endLease() {
        writer.jdbc()
                .sql("update outbox_cursor set leased_until = clock_timestamp()")
                .update();
    }

    private String place() {
        return writer.jdbc()
                .sql("select (incarnation, transaction_id, position)::text from outbox_cursor")
                .query(String.class)
                .single();
    }

    private long epoch() {
        return writer.jdbc()
                .sql("select epoch from outbox_cursor")
                .query(Long.class)
                .single();
    }

    @Test
    void a_page_and_the_lease_tell_of_messages_that_an_open_transaction_holds_back() throws Exception {
        take(cursor);
        try (Connection open = dataSource.getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            assertThat(next(RelayCursor.LogPosition.BEGINNING).heldBack()).isFalse();
            writer.write("lock", List.of("key"), 1);

            RelayCursor.OutboxPage page = firstPage();

            assertThat(page.rows()).isEmpty();
            assertThat(page.heldBack()).isTrue();
            assertThat(take(cursor).behind()).isTrue();
            open.rollback();
        }
        RelayCursor.OutboxPage page = next(RelayCursor.LogPosition.BEGINNING);
        assertThat(page.rows()).hasSize(1);
        assertThat(page.heldBack()).isFalse();
        assertThat(cursor.renew(page.rows().getLast().logPosition()).behind()).isFalse();
    }

    @Test
    void a_lost_cursor_cannot_be_moved() {
        RelayCursor other = new RelayCursor(writer.jdbc(), UUID.randomUUID());
        RelayCursor.Lease held = take(cursor);
        assertThat(held.mine()).isTrue();
        assertThat(held.standby()).isFalse();
        RelayCursor.Lease waiting = take(other);
        assertThat(waiting.mine()).isFalse();
        assertThat(waiting.left()).isPositive().isLessThanOrEqualTo(RelayCursor.LEASE);
        assertThat(take(cursor)).satisfies(lease -> {
            assertThat(lease.standby()).isTrue();
            assertThat(lease.epoch()).isEqualTo(held.epoch());
        });

        // Simulates an owner that was paused for longer than its lease.
        endLease();
        assertThat(take(other).mine()).isTrue();
        assertThat(cursor.move(held.epoch(), new RelayCursor.LogPosition(1, 5, 5)))
                .isFalse();
        assertThat(take(cursor).mine()).isFalse();
        other.release();
        assertThat(take(cursor)).satisfies(lease -> {
            assertThat(lease.mine()).isTrue();
            assertThat(lease.epoch()).isEqualTo(held.epoch() + 2);
            assertThat(lease.logPosition()).isEqualTo(RelayCursor.LogPosition.BEGINNING);
        });
    }

    /** Otherwise it would continue at the old database's position, and skip the republished messages. */
    @Test
    void noting_an_incarnation_releases_the_cursor() {
        writer.write("lock", List.of("key"), 1);
        RelayCursor.LogPosition sent =
                next(RelayCursor.LogPosition.BEGINNING).rows().getLast().logPosition();
        RelayCursor.Lease held = take(cursor);
        cursor.move(held.epoch(), sent);
        writer.write("lock", List.of("key"), 2);

        asIfRestored(1);
        assertThat(cursor.renew(sent)).as("by its owner").satisfies(lease -> {
            assertThat(lease.mine()).isFalse();
            assertThat(lease.behind()).isFalse();
        });
        assertThat(cursor.renew(sent)).as("afterwards").satisfies(lease -> {
            assertThat(lease.mine()).isTrue();
            assertThat(lease.epoch()).isGreaterThan(held.epoch() + 1);
            assertThat(lease.logPosition()).isEqualTo(RelayCursor.LogPosition.BEGINNING);
        });

        cursor.release();
        asIfRestored(2);
        RelayCursor other = new RelayCursor(writer.jdbc(), UUID.randomUUID());
        assertThat(take(other).mine()).as("by one that waits").isFalse();
        assertThat(take(other).mine()).isTrue();
    }

    /** One of them notes it in its own statement, whose triggers change whole tables before the cursor. */
    @Test
    void concurrent_notes_of_an_incarnation_do_not_deadlock() throws Exception {
        writer.write("lock", List.of("key"), 1);
        cursor.move(
                take(cursor).epoch(),
                next(RelayCursor.LogPosition.BEGINNING).rows().getLast().logPosition());
        cursor.release();
        asIfRestored(1);
        writer.jdbc()
                .sql("alter table database_incarnation disable trigger outbox_is_said_again")
                .update();
        CompletableFuture<RelayCursor.Lease> renewed;
        try (Connection noting = dataSource.getConnection();
                Statement statement = noting.createStatement()) {
            noting.setAutoCommit(false);
            assertThat(statement.executeUpdate(DatabaseIncarnations.NOTE)).isEqualTo(1);
            renewed = CompletableFuture.supplyAsync(() -> take(cursor));
            awaitWaitingRenewal();
            statement.execute(
                    "update outbox_cursor set incarnation = 0, transaction_id = '0', position = 0, epoch = epoch + 1, owner = null");
            noting.commit();
        }
        assertThat(renewed.get().mine()).isTrue();
        assertThat(renewed.get().logPosition()).isEqualTo(RelayCursor.LogPosition.BEGINNING);
        assertThat(incarnations()).isEqualTo(2);
    }

    /** A restored database on the same server differs in its oid. */
    private void asIfRestored(int oid) {
        writer.jdbc()
                .sql("update database_incarnation set database = ? where database > 2")
                .param(oid)
                .update();
    }

    private void awaitWaitingRenewal() {
        await().atMost(LONG)
                .until(() -> writer.jdbc()
                        .sql("select (" + RENEWAL_WAITS_SINCE + ") is not null")
                        .query(Boolean.class)
                        .single());
    }

    @Test
    void a_lease_of_a_clock_that_was_set_back_has_ended() {
        take(new RelayCursor(writer.jdbc(), UUID.randomUUID()));
        writer.jdbc()
                .sql("update outbox_cursor set leased_until = clock_timestamp() + interval '1 hour'")
                .update();
        assertThat(take(cursor).mine()).isTrue();
    }

    @Test
    void a_lease_that_is_renewed_while_another_waits_for_the_row_is_not_taken() throws Exception {
        RelayCursor other = new RelayCursor(writer.jdbc(), UUID.randomUUID());
        RelayCursor.Lease held = take(cursor);
        CompletableFuture<RelayCursor.Lease> asked;
        try (Connection renewing = dataSource.getConnection();
                Statement statement = renewing.createStatement()) {
            renewing.setAutoCommit(false);
            statement.execute("select 1 from outbox_cursor for update");
            asked = CompletableFuture.supplyAsync(() -> take(other));
            awaitWaitingRenewal();
            // Not from now on: if the other had waited for long, it would take the lease, as one that ends too late.
            statement.execute("update outbox_cursor set leased_until = interval '3 s' + (" + RENEWAL_WAITS_SINCE + ")");
            renewing.commit();
        }
        assertThat(asked.get().mine()).isFalse();
        assertThat(take(cursor)).satisfies(lease -> {
            assertThat(lease.mine()).isTrue();
            assertThat(lease.epoch()).isEqualTo(held.epoch());
        });
    }

    private static RelayCursor.Lease take(RelayCursor cursor) {
        return cursor.renew(RelayCursor.LogPosition.BEGINNING);
    }

    private RelayCursor.OutboxPage next(RelayCursor.LogPosition after) {
        awaitNothingHeldBack();
        return cursor.next(after, RelayCursor.PAGE);
    }

    /** Any transaction of the server holds later messages back, for example one in which autovacuum updates statistics. */
    private void awaitNothingHeldBack() {
        await().pollDelay(Duration.ZERO).atMost(LONG).until(() -> !firstPage().heldBack());
    }

    private RelayCursor.OutboxPage firstPage() {
        return cursor.next(RelayCursor.LogPosition.BEGINNING, RelayCursor.PAGE);
    }

    @Test
    void commit_signals_other_instances() throws Exception {
        OwnConnections connections = new OwnConnections(new Details(database));
        AtomicInteger heard = new AtomicInteger();
        try (CommitSignal here = new CommitSignal(connections, () -> {});
                CommitSignal there = new CommitSignal(connections, heard::incrementAndGet)) {
            here.neighbours(true);
            there.neighbours(true);
            await().atMost(LONG).until(() -> {
                here.send();
                return there.await(Duration.ofMillis(100));
            });
            await().atMost(LONG).until(() -> heard.get() > 0);
        }
    }

    private void writeLarge(String key) {
        writer.transaction()
                .executeWithoutResult(_ -> writer.outbox()
                        .append(
                                writer.locks().takeFor(key),
                                new OutgoingMessage(
                                        topic, key, "thing.happened.v1", 1, Map.of("large", "x".repeat(850_000)))));
    }

    private List<String> days() {
        return writer.jdbc()
                .sql("select inhrelid::regclass::text from pg_inherits where inhparent = 'outbox'::regclass")
                .query(String.class)
                .list();
    }

    private record Details(String getJdbcUrl) implements JdbcConnectionDetails {

        @Override
        public String getUsername() {
            return "postgres";
        }

        @Override
        public String getPassword() {
            return "postgres";
        }
    }
}
