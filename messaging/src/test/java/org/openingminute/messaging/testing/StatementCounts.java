package org.openingminute.messaging.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Counts the statements that a service sends to its database, by {@code pg_stat_statements}. */
public final class StatementCounts {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration BECOMES_IDLE_WITHIN = Duration.ofSeconds(60);

    private final JdbcClient jdbc;
    private final String database;

    private StatementCounts(String database) {
        this.jdbc = JdbcClient.create(
                new DriverManagerDataSource(TestInfrastructure.administrativeDatabase(), "postgres", "postgres"));
        this.database = database;
        // Test classes that run beside each other would make it twice.
        jdbc.sql("""
                do $$ begin create extension if not exists pg_stat_statements; exception when unique_violation then null; end $$
                """).update();
    }

    /** @param service a client of the service's database */
    public static StatementCounts of(JdbcClient service) {
        return new StatementCounts(
                service.sql("select current_database()").query(String.class).single());
    }

    /** How often each statement was executed so far, by its text. */
    public Map<String, Long> calls() {
        Map<String, Long> calls = new HashMap<>();
        jdbc.sql("""
                select query, sum(calls) as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
                 where datname = ? group by query
                """).param(database).query(row -> {
            calls.put(row.getString("query").replaceAll("\\s+", " "), row.getLong("calls"));
        });
        return calls;
    }

    /** Waits until the service has sent no more statements a second for ten seconds, and fails if it never does. */
    public void awaitIdle(double statementsPerSecond) {
        Awaitility.await()
                .atMost(BECOMES_IDLE_WITHIN)
                .pollDelay(Duration.ZERO)
                .until(this::ofOneWindow, window -> sum(window) <= statementsPerSecond * WINDOW.toSeconds());
    }

    private Window ofOneWindow() throws InterruptedException {
        Map<String, Long> before = calls();
        Thread.sleep(WINDOW);
        Map<String, Long> after = calls();
        after.replaceAll((text, calls) -> calls - before.getOrDefault(text, 0L));
        return new Window(after);
    }

    private static long sum(Window window) {
        return window.calls().values().stream().mapToLong(Long::longValue).sum();
    }

    private record Window(Map<String, Long> calls) {

        /** The statements, the most frequent first. */
        @Override
        public String toString() {
            List<String> lines = calls.entrySet().stream()
                    .filter(one -> one.getValue() > 0)
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .map(one -> one.getValue() + " " + one.getKey())
                    .toList();
            return lines.stream().collect(Collectors.joining("\n", "in " + WINDOW.toSeconds() + " s:\n", ""));
        }
    }
}
