package org.openingminute.benchmarks.admission;

import java.io.File;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.TestSystems;

/**
 * Inserts rows like those of production registrations: same tables, columns and bytes, other ids. Reads the columns from the database, so
 * that it follows changes of the tables.
 */
final class Templates {

    /** The conference whose registrations are copied. */
    static final String CONFERENCE = "benchmark-kinds";

    /** The prefix of references in filled-in rows. */
    static final String FILLED = "FILLED-";

    private static final int CHUNK = 20_000;

    private static final List<String> TABLES = List.of("registration", "idempotency", "outbox");

    private final Database database;

    Templates(Database database) {
        this.database = database;
    }

    /** Returns the SQL of a column's value; {@code null} keeps the original value. */
    @FunctionalInterface
    interface Writing {
        @Nullable
        String of(String table, String column, int row);
    }

    /** A table's rows as SQL values. */
    record Rows(String table, List<String> columns, List<List<String>> values) {

        String insert() {
            return "insert into " + table + " (" + String.join(", ", columns) + ") values "
                    + values.stream()
                            .map(row -> "(" + String.join(", ", row) + ")")
                            .collect(Collectors.joining(", "));
        }

        /** Returns one insert for each row, which selects from {@code from}. */
        List<String> inserts(String from) {
            return values.stream()
                    .map(row -> "insert into " + table + " (" + String.join(", ", columns) + ") select "
                            + String.join(", ", row) + " from " + from)
                    .toList();
        }
    }

    List<Rows> like(UUID registration, Writing writing) throws SQLException {
        List<Rows> all = new ArrayList<>();
        for (String table : TABLES) {
            String condition = switch (table) {
                case "registration" -> "id = ?::uuid";
                case "outbox" -> "position = ?::bigint";
                default -> "registration_id = ?::uuid";
            };
            all.add(rows(
                    table,
                    condition,
                    table.equals("outbox") ? appended(registration) : registration.toString(),
                    writing));
        }
        return all;
    }

    /** Returns the outbox position of a registration that was admitted in a batch of its own. */
    private String appended(UUID registration) throws SQLException {
        return database.outbox().entrySet().stream()
                .filter(row -> row.getValue().stream()
                        .anyMatch(message -> message.key().equals(registration.toString())))
                .map(row -> row.getKey().toString())
                .findFirst()
                .orElseThrow();
    }

    private Rows rows(String table, String condition, String parameter, Writing writing) throws SQLException {
        List<String> columns = columns(table);
        List<List<String>> values = new ArrayList<>();
        // A colon would begin a pgbench variable, even within a text.
        String select = columns.stream()
                .map(column -> """
                        'E''' || replace(replace(replace(%1$s::text, '\\', '\\\\'), '''', ''''''), ':', '\\x3a')
                        || '''::' || pg_typeof(%1$s)""".formatted(column))
                .collect(Collectors.joining(", ", "select ", " from " + table + " where " + condition));
        try (PreparedStatement statement = database.connection().prepareStatement(select)) {
            statement.setString(1, parameter);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 0; i < columns.size(); i++) {
                        String written = writing.of(table, columns.get(i), values.size());
                        String kept = found.getString(i + 1);
                        row.add(written != null ? written : kept == null ? "null" : kept);
                    }
                    values.add(row);
                }
            }
        }
        if (values.isEmpty()) {
            throw new IllegalStateException("no row of " + table + " has " + condition + " for " + parameter);
        }
        return new Rows(table, columns, values);
    }

    /** Returns the columns that an insert names; others have generated values. */
    private List<String> columns(String table) throws SQLException {
        return database.texts("""
                select column_name from information_schema.columns
                 where table_schema = 'public' and table_name = '%s' and is_identity = 'NO' and is_generated = 'NEVER'
                   and (column_default is null or column_default not like '%%(%%')
                 order by ordinal_position
                """.formatted(table));
    }

    /** The rows that exist before the measurement. */
    enum Before {
        /** Registrations of many conferences over 50 days; only the keys of the last 25 hours are kept. */
        OTHERS("of a thousand other conferences, the keys of 25 hours", "-' || n % 1000", " where n % 48 = 0"),
        /** Registrations of the conference on sale, all within the 25 hours for which keys are kept. */
        SAME("of the same conference, all of their keys", "'", "");

        private final String words;
        private final String conference;
        private final String keys;

        Before(String words, String conference, String keys) {
            this.words = words;
            this.conference = conference;
            this.keys = keys;
        }

        String words() {
            return words;
        }
    }

    /** Prepares inserts of any number of copies of a registration. */
    Filling filling(String slug, Before before, UUID like) throws SQLException {
        String conference = "'" + slug + before.conference;
        return new Filling(
                database,
                like(like, (table, column, row) -> filled(conference, table, column)).stream()
                        .filter(rows -> !rows.table().equals("outbox"))
                        .flatMap(rows -> rows
                                .inserts("generate_series(%d, %d) as g (n)"
                                        + (rows.table().equals("idempotency") ? before.keys : ""))
                                .stream())
                        .toList());
    }

    /** Prepared inserts of copies. */
    record Filling(Database database, List<String> inserts) {

        private static final File FOLDER = TestSystems.CHECKOUT.toFile();
        private static final long LEAST_FREE = 10_000_000_000L;

        /**
         * Inserts further registrations until the limit, or until the disk runs low.
         *
         * @param first the number of the first one; numbers must not repeat
         * @return the number of inserted registrations
         */
        int add(int first, int count, Duration limit) throws SQLException {
            long end = System.nanoTime() + limit.toNanos();
            // These rows may be lost in a crash.
            database.run("set synchronous_commit = off");
            int done = 0;
            while (done < count && System.nanoTime() < end && FOLDER.getUsableSpace() > LEAST_FREE) {
                int next = Math.min(CHUNK, count - done);
                for (String insert : inserts) {
                    database.run(insert.replace("%d, %d", (first + done) + ", " + (first + done + next - 1)));
                }
                done += next;
            }
            database.run("reset synchronous_commit");
            database.run("checkpoint");
            return done;
        }
    }

    private static @Nullable String filled(String conference, String table, String column) {
        return switch (table + "." + column) {
            case "registration.id", "idempotency.registration_id" -> uuid(7);
            case "registration.conference" -> conference;
            case "registration.number" -> "-n";
            case "idempotency.scope" -> "'register:' || " + conference;
            case "idempotency.key" -> "'" + FILLED + "' || n";
            case "idempotency.fingerprint" -> "hashtextextended('" + FILLED + "' || n, 0)";
            default -> null;
        };
    }

    /** Returns SQL for an id that sorts like production's. */
    private static String uuid(int kind) {
        return "('01900000-0000-7000-" + (8000 + kind) + "-' || lpad(to_hex(n), 12, '0'))::uuid";
    }

    /** Empties the tables. The relay's cursor stays valid, because positions only grow. */
    void empty() throws SQLException {
        database.run("truncate " + String.join(", ", TABLES) + " cascade");
    }
}
