package org.openingminute.notification.ops;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.Optional;
import org.springframework.context.MessageSource;
import org.springframework.context.NoSuchMessageException;

/** The texts of staff pages in one language. */
public record DeskTexts(MessageSource messages, Locale language) {

    /** Returns the text of a key, which must exist. */
    public String of(String key, Object... values) {
        return messages.getMessage(key, values, language);
    }

    /** Returns the text of a key; empty if only a later version knows it. */
    public Optional<String> find(String key, Object... values) {
        try {
            return Optional.of(of(key, values));
        } catch (NoSuchMessageException _) {
            return Optional.empty();
        }
    }

    /** Formats date, time and time zone. */
    public String time(Instant instant, ZoneId zone) {
        ZonedDateTime there = instant.atZone(zone);
        return of(
                "desk.time",
                DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)
                        .withLocale(language)
                        .format(there),
                DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                        .withLocale(language)
                        .format(there),
                DateTimeFormatter.ofPattern("z", language).format(there));
    }
}
