package org.openingminute.registration.pages;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.registration.sale.Money;
import org.springframework.context.MessageSource;

/** The texts of the pages in one language. */
record Localizer(MessageSource messages, Locale locale) {

    private static final String AMOUNT = "\\b[A-Z]{3} \\d[\\d,]*(?:\\.\\d+)?\\b";
    private static final String INSTANT = "\\b\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z";

    /** A parameter of a text: an amount, an instant, a category's code, any number. */
    private static final Pattern PARAMETER = Pattern.compile(AMOUNT + "|" + INSTANT + "|(?<=^The category )\\S+|\\d+");

    /** Formats that differ by language. */
    private static final Pattern WRITTEN = Pattern.compile(AMOUNT + "|" + INSTANT);

    private static final Duration TWO_DAYS = Duration.ofDays(2);

    /** The text of a key, which must be there. */
    String of(String key, Object... arguments) {
        return messages.getMessage(key, arguments, locale);
    }

    Optional<String> find(String key, Object... arguments) {
        return Optional.ofNullable(messages.getMessage(key, arguments, null, locale));
    }

    /** The currency by its code, since a dollar sign names many: {@code USD 1,150.00}. */
    String money(Money money) {
        return amount(BigDecimal.valueOf(money.amount(), digits(money.currency())), money.currency());
    }

    /** How long something still lasts, in hours and minutes, or days where it is long. Minutes that have begun count. */
    String duration(Duration left) {
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

    /**
     * The error of a field, for the reader of a form. Its key is made of the English message, in which a parameter is
     * {@code n} and becomes an argument; a message that has no text here is shown as it is.
     */
    String of(FieldError error, TimeFormat moments) {
        String english = error.message();
        UnaryOperator<String> here = parameter -> written(parameter, moments);
        Object[] arguments = PARAMETER
                .matcher(english)
                .results()
                .map(MatchResult::group)
                .map(here)
                .toArray();
        return find("field-error." + slug(PARAMETER.matcher(english).replaceAll("n")), arguments)
                .orElseGet(() -> WRITTEN.matcher(english)
                        .replaceAll(found -> Matcher.quoteReplacement(here.apply(found.group()))));
    }

    private String written(String parameter, TimeFormat moments) {
        if (parameter.matches(INSTANT)) {
            try {
                return moments.deadline(Instant.parse(parameter)).text();
            } catch (DateTimeParseException e) {
                return parameter;
            }
        }
        if (parameter.matches(AMOUNT) && Money.isCurrency(parameter.substring(0, 3))) {
            return amount(new BigDecimal(parameter.substring(4).replace(",", "")), parameter.substring(0, 3));
        }
        return parameter;
    }

    private String amount(BigDecimal amount, String currency) {
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(digits(currency));
        format.setMaximumFractionDigits(digits(currency));
        return of("money", currency, format.format(amount));
    }

    private static int digits(String currency) {
        return Currency.getInstance(currency).getDefaultFractionDigits();
    }

    private static String slug(String text) {
        return String.join(
                "-",
                Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                        .filter(part -> !part.isEmpty())
                        .toList());
    }
}
