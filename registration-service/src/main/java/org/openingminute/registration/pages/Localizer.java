package org.openingminute.registration.pages;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.registration.sale.Money;
import org.springframework.context.MessageSource;

/** The texts of the pages in one language. */
public record Localizer(MessageSource messages, Locale locale) {

    private static final Duration TWO_DAYS = Duration.ofDays(2);

    /** Returns the text of a key, which must exist. */
    public String of(String key, Object... arguments) {
        return messages.getMessage(key, arguments, locale);
    }

    public Optional<String> find(String key, Object... arguments) {
        return Optional.ofNullable(messages.getMessage(key, arguments, null, locale));
    }

    /** Formats an amount with the currency's code, {@code USD 1,150.00}, because many currencies share the dollar sign. */
    public String money(Money money) {
        int digits = Currency.getInstance(money.currency()).getDefaultFractionDigits();
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        return of("money", money.currency(), format.format(BigDecimal.valueOf(money.amount(), digits)));
    }

    /** Formats a remaining duration in hours and minutes, or in days if it is long; rounded up to the minute. */
    public String duration(Duration left) {
        long minutes = Math.ceilDiv(Math.max(0, left.toSeconds()), 60);
        Duration whole = Duration.of(minutes, ChronoUnit.MINUTES);
        List<String> parts = new ArrayList<>();
        if (whole.compareTo(TWO_DAYS) < 0) {
            add(parts, "duration.hours", whole.toHours());
            add(parts, "duration.minutes", whole.toMinutesPart());
        } else {
            add(parts, "duration.days", whole.toDays());
            add(parts, "duration.hours", whole.toHoursPart());
        }
        return parts.isEmpty() ? of("duration.minutes", 0) : String.join(" ", parts);
    }

    private void add(List<String> parts, String key, long count) {
        if (count > 0) {
            parts.add(of(key, count));
        }
    }

    /** Returns the text of a field's error; in English if its code has no translation. */
    public String of(FieldError error, TimeFormat timeFormat) {
        Object[] arguments = error.parameters().stream()
                .map(parameter -> written(parameter, timeFormat))
                .toArray();
        return find("field-error." + error.code(), arguments).orElse(error.message());
    }

    private String written(Object parameter, TimeFormat timeFormat) {
        return switch (parameter) {
            case Money money -> money(money);
            case Instant instant -> timeFormat.deadline(instant).text();
            default -> parameter.toString();
        };
    }
}
