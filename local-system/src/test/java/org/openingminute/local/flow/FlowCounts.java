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
 * The counts of PostgreSQL: statements by {@code pg_stat_statements}, transactions by {@code pg_stat_database}, WAL by its position. The
 * queries for the counts use another account and are not counted. Not thread-safe.
 */
public final class FlowCounts {

    /** The sandbox has its tables in the database of payment; the relay covers that of each service. */
    public static final List<String> PARTS = List.of("registration", "payment", "sandbox", "notification", "relay");

    public static final List<String> DATABASES = List.of("registration", "payment", "notification");

    private static final Text POLL = new Text("registration", "(requests for the state of a registration)");
    /** A statement with fewer executions per flow is not listed. */
    private static final double RARE = 0.05;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    /** The number of consecutive polls without any new execution. */
    private static final int QUIET_LOOKS = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Connection connection;

    /** @param connection a superuser's connection to the database {@code postgres} */
    public FlowCounts(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("create extension if not exists pg_stat_statements");
            statement.execute("create extension if not exists pg_walinspect");
        }
    }

    /**
     * The counts up to an instant, or between two instants.
     *
     * @param seconds since some instant
     * @param texts the executions of each statement, by its part and text
     * @param transactions the transactions by database
     * @param wal bytes, without full-page images
     * @param images bytes of full-page images
     * @param checkpoints the completed checkpoints
     */
    public record Counts(
            double seconds,
            Map<Text, Double> texts,
            Map<String, Double> transactions,
            double wal,
            double images,
            double checkpoints) {

        /** Subtracts the work of an idle system in the same time. */
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

        /** The counts per flow. */
        public Counts each(double many) {
            return new Counts(
                    seconds / many,
                    less(texts, texts, 1 - 1 / many),
                    less(transactions, transactions, 1 - 1 / many),
                    wal / many,
                    images / many,
                    checkpoints / many);
        }

        /** Subtracts polls for a registration's state, each of which is one statement and one transaction. */
        public Counts withoutPolls(double polls) {
            return new Counts(
                    seconds,
                    less(texts, Map.of(POLL, 1.0), polls),
                    less(transactions, Map.of(POLL.part(), 1.0), polls),
                    wal,
                    images,
                    checkpoints);
        }

        /**
         * Rounds each statement to a whole number. If flows share nothing, that is the number per flow, without jobs that run once a
         * minute.
         */
        public Counts whole() {
            Map<Text, Double> whole = new HashMap<>();
            texts.forEach((text, count) -> whole.put(text, Math.rint(count)));
            return new Counts(seconds, whole, transactions, wal, images, checkpoints);
        }

        /** The statements of a part. */
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

        /** The statements of some parts as lines of text, the most frequent first. */
        public List<String> lines(List<String> parts) {
            return texts.entrySet().stream()
                    .filter(one -> parts.contains(one.getKey().part()) && Math.abs(one.getValue()) >= RARE)
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

    /** The parts that have tables in a database. */
    public static List<String> partsOf(String database) {
        return database.equals("payment") ? List.of(database, "sandbox", "relay") : List.of(database, "relay");
    }

    /** A statement without its values. */
    public record Text(String part, String text) {}

    /** A snapshot of the server's counts. */
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

    /**
     * Starts or stops counting statements, which costs some time for each. Autovacuum is off meanwhile, because its transactions and WAL
     * belong to no registration.
     */
    public void track(boolean statements) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "alter system set pg_stat_statements.track = '%s'".formatted(statements ? "top" : "none"));
            statement.execute("alter system set autovacuum = %s".formatted(statements ? "off" : "on"));
            statement.execute("select pg_reload_conf()");
        }
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (statements
                && number("select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'") > 0) {
            lookAgain(giveUp, "tables are still vacuumed");
        }
    }

    /**
     * Waits until only the work of an idle system is left.
     *
     * @throws IllegalStateException after two minutes
     */
    public void awaitQuiet(Counts idle) throws SQLException, InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        double before = -1;
        for (int quiet = 0; quiet < QUIET_LOOKS; ) {
            double now = texts().entrySet().stream()
                    .filter(one -> idle.texts().getOrDefault(one.getKey(), 0.0) == 0)
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
            lookAgain(giveUp, "statements are still executed that an idle system does not execute");
        }
    }

    /**
     * Waits until the counts include all transactions that ended before the call. A connection's process reports its transactions when it
     * becomes idle, but at most once a second, and otherwise 10 s after it became idle.
     *
     * @throws IllegalStateException after two minutes
     */
    public void awaitTransactionsTold() throws SQLException, InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        String told = text("select clock_timestamp() + interval '1.1 s'");
        while (number("""
                select count(*) from pg_stat_activity
                 where usename = datname and pid <> pg_backend_pid()
                   and not coalesce(state = 'idle' and (state_change > '%s'
                       or state_change < clock_timestamp() - interval '10.2 s'), false)
                """.formatted(told)) > 0) {
            lookAgain(giveUp, "connections have not told of their transactions");
        }
    }

    private static void lookAgain(long giveUp, String otherwise) throws InterruptedException {
        if (System.nanoTime() > giveUp) {
            throw new IllegalStateException(otherwise);
        }
        Thread.sleep(LOOK_AGAIN);
    }

    /** The counts between two snapshots. */
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

    /** Settings of the server with their values. */
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
                        select case when s.query ~ 'sandbox\\.' then 'sandbox'
                                    when s.query ~ 'outbox' and s.query !~ 'insert into outbox' then 'relay'
                                    else d.datname end,
                               s.query, s.calls
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
