package org.openingminute.payment.ledger;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.ops.Localizer;

/**
 * Texts, times and amounts on a staff page.
 *
 * @param zone of the conference
 */
record DeskTexts(Localizer localizer, Locale language, ZoneId zone) {

    /** Returns the text of a key; the key itself if only a later version knows it. */
    String of(String key) {
        return localizer.of(key, language, key);
    }

    String money(Money money) {
        return money.inWords(language);
    }

    /** Formats date, time and time zone. */
    String time(Instant instant) {
        ZonedDateTime there = instant.atZone(zone);
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                        .withLocale(language)
                        .format(there)
                + " " + DateTimeFormatter.ofPattern("z", language).format(there);
    }
}
