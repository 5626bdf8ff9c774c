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

/** The texts of pages for staff in a language. */
public record DeskTexts(MessageSource messages, Locale language) {

    /** A text, which exists. */
    public String of(String key, Object... values) {
        return messages.getMessage(key, values, language);
    }

    /** A text, which may be of a key that only a newer version knows. */
    public Optional<String> find(String key) {
        try {
            return Optional.of(of(key));
        } catch (NoSuchMessageException _) {
            return Optional.empty();
        }
    }

    /** Date and time of day in a zone, which is named. */
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
