package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.fixture.TopicMessages;
import org.openingminute.local.fixture.TopicMessages.Message;
import tools.jackson.databind.JsonNode;

/** Proves that nothing changes when every reader of the running system reads all messages again. */
@ExtendWith(SystemFixture.class)
@Timeout(600)
@Tag("faults")
class ReplayIT {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final List<String> READERS =
            List.of("registration-service", "payment-service", "notification-service");

    private final Running running;
    private final ApiClient api;

    ReplayIT(Running running) {
        this.running = running;
        this.api = running.api();
    }

    @Test
    void every_message_received_twice_changes_nothing() throws Exception {
        Registered held = api.register(CONFERENCE, "academic", ApiClient.newAddress("held"));
        Registered confirmed = api.register(CONFERENCE, "academic", ApiClient.newAddress("confirmed"));
        api.pay(confirmed);
        Registered refunded = api.register(CONFERENCE, "academic", ApiClient.newAddress("refunded"));
        api.pay(refunded);
        api.awaitStatus(confirmed, "confirmed", SOON);
        api.awaitStatus(refunded, "confirmed", SOON);
        api.post("/api/registrations/" + refunded.id() + "/cancellation", "{}", keyed(refunded))
                .has(200);
        await().atMost(SOON)
                .untilAsserted(() -> api.registration(refunded)
                        .assertThatText("/payment/status")
                        .isEqualTo("partly-refunded"));
        List<Registered> all = List.of(held, confirmed, refunded);
        try (Admin kafka = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                running.system().settings().brokers()))) {
            awaitAllRead(kafka);
            settle();
            await().atMost(SOON).until(() -> !isMailWaiting(all));
            awaitAllRead(kafka);
            List<JsonNode> before = seen(all);
            Map<String, String> rows = rows(all);
            assertThat(rows).hasSizeGreaterThan(12);

            running.stop(READERS);
            try {
                assertThat(rewind(kafka)).isPositive();
            } finally {
                running.start(READERS);
            }
            awaitAllRead(kafka);
            assertThat(rows(all)).isEqualTo(rows);
            settle();

            assertThat(rows(all)).isEqualTo(rows);
            assertThat(seen(all)).isEqualTo(before);
        }
    }

    /** Everything that is visible from outside about these registrations: state, money, timeline, mails, and the provider's records. */
    private List<JsonNode> seen(List<Registered> registrations) {
        List<JsonNode> seen = new ArrayList<>();
        for (Registered one : registrations) {
            seen.add(api.registration(one).has(200).json());
            seen.add(api.get("/api/payments/" + one.id(), one.bearer()).has(200).json());
            seen.add(api.get("/api/registrations/" + one.id() + "/timeline", one.bearer())
                    .has(200)
                    .json());
            seen.addAll(api.mailsTo(one.answer().at("/attendees/0/email")));
        }
        Set<String> ids = registrations.stream().map(Registered::id).collect(Collectors.toSet());
        String after = "";
        while (true) {
            JsonNode page =
                    api.get("/sandbox/payments?limit=100" + after).has(200).json();
            for (JsonNode payment : page.at("/items")) {
                if (ids.contains(payment.at("/registration").asString())) {
                    seen.add(payment);
                }
            }
            if (page.at("/next").isNull()) {
                return seen;
            }
            after = "&after=" + page.at("/next").asString();
        }
    }

    /** The number and a hash of the rows of each table that concern these registrations, and the number of their messages. */
    private Map<String, String> rows(List<Registered> registrations) throws SQLException {
        SystemInside inside = new SystemInside(running.system().settings());
        String ids = registrations.stream().map(Registered::id).collect(Collectors.joining("|"));
        Map<String, String> rows = new TreeMap<>();
        for (String database : List.of("registration", "payment", "notification")) {
            try (Connection connection = DriverManager.getConnection(
                            inside.databaseUrl(database), "postgres", inside.superuserPassword());
                    Statement statement = connection.createStatement()) {
                for (String table : tables(statement)) {
                    try (ResultSet row = statement.executeQuery("""
                            select count(*) || ' ' || md5(string_agg(t::text, '' order by t::text))
                              from %s t where t::text ~ '%s'
                            """.formatted(table, ids))) {
                        row.next();
                        if (row.getString(1) != null) {
                            rows.put(database + "." + table, row.getString(1));
                        }
                    }
                }
            }
        }
        messages(registrations).forEach((topic, number) -> rows.put(topic, "" + number));
        return rows;
    }

    /** The number of messages about these registrations, per topic; an outbox stores them packed. */
    private Map<String, Integer> messages(List<Registered> registrations) {
        Set<String> ids = registrations.stream().map(Registered::id).collect(Collectors.toSet());
        return TopicMessages.all(running.system().settings().brokers()).stream()
                .filter(message -> ids.contains(message.key()))
                .collect(Collectors.toMap(Message::topic, _ -> 1, Integer::sum, TreeMap::new));
    }

    private boolean isMailWaiting(List<Registered> registrations) throws SQLException {
        SystemInside inside = new SystemInside(running.system().settings());
        String ids = registrations.stream().map(Registered::id).collect(Collectors.joining("', '", "'", "'"));
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("notification"), "postgres", inside.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select from (select registration_id from mail where state = 'waiting'
                                     union all select registration_id from mail_due) as unsent
                         where registration_id in (%s)
                        """.formatted(ids))) {
            return row.next();
        }
    }

    private static List<String> tables(Statement statement) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet names = statement.executeQuery("""
                select relname from pg_class
                 where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
                """)) {
            while (names.next()) {
                tables.add(names.getString(1));
            }
        }
        return tables;
    }

    /** Registers and confirms somebody new: once that mail has arrived, all earlier messages have been applied. */
    private void settle() {
        String email = ApiClient.newAddress("settled");
        Registered last = api.register(CONFERENCE, "academic", email);
        api.pay(last);
        api.awaitStatus(last, "confirmed", SOON);
        await().atMost(SOON).until(() -> !api.mailsTo(email).isEmpty());
    }

    private static Map<String, String> keyed(Registered registered) {
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        return headers;
    }

    /** Resets every reader to the first message. Returns the number of messages that they will read again. */
    private static long rewind(Admin kafka) throws Exception {
        long again = 0;
        for (String reader : READERS) {
            Map<TopicPartition, OffsetAndMetadata> read = committed(kafka, reader);
            Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
            for (Map.Entry<TopicPartition, Long> begin :
                    offsets(kafka, read.keySet(), OffsetSpec.earliest()).entrySet()) {
                first.put(begin.getKey(), new OffsetAndMetadata(begin.getValue()));
                again += read.get(begin.getKey()).offset() - begin.getValue();
            }
            await().atMost(SOON)
                    .ignoreException(ExecutionException.class) // A member that has just left still counts for a moment.
                    .until(() -> {
                        kafka.alterConsumerGroupOffsets(reader, first).all().get();
                        return true;
                    });
        }
        return again;
    }

    private static void awaitAllRead(Admin kafka) {
        await().atMost(SOON).untilAsserted(() -> {
            Set<String> groups = kafka.listGroups().all().get().stream()
                    .map(GroupListing::groupId)
                    .collect(Collectors.toSet());
            assertThat(groups).containsAll(READERS);
            for (String reader : READERS) {
                Map<TopicPartition, OffsetAndMetadata> read = committed(kafka, reader);
                Map<TopicPartition, Long> end = offsets(kafka, read.keySet(), OffsetSpec.latest());
                assertThat(read)
                        .allSatisfy((partition, at) -> assertThat(at.offset())
                                .as("%s in %s", reader, partition)
                                .isEqualTo(end.get(partition)));
            }
        });
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin kafka, String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(kafka.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
        committed.values().removeIf(Objects::isNull);
        return committed;
    }

    private static Map<TopicPartition, Long> offsets(Admin kafka, Set<TopicPartition> partitions, OffsetSpec which)
            throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, which));
        Map<TopicPartition, Long> answer = new HashMap<>();
        kafka.listOffsets(asked).all().get().forEach((partition, info) -> answer.put(partition, info.offset()));
        return answer;
    }
}
