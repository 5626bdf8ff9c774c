package org.openingminute.payment.ledger;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;

/**
 * From when to when, in business time.
 *
 * @param from the first instant; {@code null} for the ledger's beginning
 * @param to the instant before which it ends; {@code null} for no end
 */
record LedgerSpan(@Nullable Instant from, @Nullable Instant to) {

    private static final int LAST_YEAR = 9999;

    /**
     * A day of a zone.
     *
     * @throws Problem {@code invalid} if it is none
     */
    static LedgerSpan ofDay(@Nullable String day, ZoneId zone) {
        if (day == null || day.isEmpty()) {
            throw Problem.invalid("day", "required", "is required, such as 2026-05-18");
        }
        LocalDate read = date("day", day);
        return new LedgerSpan(beginOf(read, zone), endOf(read, zone));
    }

    /**
     * A span between two instants, or from the begin of a day to the end of another.
     *
     * @throws Problem {@code invalid} if one can be read as neither
     */
    static LedgerSpan of(@Nullable String from, @Nullable String to, ZoneId zone) {
        return new LedgerSpan(
                from == null || from.isEmpty()
                        ? null
                        : from.contains("T") ? instant("from", from) : beginOf(date("from", from), zone),
                to == null || to.isEmpty() ? null : to.contains("T") ? instant("to", to) : endOf(date("to", to), zone));
    }

    private static Instant beginOf(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }

    private static Instant endOf(LocalDate day, ZoneId zone) {
        return beginOf(day.plusDays(1), zone);
    }

    private static LocalDate date(String field, String text) {
        try {
            return inRange(LocalDate.parse(text));
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-a-date", "must be a date such as 2026-05-18");
        }
    }

    private static Instant instant(String field, String text) {
        try {
            OffsetDateTime read = OffsetDateTime.parse(text);
            inRange(read.toLocalDate());
            return read.toInstant();
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
        }
    }

    /** Databases have no others. */
    private static LocalDate inRange(LocalDate day) {
        if (day.getYear() < 1 || day.getYear() >= LAST_YEAR) {
            throw new DateTimeException("no database has it");
        }
        return day;
    }
}
