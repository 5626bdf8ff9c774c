package org.openingminute.registration.admission;

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
}
