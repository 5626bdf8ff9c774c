package org.openingminute.payment.ledger;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.QueryValues;

/**
 * A span of business time.
 *
 * @param from first instant; {@code null} for the ledger's beginning
 * @param to end of the span, exclusive; {@code null} for no end
 */
record LedgerSpan(@Nullable Instant from, @Nullable Instant to) {

    /**
     * Returns the span of a day in a time zone.
     *
     * @throws Problem {@code invalid} if the text is not a date
     */
    static LedgerSpan ofDay(@Nullable String day, ZoneId zone) {
        if (day == null || day.isEmpty()) {
            throw Problem.invalid("day", "required", "is required, such as 2026-05-18");
        }
        return new LedgerSpan(beginOf("day", day, zone, 0), beginOf("day", day, zone, 1));
    }

    /**
     * Returns the span between two instants, or from the start of one day to the end of another.
     *
     * @throws Problem {@code invalid} if a text is neither an instant nor a date
     */
    static LedgerSpan of(@Nullable String from, @Nullable String to, ZoneId zone) {
        return new LedgerSpan(
                from == null || from.isEmpty() ? null : instant("from", from, zone, 0),
                to == null || to.isEmpty() ? null : instant("to", to, zone, 1));
    }

    /** @param later days to add if the text is a date */
    private static Instant instant(String field, String text, ZoneId zone, int later) {
        return text.contains("T") ? QueryValues.instant(field, text) : beginOf(field, text, zone, later);
    }

    /** Returns the start of a day in its time zone, plus a number of days. */
    private static Instant beginOf(String field, String day, ZoneId zone, int later) {
        try {
            return QueryValues.inRange(
                    LocalDate.parse(day).plusDays(later).atStartOfDay(zone).toInstant());
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-a-date", "must be a date such as 2026-05-18");
        }
    }
}
