package org.openingminute.registration.acts;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.sale.Money;

/** Reads the fields of one form, and finds all that is wrong with them. For one thread. */
final class ActFields {

    private final UnaryOperator<String> values;
    private final List<FieldError> errors = new ArrayList<>();

    /** @param values the value of each field; empty for none */
    ActFields(UnaryOperator<String> values) {
        this.values = values;
    }

    String text(String field) {
        String text = values.apply(field);
        @Nullable FieldError error = ActCall.error(field, text);
        if (error != null) {
            errors.add(error);
        }
        return text.strip();
    }

    /** An amount of more than nothing, as {@link #sum} reads it. */
    Money amount(String field, String currency) {
        int before = errors.size();
        Money amount = sum(field, currency);
        if (amount.amount() == 0 && errors.size() == before) {
            errors.add(FieldError.of(field, "not-positive", "must be more than zero"));
        }
        return amount;
    }

    /** An amount as people write it, with a comma or a point before the decimals. */
    Money sum(String field, String currency) {
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        String typed = values.apply(field).replace(" ", "");
        if (!typed.matches(digits == 0 ? "\\d{1,9}" : "\\d{1,9}(?:[.,]\\d{1,%d})?".formatted(digits))) {
            errors.add(FieldError.of(
                    field, typed.isEmpty() ? "required" : "not-an-amount", "must be an amount, such as 25.00"));
            return Money.zero(currency);
        }
        return new Money(
                new BigDecimal(typed.replace(',', '.')).movePointRight(digits).longValueExact(), currency);
    }

    /** The begin of a day. */
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

    /** One of several. */
    Optional<String> choice(String field, List<String> choices) {
        Optional<String> chosen = Optional.of(values.apply(field)).filter(choices::contains);
        if (chosen.isEmpty()) {
            errors.add(FieldError.of(field, "required", "must be one of those that are offered"));
        }
        return chosen;
    }

    /** What others have found wrong. */
    void note(List<FieldError> found) {
        errors.addAll(found);
    }

    /** @throws Problem {@code invalid} if something is wrong with what was read */
    void requireRight() {
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
    }

    /** An amount as {@link #amount} reads it. */
    static String written(Money amount) {
        int digits = Currency.getInstance(amount.currency()).getDefaultFractionDigits();
        return BigDecimal.valueOf(amount.amount(), digits).toPlainString();
    }
}
