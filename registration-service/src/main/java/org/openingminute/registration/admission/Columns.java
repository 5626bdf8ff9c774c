package org.openingminute.registration.admission;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Turns rows into the arrays that {@code unnest} takes. */
final class Columns {

    private Columns() {}

    static <R, T extends @Nullable Object> T[] of(List<R> rows, Function<R, T> column, IntFunction<T[]> array) {
        return rows.stream().map(column).toArray(array);
    }

    /**
     * Long texts, for {@code bytea[]} and {@code convert_from}: the driver copies bytes as they are, and texts character by
     * character into a buffer that grows. On all processors: the batch holds the lock meanwhile.
     */
    static <R> byte[][] utf8(List<R> rows, Function<R, String> column) {
        return rows.parallelStream()
                .map(row -> column.apply(row).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
