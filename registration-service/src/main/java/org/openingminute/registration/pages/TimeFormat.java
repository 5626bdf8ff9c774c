package org.openingminute.registration.pages;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.HashSet;
import java.util.Set;
import org.openingminute.registration.decision.Conference;
import tools.jackson.databind.JsonNode;

/** Formats instants and dates in one language and time zone. */
public final class TimeFormat {

    /** The offset at which a day ends last worldwide. */
    private static final ZoneOffset LAST_ON_EARTH = ZoneOffset.ofHours(-12);

    private final Localizer localizer;
    private final ZoneId zone;
    private final Set<Instant> anywhereOnEarth;

    private TimeFormat(Localizer localizer, ZoneId zone, Set<Instant> anywhereOnEarth) {
        this.localizer = localizer;
        this.zone = zone;
        this.anywhereOnEarth = anywhereOnEarth;
    }

    /**
     * An instant for a {@code time} element.
     *
     * @param iso machine-readable
     * @param text human-readable
     */
    public record FormattedMoment(String iso, String text) {}

    /** Returns the format for content that belongs to no conference. */
    public static TimeFormat utc(Localizer localizer) {
        return new TimeFormat(localizer, ZoneOffset.UTC, Set.of());
    }

    /** Returns the format in the conference's time zone; an organiser's -12:00 is shown as "anywhere on earth". */
    public static TimeFormat of(Conference conference, Localizer localizer) {
        Set<Instant> anywhere = new HashSet<>();
        collect(conference.source(), anywhere);
        return new TimeFormat(localizer, conference.definition().timeZone(), anywhere);
    }

    private static void collect(JsonNode node, Set<Instant> anywhere) {
        if (node.isString() && node.stringValue().endsWith("-12:00")) {
            try {
                anywhere.add(OffsetDateTime.parse(node.stringValue()).toInstant());
            } catch (DateTimeException e) {
                // Any other text is not a time.
            }
        }
        for (JsonNode child : node) {
            collect(child, anywhere);
        }
    }

    public FormattedMoment at(Instant instant) {
        return new FormattedMoment(instant.toString(), local(instant, FormatStyle.LONG));
    }

    /** Formats the day of an instant. */
    public String day(Instant instant) {
        return date(instant.atZone(zone).toLocalDate());
    }

    /** Formats an instant for a row of a table, with a short name of the month. */
    public String inTable(Instant instant) {
        return local(instant, FormatStyle.MEDIUM);
    }

    /** Formats a deadline. A deadline given for "anywhere on earth" is shown in that form and in local time. */
    public FormattedMoment deadline(Instant until) {
        if (!anywhereOnEarth.contains(until)) {
            return at(until);
        }
        ZonedDateTime last = until.atZone(LAST_ON_EARTH);
        return new FormattedMoment(
                until.toString(),
                localizer.of(
                        "moment.anywhere-on-earth",
                        date(last.toLocalDate()),
                        time(last),
                        local(until, FormatStyle.LONG)));
    }

    /** Formats the first and the last day. */
    String days(LocalDate first, LocalDate last) {
        return first.equals(last) ? date(first) : localizer.of("moment.days", date(first), date(last));
    }

    private String local(Instant instant, FormatStyle dateStyle) {
        ZonedDateTime there = instant.atZone(zone);
        String zoned = DateTimeFormatter.ofPattern("z", localizer.locale()).format(there);
        String abbreviation = zoned.equals("Z") ? "UTC" : zoned;
        return localizer.of("moment.local", date(there.toLocalDate(), dateStyle), time(there), abbreviation);
    }

    private String date(LocalDate date) {
        return date(date, FormatStyle.LONG);
    }

    private String date(LocalDate date, FormatStyle style) {
        return DateTimeFormatter.ofLocalizedDate(style)
                .withLocale(localizer.locale())
                .format(date);
    }

    private String time(ZonedDateTime time) {
        return DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                .withLocale(localizer.locale())
                .format(time);
    }
}
