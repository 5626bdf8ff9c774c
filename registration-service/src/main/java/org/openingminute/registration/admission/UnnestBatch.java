package org.openingminute.registration.admission;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Statements that are sent to the server together and executed in order, so that a batch needs one round trip instead of seven while it
 * holds the lock. Used by one thread, once.
 */
final class UnnestBatch {

    private final StringBuilder sql = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    /** @param values the values of the statement's parameters, in order */
    void add(String statement, Object... values) {
        sql.append(statement.strip()).append(";\n");
        parameters.addAll(Arrays.asList(values));
    }

    void run(JdbcClient jdbc) {
        jdbc.sql(sql.toString()).params(parameters).update();
    }

    /** Turns rows into the arrays of {@code unnest}. */
    static final class Columns {

        private Columns() {}

        static <R, T extends @Nullable Object> T[] of(List<R> rows, Function<R, T> column, IntFunction<T[]> array) {
            return rows.stream().map(column).toArray(array);
        }

        /**
         * Encodes long texts for {@code bytea[]} and {@code convert_from}: the driver copies bytes unchanged, but texts character by
         * character into a growing buffer. Uses all processors, because the batch holds the lock meanwhile.
         */
        static <R> byte[][] utf8(List<R> rows, Function<R, String> column) {
            return rows.parallelStream()
                    .map(row -> column.apply(row).getBytes(StandardCharsets.UTF_8))
                    .toArray(byte[][]::new);
        }
    }
}
