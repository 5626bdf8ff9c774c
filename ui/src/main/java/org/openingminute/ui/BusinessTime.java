package org.openingminute.ui;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The simulated time of a rehearsal, rendered as a {@code time} element in the page's banner.
 *
 * @param iso the instant for machines
 * @param text the instant for readers: date, time of day and time zone in their language
 */
public record BusinessTime(String iso, String text) {

    /** The request header in which the gateway passes business time to a service during a rehearsal, as an ISO 8601 instant. */
    public static final String HEADER = "Business-Time";

    /** UTC as a named zone, because an offset would be shown as "Z". */
    public static final ZoneId UTC = ZoneId.of("UTC");

    /** Shows an instant in UTC. */
    public static BusinessTime at(Instant instant, Locale language) {
        return at(instant, UTC, language);
    }

    /** Shows an instant in a time zone. */
    public static BusinessTime at(Instant instant, ZoneId zone, Locale language) {
        ZonedDateTime there = instant.atZone(zone);
        String date = DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(language)
                .format(there);
        String time = DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                .withLocale(language)
                .format(there);
        String name = DateTimeFormatter.ofPattern("z", language).format(there);
        return new BusinessTime(instant.toString(), date + ", " + time + " " + name);
    }

    /**
     * The header's time, truncated to the minute so that an unchanged page stays byte-identical; empty if the header is absent or not an
     * instant.
     */
    public static Optional<BusinessTime> fromHeader(@Nullable String header, Locale language) {
        return instant(header).map(now -> at(now.truncatedTo(ChronoUnit.MINUTES), language));
    }

    /** Parses the header; empty if it is absent or not an instant. */
    static Optional<Instant> instant(@Nullable String header) {
        try {
            return header == null ? Optional.empty() : Optional.of(Instant.parse(header));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
