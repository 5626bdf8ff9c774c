package org.openingminute.kit.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;

/** Parses values of query and form parameters. */
public final class QueryValues {

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final int LONGEST_TEXT = 500;
    private static final int MOST_ROWS = 200;
    private static final int USUAL_ROWS = 50;

    private QueryValues() {}

    /**
     * The number of rows that a caller asks for.
     *
     * @param limit the parameter; {@code null} or empty for the default
     * @return 1 to 200; the default is 50
     * @throws Problem {@code invalid} for the field {@code limit}
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
     * Parses an instant with an offset, in the range of {@link #inRange}.
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
     * Accepts only instants of the years 1 to 9999, which both databases and RFC 3339 can represent.
     *
     * @throws DateTimeException for any other instant
     */
    public static Instant inRange(Instant at) {
        if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
            throw new DateTimeException("not of the years 1 to 9999");
        }
        return at;
    }

    /**
     * Validates a text that a person enters, such as a reason: 1 to 500 characters, line breaks allowed.
     *
     * @return {@code null} if the text is valid
     */
    public static @Nullable FieldError textError(String field, @Nullable String text) {
        boolean missing = text == null || text.isBlank();
        if (text == null || missing || text.length() > LONGEST_TEXT) {
            return FieldError.of(
                    field, missing ? "required" : "too-long", "is required, {} characters at most", LONGEST_TEXT);
        }
        return JsonFields.unwritable(text, true)
                ? FieldError.of(field, "control-characters", "has control characters")
                : null;
    }
}
