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
 * Texts, times and amounts on a page for staff.
 *
 * @param zone of the conference's clocks
 */
record DeskTexts(Localizer localizer, Locale language, ZoneId zone) {

    /** The text of a key, or the key itself where only a newer version knows it. */
    String of(String key) {
        return localizer.of(key, language, key);
    }

    String money(Money money) {
        return money.inWords(language);
    }

    /** Date and time of day, with the zone. */
    String time(Instant instant) {
        ZonedDateTime there = instant.atZone(zone);
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                        .withLocale(language)
                        .format(there)
                + " " + DateTimeFormatter.ofPattern("z", language).format(there);
    }
}
