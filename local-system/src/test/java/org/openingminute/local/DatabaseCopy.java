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
 * What one database held at one moment, as a dump would have it, for tests: PostgreSQL's own tools are not wherever they run.
 *
 * @param tables the rows of each, by its name and columns
 * @param sequences where each goes on
 */
public record DatabaseCopy(String name, Map<Table, byte[]> tables, Map<String, Long> sequences) {

    /** @param columns those that are not computed */
    record Table(String name, String columns) {}

    /** Copies a database that is in use. */
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
     * Makes a new database of the copy and puts it in the place of the old one, to which nobody may be connected. The sandbox
     * stays as it is: it plays a stranger, whose books nobody here can set back.
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

    /** Replaces what a database holds by all of the copy, the sandbox included. */
    public void fill(Connection connection) throws SQLException, IOException {
        fill(connection, _ -> true);
    }

    private void fill(Connection connection, Predicate<String> which) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // As pg_restore does, which makes triggers and foreign keys last.
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
