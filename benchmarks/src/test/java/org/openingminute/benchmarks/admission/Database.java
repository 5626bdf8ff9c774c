package org.openingminute.benchmarks.admission;

import java.io.BufferedReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openingminute.local.SystemInside;
import org.openingminute.messaging.outbox.Frames;

/** Reads what a measurement has left in the database, as superuser and between measurements. For one thread. */
final class Database implements AutoCloseable {

    private static final Duration RELOAD_LIMIT = Duration.ofSeconds(10);

    /** Names of the counts. */
    static final String CHECKPOINTS = "checkpoints";

    static final String IMAGES = "full-page images";

    private final SystemInside inside;
    private final Connection connection;

    Database(SystemInside inside) throws SQLException {
        this.inside = inside;
        connection =
                DriverManager.getConnection(inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
    }

    Connection connection() {
        return connection;
    }

    /** Returns all registrations of a conference except filled-in ones. */
    Set<UUID> registrations(String slug) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select id from registration where conference = ? and number >= 0")) {
            statement.setString(1, slug);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return ids;
    }

    /** Returns the rows per registration of a conference, by table. */
    Map<String, Double> rowsPerRegistration(String slug) throws SQLException {
        Map<String, Double> rows = new LinkedHashMap<>();
        double registrations = number("select count(*) from registration where conference = ?", slug);
        rows.put("registration", 1.0);
        rows.put("attendee", number("select count(*) from attendee where conference = ?", slug) / registrations);
        rows.put(
                "idempotency",
                number("select count(*) from idempotency where scope = 'register:' || ?", slug) / registrations);
        rows.put("timeline", number("""
                select count(*) from timeline t join registration r on r.id = t.registration_id where conference = ?
                """, slug) / registrations);
        rows.put("unpaid", number("select count(*) from unpaid where conference = ?", slug) / registrations);
        rows.put("outbox, messages", messagesOf(slug) / registrations);
        return rows;
    }

    private double messagesOf(String slug) throws SQLException {
        Set<String> keys = registrations(slug).stream().map(UUID::toString).collect(Collectors.toSet());
        return outbox().values().stream()
                .flatMap(List::stream)
                .filter(message -> keys.contains(message.key()))
                .count();
    }

    /** Returns the messages of each row of the outbox, by position. */
    Map<Long, List<ProducerRecord<String, byte[]>>> outbox() throws SQLException {
        Map<Long, List<ProducerRecord<String, byte[]>>> messages = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select position, frames from outbox order by position")) {
            while (rows.next()) {
                messages.put(rows.getLong(1), Frames.unpack(rows.getBytes(2)));
            }
        }
        return messages;
    }

    /** Waits until the outbox is relayed, so that the next measurement does not pay for it; returns the seconds. */
    double awaitRelayed(Duration limit) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        while (number("""
                select count(*) from (select 1 from outbox o, outbox_cursor c
                 where (o.incarnation, o.transaction_id, o.position) > (c.incarnation, c.transaction_id, c.position)
                 limit 1) as waiting
                """) > 0) {
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw new IllegalStateException("the outbox is not relayed after " + limit.toSeconds() + " s");
            }
            Thread.sleep(50);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    /**
     * Counts the statements per second that services send during the work, by the server's log, which is only on meanwhile.
     *
     * @param log the server's log file
     */
    double statementsPerSecond(Path log, Callable<?> work) throws Exception {
        run("alter system set log_statement = 'all'");
        run("alter system set log_line_prefix = '%u@%d '");
        reload("all");
        long from = Files.size(log);
        long begin = System.nanoTime();
        work.call();
        double seconds = (System.nanoTime() - begin) / 1e9;
        run("alter system reset log_statement");
        run("alter system reset log_line_prefix");
        reload("none");
        try (FileChannel channel = FileChannel.open(log);
                BufferedReader lines =
                        new BufferedReader(Channels.newReader(channel.position(from), StandardCharsets.UTF_8))) {
            return lines.lines()
                            .filter(line -> line.startsWith("registration@registration log:  execute")
                                    || line.startsWith("registration@registration log:  statement"))
                            .count()
                    / seconds;
        }
    }

    /**
     * Reloads the configuration and waits until it is in force. The server signals all sessions at once, including this one; each applies
     * it before its next statement.
     *
     * @param logStatement the setting's expected value
     */
    private void reload(String logStatement) throws SQLException, InterruptedException {
        run("select pg_reload_conf()");
        long begin = System.nanoTime();
        while (!texts("show log_statement").getFirst().equals(logStatement)) {
            if (System.nanoTime() - begin > RELOAD_LIMIT.toNanos()) {
                throw new IllegalStateException(
                        "log_statement is not " + logStatement + " after " + RELOAD_LIMIT.toSeconds() + " s");
            }
            Thread.sleep(5);
        }
    }

    /** Opens a snapshot like {@code pg_dump}'s; until it is closed, old row versions stay. */
    Connection snapshot() throws SQLException {
        return transaction("set transaction isolation level repeatable read", "select count(*) from conference");
    }

    /** Locks the row that every registration of a conference needs, until the connection is closed. */
    Connection locked(String slug) throws SQLException {
        return transaction("select 1 from inventory where conference = '" + slug + "' for update");
    }

    private Connection transaction(String... statements) throws SQLException {
        Connection other =
                DriverManager.getConnection(connection.getMetaData().getURL(), "postgres", inside.superuserPassword());
        other.setAutoCommit(false);
        try (var statement = other.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        return other;
    }

    /** Returns checkpoints and full-page images since the server's counts began. */
    Map<String, Double> counted() throws SQLException {
        return Map.of(
                CHECKPOINTS, number("select num_done from pg_stat_checkpointer"),
                IMAGES, number("select wal_fpi from pg_stat_wal"));
    }

    double databaseBytes() throws SQLException {
        return number("select pg_database_size(current_database())");
    }

    double number(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getDouble(1);
            }
        }
    }

    /** Returns the settings that matter most for the figures. */
    Map<String, String> settings() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : List.of(
                "server_version",
                "fsync",
                "synchronous_commit",
                "full_page_writes",
                "shared_buffers",
                "max_wal_size",
                "max_connections")) {
            settings.put(name, texts("show " + name).getFirst());
        }
        return settings;
    }

    List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = connection.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
