package org.openingminute.local.benchmark;

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
import org.openingminute.local.SystemInside;

/** What the database says about a measurement, asked as its superuser and outside of every measurement. For one thread. */
final class Database implements AutoCloseable {

    private final Connection connection;

    Database(SystemInside inside) throws SQLException {
        connection =
                DriverManager.getConnection(inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
    }

    Connection connection() {
        return connection;
    }

    /** All registrations of a conference. */
    Set<UUID> registrations(String slug) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select id from registration where conference = ?")) {
            statement.setString(1, slug);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return ids;
    }

    /** Rows per registration of a conference, by table. */
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
        rows.put("outbox", number("""
                select count(*) from outbox where message_key in (select id::text from registration where conference = ?)
                """, slug) / registrations);
        return rows;
    }

    /** Waits until the outbox is relayed, so that one measurement does not pay for another; the seconds it took. */
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

    /** Transactions so far, of the service's database. This connection's own are among them. */
    double transactions() throws SQLException {
        number("select 1 from pg_stat_clear_snapshot()");
        return number("select xact_commit + xact_rollback from pg_stat_database where datname = current_database()");
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

    /** The settings that a reader of figures asks for first. */
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
