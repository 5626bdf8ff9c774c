package org.openingminute.kit.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;

/** Reads values that come as texts, in a query or a form. */
public final class QueryValues {

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final int MOST_ROWS = 200;
    private static final int USUAL_ROWS = 50;

    private QueryValues() {}

    /**
     * How many rows of a list a caller asks for.
     *
     * @param limit {@code null} or empty for the usual number
     * @return 1 to 200, usually 50
     * @throws Problem {@code invalid}, of the field {@code limit}
     */
    public static int limit(@Nullable String limit) {
        if (limit == null || limit.isEmpty()) {
            return USUAL_ROWS;
        }
        if (!limit.matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit) > MOST_ROWS) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, MOST_ROWS);
        }
        return Integer.parseInt(limit);
    }

    /**
     * An instant with its offset, of those that {@link #inRange} lets pass.
     *
     * @throws Problem {@code invalid} for any other text
     */
    public static Instant instant(String field, String text) {
        try {
            return inRange(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
        }
    }

    /**
     * An instant of the years 1 to 9999, which databases and RFC 3339 have.
     *
     * @throws DateTimeException for any other
     */
    public static Instant inRange(Instant at) {
        if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
            throw new DateTimeException("not of the years 1 to 9999");
        }
        return at;
    }
}
