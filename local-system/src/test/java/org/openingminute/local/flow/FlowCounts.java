package org.openingminute.local.flow;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What PostgreSQL has counted: statements by {@code pg_stat_statements}, transactions by {@code
 * pg_stat_database}, WAL by its position. Its own questions are those of another account, and do not count. For one thread.
 */
public final class FlowCounts {

    /** After this time at the latest a connection tells of its transactions. */
    public static final Duration TRANSACTIONS_ARE_TOLD = Duration.ofMillis(10_500);

    /** Of these the sandbox has its tables in the database of payment. */
    public static final List<String> PARTS = List.of("registration", "payment", "sandbox", "notification");

    private static final Text POLL = new Text("registration", "(requests for the state of a registration)");
    /** A statement of fewer executions for each flow is not told. */
    private static final double RARE = 0.05;

    private final Connection connection;

    /** @param connection of the superuser, to the database {@code postgres} */
    public FlowCounts(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("create extension if not exists pg_stat_statements");
            statement.execute("create extension if not exists pg_walinspect");
        }
    }

    /**
     * Everything that was counted up to an instant, or between two.
     *
     * @param seconds since some instant
     * @param texts how often each statement was executed, by its part and its text
     * @param transactions by database
     * @param wal bytes, without full-page images
     * @param images bytes of full-page images
     * @param checkpoints that were done
     */
    public record Counts(
            double seconds,
            Map<Text, Double> texts,
            Map<String, Double> transactions,
            double wal,
            double images,
            double checkpoints) {

        /** Without what an idle system does in this time. */
        public Counts without(Counts idle) {
            double times = seconds / idle.seconds();
            return new Counts(
                    seconds,
                    less(texts, idle.texts(), times),
                    less(transactions, idle.transactions(), times),
                    wal - idle.wal() * times,
                    images,
                    checkpoints);
        }

        /** For each of so many. */
        public Counts each(double many) {
            return new Counts(
                    seconds / many,
                    less(texts, texts, 1 - 1 / many),
                    less(transactions, transactions, 1 - 1 / many),
                    wal / many,
                    images / many,
                    checkpoints / many);
        }

        /** Without requests for the state of a registration, each of which is one statement and one transaction. */
        public Counts withoutPolls(double polls) {
            return new Counts(
                    seconds,
                    less(texts, Map.of(POLL, 1.0), polls),
                    less(transactions, Map.of(POLL.part(), 1.0), polls),
                    wal,
                    images,
                    checkpoints);
        }

        /** Statements of a part. */
        public double statements(String part) {
            return texts.entrySet().stream()
                    .filter(one -> one.getKey().part().equals(part))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }

        public double statements() {
            return PARTS.stream().mapToDouble(this::statements).sum();
        }

        public double transactions(String database) {
            return transactions.getOrDefault(database, 0.0);
        }

        public double allTransactions() {
            return transactions.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }

        /** The statements of a part, the most frequent first, as lines for people. */
        public List<String> lines(String part) {
            return texts.entrySet().stream()
                    .filter(one -> one.getKey().part().equals(part) && Math.abs(one.getValue()) >= RARE)
                    .sorted(Map.Entry.<Text, Double>comparingByValue().reversed())
                    .map(one -> String.format(
                            Locale.ROOT,
                            "%7.2f %s",
                            one.getValue(),
                            one.getKey().text()))
                    .toList();
        }

        static <K> Map<K, Double> less(Map<K, Double> of, Map<K, Double> by, double times) {
            Map<K, Double> left = new HashMap<>(of);
            by.forEach((key, count) -> left.merge(key, -count * times, Double::sum));
            return left;
        }
    }

    /** A statement, its values left out. */
    public record Text(String part, String text) {}

    /** A place in the server's counts. */
    public record Mark(Counts counts, String position) {}

    public Mark mark() throws SQLException {
        String position = text("select pg_current_wal_lsn()::text");
        Counts counts = new Counts(
                System.nanoTime() / 1e9,
                texts(),
                transactions(),
                0,
                0,
                number("select num_done from pg_stat_checkpointer"));
        return new Mark(counts, position);
    }

    /** What was counted between two places. */
    public Counts between(Mark before, Mark after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select sum(record_size), sum(fpi_size) from pg_get_wal_stats(?::pg_lsn, ?::pg_lsn)")) {
            statement.setString(1, before.position());
            statement.setString(2, after.position());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return new Counts(
                        after.counts().seconds() - before.counts().seconds(),
                        Counts.less(after.counts().texts(), before.counts().texts(), 1),
                        Counts.less(
                                after.counts().transactions(), before.counts().transactions(), 1),
                        rows.getDouble(1),
                        rows.getDouble(2),
                        after.counts().checkpoints() - before.counts().checkpoints());
            }
        }
    }

    /** Settings of the server, each with its value. */
    public List<String> settings(List<String> names) throws SQLException {
        Map<String, String> found = new TreeMap<>();
        for (String name : names) {
            found.put(name, text("select current_setting('" + name + "')"));
        }
        return found.entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue())
                .toList();
    }

    private Map<Text, Double> texts() throws SQLException {
        Map<Text, Double> texts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select case when s.query ~ 'sandbox\\.' then 'sandbox' else d.datname end, s.query, s.calls
                          from pg_stat_statements s
                          join pg_database d on d.oid = s.dbid
                          join pg_roles r on r.oid = s.userid and r.rolname = d.datname
                        """)) {
            while (rows.next()) {
                String text = rows.getString(2).replaceAll("\\s+", " ").strip();
                texts.merge(new Text(rows.getString(1), text), rows.getDouble(3), Double::sum);
            }
        }
        return texts;
    }

    private Map<String, Double> transactions() throws SQLException {
        Map<String, Double> transactions = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select datname, xact_commit + xact_rollback from pg_stat_database
                         where datname in ('registration', 'payment', 'notification')
                        """)) {
            while (rows.next()) {
                transactions.put(rows.getString(1), rows.getDouble(2));
            }
        }
        return transactions;
    }

    private double number(String query) throws SQLException {
        return Double.parseDouble(text(query));
    }

    private String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
