package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves how many statements the relay sends to a real PostgreSQL, by the server's own count. */
class RelayStatementsIT {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final String topic = "counted-" + UUID.randomUUID();
    private final String database = TestInfrastructure.newDatabase("counted");
    private final JdbcClient statistics = JdbcClient.create(
            new DriverManagerDataSource(TestInfrastructure.newDatabase("statistics"), "postgres", "postgres"));
    private Writer writer;

    @BeforeEach
    void begin() {
        statistics.sql("create extension pg_stat_statements").update();
        writer = new WithRelay(database, topic).writer(topic);
        writer.write("lock", List.of("key"), 1);
        awaitSent();
        // The relay's first statements may end after its first message.
        await().atMost(LONG).until(() -> calls(RelayStatementsIT::notesPresence) >= 2);
        reset();
    }

    @AfterEach
    void end() {
        writer.close();
    }

    @Test
    void a_commit_alone_costs_one_page_and_one_move_of_the_cursor() {
        int commits = 20;
        for (int i = 1; i <= commits; i++) {
            writer.write("lock", List.of("key"), i + 1);
            awaitSent();
        }

        // A poll may fall between a commit and its signal, and any transaction of the server holds messages back.
        assertThat(calls(RelayStatementsIT::readsPage)).isBetween(commits, commits + commits / 2);
        assertThat(calls(RelayStatementsIT::movesCursor)).isEqualTo(commits);
        assertThat(others()).isEmpty();
    }

    @Test
    void an_idle_second_costs_the_relay_one_statement() {
        long began = System.nanoTime();
        reset();
        int noted = await().atMost(LONG).until(() -> calls(RelayStatementsIT::notesPresence), calls -> calls >= 5);

        int seconds = (int) ((System.nanoTime() - began) / 1_000_000_000) + 1;
        assertThat(noted).isLessThanOrEqualTo(seconds);
        assertThat(calls(RelayStatementsIT::followsIncarnations))
                .as("once more after the start")
                .isLessThanOrEqualTo(1);
        assertThat(calls(RelayStatementsIT::readsPage)).isZero();
        assertThat(calls(RelayStatementsIT::movesCursor)).isZero();
        assertThat(others()).isEmpty();
    }

    private void awaitSent() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(LONG)
                .until(() -> writer.outbox().waiting().messages() == 0);
    }

    private void reset() {
        statistics
                .sql("select pg_stat_statements_reset(0, (select oid from pg_database where datname = ?))")
                .param(name())
                .query()
                .listOfRows();
    }

    /** The number of calls of a kind of statement in this database. */
    private int calls(Predicate<String> kind) {
        return counts().entrySet().stream()
                .filter(count -> kind.test(count.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** The statements that neither a reader, nor a test, nor a metric sends. */
    private List<String> others() {
        return counts().keySet().stream()
                .filter(Predicate.not(RelayStatementsIT::readsPage)
                        .and(Predicate.not(RelayStatementsIT::movesCursor))
                        .and(Predicate.not(RelayStatementsIT::notesPresence))
                        .and(Predicate.not(RelayStatementsIT::followsIncarnations))
                        .and(Predicate.not(RelayStatementsIT::asksForAll))
                        .and(Predicate.not(RelayStatementsIT::writes))
                        .and(Predicate.not(RelayStatementsIT::samples)))
                .toList();
    }

    private static boolean readsPage(String statement) {
        return statement.contains("as held_back");
    }

    private static boolean movesCursor(String statement) {
        return statement.startsWith("update outbox_cursor");
    }

    private static boolean notesPresence(String statement) {
        return statement.contains("as leased_ms");
    }

    private static boolean followsIncarnations(String statement) {
        return statement.startsWith("with noted as");
    }

    /** The pulse of the jobs; {@code JobAlarmIT} proves how often it runs. */
    private static boolean asksForAll(String statement) {
        return statement.startsWith("select ((select");
    }

    private static boolean writes(String statement) {
        return statement.startsWith("insert into outbox ")
                || statement.contains("pg_current_xact_id_if_assigned")
                || statement.contains("pg_advisory_xact_lock");
    }

    private static boolean samples(String statement) {
        return statement.startsWith("with counted as") || statement.contains("from parked_message");
    }

    private Map<String, Integer> counts() {
        return statistics
                .sql("""
                        select query, calls from pg_stat_statements join pg_database d on d.oid = dbid
                         where datname = ? and query !~* '^(begin|commit|rollback|set) ?'
                        """)
                .param(name())
                .query((row, _) -> Map.entry(row.getString("query").strip(), row.getInt("calls")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Integer::sum));
    }

    private String name() {
        return database.substring(database.lastIndexOf('/') + 1);
    }
}
