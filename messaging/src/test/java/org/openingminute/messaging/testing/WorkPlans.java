package org.openingminute.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.openingminute.messaging.DueWork;

/**
 * Reads the plans of the statements that a service's work pool has executed so far. Its connections list their prepared statements, which
 * are explained with generic plans.
 */
public final class WorkPlans {

    private static final Pattern EXPLAINED = Pattern.compile("(?is)\\s*(select|insert|update|delete|with)\\b.*");
    private static final Pattern SCAN = Pattern.compile("Seq Scan on (?:[a-z]+\\.)?(\\w+)");

    /** This table has one row in every service. */
    private static final String OUTBOX_CURSOR = "outbox_cursor";

    private WorkPlans() {}

    /** Makes the pool open new connections, so that the statements of earlier tests do not count as the service's work. */
    public static void forget(DataSource pool) throws SQLException {
        pool.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
    }

    /** The plans by statement. It waits for all connections of the pool and holds them meanwhile. */
    private static Map<String, String> of(DataSource pool) throws SQLException {
        HikariDataSource connections = pool.unwrap(HikariDataSource.class);
        Map<String, String> plans = new TreeMap<>();
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = connections.getHikariPoolMXBean().getTotalConnections(); i > 0; i--) {
                held.add(connections.getConnection());
            }
            for (Connection connection : held) {
                explain(connection, plans);
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
        return plans;
    }

    /** The plans of the queries with which jobs find their due work. */
    private static Map<String, String> of(DataSource pool, Collection<DueWork> jobs) throws SQLException {
        Map<String, String> plans = new TreeMap<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (DueWork job : jobs) {
                plans.put(
                        job.dueAt(),
                        plan(statement, "(generic_plan) ", job.dueAt().replace(":now", "$1")));
            }
        }
        return plans;
    }

    /**
     * The plans, of the pool and of jobs, that read all rows of a table.
     *
     * @param least the number of statements of the pool that must be exceeded, or too few were exercised
     * @param tablesOfOneRow tables that may be read as a whole
     */
    public static Map<String, String> scanning(
            DataSource pool, Collection<DueWork> jobs, int least, Set<String> tablesOfOneRow) throws SQLException {
        Map<String, String> plans = of(pool);
        assertThat(plans).hasSizeGreaterThan(least);
        plans.putAll(of(pool, jobs));
        plans.values()
                .removeIf(plan -> SCAN.matcher(plan)
                        .results()
                        .map(scan -> scan.group(1))
                        .allMatch(table -> OUTBOX_CURSOR.equals(table) || tablesOfOneRow.contains(table)));
        return plans;
    }

    /** Makes the planner treat every table as having a million rows or more. */
    public static void pretendMillionsOfRows(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    update pg_class set reltuples = 1000000, relpages = 1
                     where relkind = 'r' and relnamespace in (select oid from pg_namespace where nspname in ('public', 'sandbox'))
                    """);
        }
    }

    private static void explain(Connection connection, Map<String, String> plans) throws SQLException {
        Map<String, String> executions = new TreeMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(
                    "select name, statement, cardinality(parameter_types) from pg_prepared_statements")) {
                while (rows.next()) {
                    String text = rows.getString(2).replaceAll("\\s+", " ").strip();
                    if (EXPLAINED.matcher(text).matches()) {
                        executions.put(text, execution(rows.getString(1), rows.getInt(3)));
                    }
                }
            }
            for (Map.Entry<String, String> one : executions.entrySet()) {
                plans.put(one.getKey(), plan(statement, "", one.getValue()));
            }
        }
    }

    private static String execution(String name, int parameters) {
        String nulls = String.join(", ", Collections.nCopies(parameters, "null"));
        return "execute \"" + name + "\"" + (parameters == 0 ? "" : "(" + nulls + ")");
    }

    private static String plan(Statement statement, String how, String execution) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("explain " + how + execution)) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }
}
