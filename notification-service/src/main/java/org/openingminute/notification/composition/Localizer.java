package org.openingminute.notification.composition;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.Money;
import org.springframework.context.MessageSource;

/** The texts and formats of one language. */
final class Localizer {

    /** The minus sign that the pages use for deductions. */
    private static final String MINUS = "−";

    private final MessageSource messages;
    private final Locale locale;

    private Localizer(MessageSource messages, Locale locale) {
        this.messages = messages;
        this.locale = locale;
    }

    /** Returns the texts for a locale: German for any German locale, English otherwise. */
    static Localizer in(@Nullable String asked, MessageSource messages) {
        boolean german = asked != null
                && Locale.forLanguageTag(asked.replace('_', '-')).getLanguage().equals("de");
        return new Localizer(messages, german ? Locale.GERMAN : Locale.ENGLISH);
    }

    String language() {
        return locale.getLanguage();
    }

    String text(String key, Object... values) {
        return messages.getMessage(key, values, locale);
    }

    /** Formats an amount as on the pages, with the currency's code, because many currencies share the dollar sign. */
    String money(Money money) {
        int digits = Math.max(0, money.currency().getDefaultFractionDigits());
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        BigDecimal amount = BigDecimal.valueOf(money.amount(), digits);
        String text =
                text("money", format.format(amount.abs()), money.currency().getCurrencyCode());
        return amount.signum() < 0 ? MINUS + text : text;
    }

    /** Formats a date as on the pages. */
    String date(LocalDate date) {
        return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(locale)
                .format(date);
    }

    /** Formats an instant as on the pages, rounded down to the minute, so that a deadline is never shown too late. */
    String instant(Instant instant, ZoneId zone) {
        ZonedDateTime there = instant.atZone(zone);
        String time = DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                .withLocale(locale)
                .format(there);
        String zoned = DateTimeFormatter.ofPattern("z", locale).format(there);
        String abbreviation = zoned.equals("Z") ? "UTC" : zoned;
        return text("instant", date(there.toLocalDate()), time, abbreviation);
    }

    /** Returns a country's name; an unknown code is returned unchanged. */
    String country(String code) {
        return Locale.of("", code).getDisplayCountry(locale);
    }
}
