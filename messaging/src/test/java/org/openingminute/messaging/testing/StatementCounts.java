package org.openingminute.messaging.testing;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Counts the statements that a service sends to its database, by {@code pg_stat_statements}, and its transactions, by
 * {@code pg_stat_database}. The check of a pooled connection counts as a transaction without a statement. The counter's own queries run in
 * another database and are not counted.
 */
public final class StatementCounts {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration BECOMES_IDLE_WITHIN = Duration.ofSeconds(60);
    /** The delay after which PostgreSQL reports a backend's last transaction, with a margin. */
    private static final Duration TELLS_WITHIN = Duration.ofSeconds(11);
    /** Statements with fewer executions are not printed. */
    private static final double RARE = 0.05;

    private final JdbcClient jdbc;
    private final String database;

    private StatementCounts(String database) {
        this.jdbc = JdbcClient.create(
                new DriverManagerDataSource(TestInfrastructure.administrativeDatabase(), "postgres", "postgres"));
        this.database = database;
        // Test classes that run in parallel could create it twice.
        jdbc.sql("""
                do $$ begin create extension if not exists pg_stat_statements; exception when unique_violation then null; end $$
                """).update();
    }

    /** @param service a client of the service's database */
    public static StatementCounts of(JdbcClient service) {
        return new StatementCounts(
                service.sql("select current_database()").query(String.class).single());
    }

    /**
     * Counts up to an instant, between two instants, or per unit.
     *
     * @param statements the executions by the text of the statement
     */
    public record Counts(double seconds, Map<String, Double> statements, double transactions) {

        public Counts since(Counts before) {
            return without(before, 1);
        }

        /** The counts per unit, after subtracting those of an idle service for the same time. */
        public Counts each(double many, Counts idle) {
            Counts busy = without(idle, seconds / idle.seconds);
            return new Counts(
                    seconds / many, less(busy.statements, busy.statements, 1 - 1 / many), busy.transactions / many);
        }

        private Counts without(Counts other, double times) {
            return new Counts(
                    seconds - other.seconds * times,
                    less(statements, other.statements, times),
                    transactions - other.transactions * times);
        }

        private static Map<String, Double> less(Map<String, Double> all, Map<String, Double> other, double times) {
            Map<String, Double> left = new TreeMap<>();
            all.forEach((text, count) -> left.put(text, count - other.getOrDefault(text, 0.0) * times));
            return left;
        }

        /** The executions of the statements that match. */
        public double sum(Predicate<String> texts) {
            return statements.entrySet().stream()
                    .filter(one -> texts.test(one.getKey()))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }

        /** Lists the statements, the most frequent first. */
        @Override
        public String toString() {
            return statements.entrySet().stream()
                    .filter(one -> Math.abs(one.getValue()) >= RARE)
                    .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                    .map(one -> String.format(Locale.ROOT, "%n%7.2f %s", one.getValue(), one.getKey()))
                    .collect(Collectors.joining(
                            "", String.format(Locale.ROOT, "%.1f transactions, %.1f s", transactions, seconds), ""));
        }
    }

    /** The counts so far. A backend reports its transactions at most once a second, and ten seconds after its last one. */
    public Counts now() {
        Map<String, Double> statements = new TreeMap<>();
        jdbc.sql("""
                select query, calls from pg_stat_statements s join pg_database d on d.oid = s.dbid where datname = ?
                """).param(database).query(row -> {
            statements.merge(
                    row.getString("query").replaceAll("\\s+", " ").strip(), row.getDouble("calls"), Double::sum);
        });
        double transactions = jdbc.sql("select xact_commit + xact_rollback from pg_stat_database where datname = ?")
                .param(database)
                .query(Double.class)
                .single();
        return new Counts(System.nanoTime() / 1e9, statements, transactions);
    }

    /** Waits until every backend has reported its transactions, so that none of them is counted later. */
    public void awaitTold() throws InterruptedException {
        Thread.sleep(TELLS_WITHIN);
    }

    /**
     * Makes every connection of a pool report its transactions at once, which costs one or two more on each. It waits for all connections
     * and holds them meanwhile. The service's own connections are in constant use and report within two seconds.
     */
    public static void tellNow(DataSource pool) throws SQLException {
        HikariDataSource connections = pool.unwrap(HikariDataSource.class);
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = connections.getHikariPoolMXBean().getTotalConnections(); i > 0; i--) {
                held.add(connections.getConnection());
            }
            for (Connection connection : held) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("select pg_stat_force_next_flush()");
                }
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    /** Waits until the service has sent at most this many statements a second for ten seconds, and fails if that never happens. */
    public void awaitIdle(double statementsPerSecond) {
        Awaitility.await()
                .atMost(BECOMES_IDLE_WITHIN)
                .pollDelay(Duration.ZERO)
                .until(this::ofOneWindow, window -> window.sum(_ -> true) <= statementsPerSecond * WINDOW.toSeconds());
    }

    private Counts ofOneWindow() throws InterruptedException {
        Counts before = now();
        Thread.sleep(WINDOW);
        return now().since(before);
    }
}
