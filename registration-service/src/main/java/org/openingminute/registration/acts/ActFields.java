package org.openingminute.registration.acts;

import java.math.BigDecimal;
import java.text.DecimalFormatSymbols;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.sale.Money;

/** Parses the fields of one form and collects all errors. Not thread-safe. */
final class ActFields {

    private final UnaryOperator<String> values;
    private final DecimalFormatSymbols notation;
    private final List<FieldError> errors = new ArrayList<>();

    /**
     * @param values returns the value of a field; empty if the field is absent
     * @param locale of the page, whose group separators amounts may have
     */
    ActFields(UnaryOperator<String> values, Locale locale) {
        this.values = values;
        this.notation = DecimalFormatSymbols.getInstance(locale);
    }

    String text(String field) {
        String text = values.apply(field);
        @Nullable FieldError error = QueryValues.textError(field, text);
        if (error != null) {
            errors.add(error);
        }
        return text.strip();
    }

    /** Parses an amount greater than zero. */
    Money amount(String field, String currency) {
        int before = errors.size();
        Money amount = sum(field, currency);
        if (amount.amount() == 0 && errors.size() == before) {
            errors.add(FieldError.of(field, "not-positive", "must be more than zero"));
        }
        return amount;
    }

    /**
     * Parses an amount of zero or more: either without group separators and with a comma or a point before the decimals, or as the page
     * prints it. Returns zero after an error, also if both readings are possible, such as 1,000 of a currency with three decimals.
     */
    Money sum(String field, String currency) {
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        String typed = values.apply(field).replaceAll("\\h", "").replaceFirst("^%1$s|%1$s$".formatted(currency), "");
        String group = String.valueOf(notation.getGroupingSeparator());
        String decimals = digits == 0 ? "" : "(?:[%s]\\d{1,%d})?";
        boolean plain = typed.matches("\\d{1,9}" + decimals.formatted(".,", digits));
        boolean grouped = typed.matches("\\d{1,3}(?:[%s]\\d{3}){1,2}".formatted(group)
                + decimals.formatted(notation.getDecimalSeparator(), digits));
        if (plain == grouped) {
            errors.add(FieldError.of(
                    field, typed.isEmpty() ? "required" : "not-an-amount", "must be an amount, such as 25.00"));
            return Money.zero(currency);
        }
        return new Money(
                new BigDecimal((grouped ? typed.replace(group, "") : typed).replace(',', '.'))
                        .movePointRight(digits)
                        .longValueExact(),
                currency);
    }

    /** Parses a date and returns the start of that day. Returns the epoch after an error. */
    Instant day(String field, ZoneId zone) {
        try {
            return QueryValues.inRange(
                    LocalDate.parse(values.apply(field)).atStartOfDay(zone).toInstant());
        } catch (DateTimeException e) {
            errors.add(
                    FieldError.of(field, values.apply(field).isEmpty() ? "required" : "not-a-date", "must be a date"));
            return Instant.EPOCH;
        }
    }

    /** Returns the chosen option; empty, with an error noted, if it is none of the choices. */
    Optional<String> choice(String field, List<String> choices) {
        Optional<String> chosen = Optional.of(values.apply(field)).filter(choices::contains);
        if (chosen.isEmpty()) {
            errors.add(FieldError.of(field, "required", "must be one of those that are offered"));
        }
        return chosen;
    }

    /** Adds errors that other checks found. */
    void note(List<FieldError> found) {
        errors.addAll(found);
    }

    /**
     * Ends the parsing.
     *
     * @throws Problem {@code invalid} with all errors, if there are any
     */
    void requireRight() {
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
    }

    /** Formats an amount in the form that {@link #amount} parses. */
    static String written(Money amount) {
        int digits = Currency.getInstance(amount.currency()).getDefaultFractionDigits();
        return BigDecimal.valueOf(amount.amount(), digits).toPlainString();
    }
}
