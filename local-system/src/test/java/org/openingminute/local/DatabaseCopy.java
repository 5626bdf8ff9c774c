package org.openingminute.local;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * The contents of one database at one instant, like a dump. Tests copy by SQL, because PostgreSQL's own tools are not installed everywhere.
 *
 * @param tables the rows of each table, in COPY format
 * @param sequences the next value of each sequence
 */
public record DatabaseCopy(String name, Map<Table, byte[]> tables, Map<String, Long> sequences) {

    /** @param columns the names of the columns that are not generated */
    record Table(String name, String columns) {}

    /** Copies a database while it is in use. */
    public static DatabaseCopy of(SystemInside inside, String name) throws SQLException, IOException {
        try (Connection connection = connection(inside, name);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read read only");
            CopyManager copies = new CopyManager(connection.unwrap(BaseConnection.class));
            Map<Table, byte[]> tables = new LinkedHashMap<>();
            for (Table table : tables(statement)) {
                ByteArrayOutputStream rows = new ByteArrayOutputStream();
                copies.copyOut("copy %s (%s) to stdout".formatted(table.name(), table.columns()), rows);
                tables.put(table, rows.toByteArray());
            }
            Map<String, Long> sequences = new LinkedHashMap<>();
            try (ResultSet row = statement.executeQuery("""
                    select format('%I.%I', schemaname, sequencename), coalesce(last_value + increment_by, start_value)
                      from pg_sequences
                    """)) {
                while (row.next()) {
                    sequences.put(row.getString(1), row.getLong(2));
                }
            }
            return new DatabaseCopy(name, tables, sequences);
        }
    }

    private static List<Table> tables(Statement statement) throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("""
                select format('%I.%I', nspname, relname),
                       (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '')
                  from pg_class c join pg_namespace n on n.oid = relnamespace
                 where relkind = 'r' and nspname in ('public', 'sandbox')
                """)) {
            while (row.next()) {
                tables.add(new Table(row.getString(1), row.getString(2)));
            }
        }
        return tables;
    }

    /**
     * Creates a new database from the copy and replaces the old one with it; nobody may be connected to the old one. The sandbox stays as
     * it is: it plays a foreign provider, whose records cannot be set back.
     */
    public void restore(SystemInside inside) throws SQLException, IOException {
        try (Connection server = connection(inside, "postgres");
                Statement statement = server.createStatement()) {
            statement.execute("create database restored template %s owner %s".formatted(name, name));
            fill(inside);
            statement.execute("drop database " + name);
            statement.execute("alter database restored rename to " + name);
            statement.execute("revoke connect on database %s from public".formatted(name));
        }
    }

    private void fill(SystemInside inside) throws SQLException, IOException {
        try (Connection connection = connection(inside, "restored")) {
            fill(connection, table -> !table.startsWith("sandbox."));
        }
    }

    /** Replaces the contents of a database, including the sandbox, with the copy. */
    public void fill(Connection connection) throws SQLException, IOException {
        fill(connection, _ -> true);
    }

    private void fill(Connection connection, Predicate<String> which) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // Disables triggers and foreign keys, which pg_restore would create last.
            statement.execute("set session_replication_role = replica");
            CopyManager copies = new CopyManager(connection.unwrap(BaseConnection.class));
            for (Table table : tables(statement)) {
                if (which.test(table.name())) {
                    statement.execute("truncate %s cascade".formatted(table.name()));
                }
            }
            for (Map.Entry<Table, byte[]> table : tables.entrySet()) {
                if (which.test(table.getKey().name())) {
                    copies.copyIn(
                            "copy %s (%s) from stdin"
                                    .formatted(
                                            table.getKey().name(),
                                            table.getKey().columns()),
                            new ByteArrayInputStream(table.getValue()));
                }
            }
            for (Map.Entry<String, Long> sequence : sequences.entrySet()) {
                if (which.test(sequence.getKey())) {
                    statement.execute(
                            "select setval('%s', %d, false)".formatted(sequence.getKey(), sequence.getValue()));
                }
            }
            connection.commit();
        }
    }

    private static Connection connection(SystemInside inside, String database) throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl(database), "postgres", inside.superuserPassword());
    }
}
