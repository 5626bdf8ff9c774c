package org.openingminute.ui;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time of a rehearsal, for a {@code time} element in its banner.
 *
 * @param iso for machines
 * @param text for people: date and time of day in their language, in UTC
 */
public record BusinessTime(String iso, String text) {

    /** In which the gateway tells it to a service with each request of a rehearsal, as an ISO 8601 instant. */
    public static final String HEADER = "Business-Time";

    public static BusinessTime at(Instant instant, Locale language) {
        ZonedDateTime there = instant.atZone(ZoneOffset.UTC);
        String date = DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(language)
                .format(there);
        String time = DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                .withLocale(language)
                .format(there);
        return new BusinessTime(instant.toString(), date + ", " + time + " UTC");
    }

    /** As the header tells it; empty where there is none, or one that is no instant. */
    public static Optional<BusinessTime> told(@Nullable String header, Locale language) {
        try {
            return header == null ? Optional.empty() : Optional.of(at(Instant.parse(header), language));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
