package org.openingminute.registration.transfers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.sale.Money;

/** Proves how amounts and days of bank statements are read. */
class BankNotationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "950 | 95000 | USD",
                "950.00 | 95000 | USD",
                "950,00 | 95000 | USD",
                "1,234.56 | 123456 | USD",
                "1.234,56 | 123456 | USD",
                "1'234.50 | 123450 | USD",
                "1 234,50 | 123450 | USD",
                "1.234 | 123400 | USD",
                "1,234,567 | 123456700 | USD",
                "12,5 | 1250 | USD",
                "+12.00 | 1200 | USD",
                "-12.00 | -1200 | USD",
                "12,00- | -1200 | USD",
                "(12.00) | -1200 | USD",
                "950,00 EUR | 95000 | EUR",
                "€ 950,00 | 95000 | EUR",
                "$950.00 | 95000 | USD",
                "JPY 95,000 | 95000 | JPY",
                "1.234 KWD | 1234 | KWD"
            })
    void amount_is_read_as_banks_write_it(String text, long amount, String currency) {
        assertThat(BankNotation.amount(text, "USD")).contains(new Money(amount, currency));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$950.00 | AUD | 95000 | AUD",
                "A$950.00 | AUD | 95000 | AUD",
                "$950.00 CAD | AUD | 95000 | CAD",
                "$950.00 | EUR | 95000 | USD",
                "US$ 950.00 | AUD | 95000 | USD",
                "¥950 | EUR | 950 | JPY",
                "¥950.00 | CNY | 95000 | CNY"
            })
    void symbol_of_several_currencies_means_the_usual_one_if_it_can(
            String text, String usual, long amount, String currency) {
        assertThat(BankNotation.amount(text, usual)).contains(new Money(amount, currency));
        assertThat(BankNotation.amountIn("Ada " + text, usual)).as("in a line").contains(new Money(amount, currency));
    }

    @ParameterizedTest
    @ValueSource(strings = {"₹950.00", "950.00 ₺", "R$ 950,00"})
    void amount_beside_an_unknown_symbol_is_not_read(String text) {
        assertThat(BankNotation.amount(text, "EUR")).isEmpty();
        assertThat(BankNotation.amountIn("Ada " + text, "EUR")).as("in a line").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Amount ($),EUR,USD", "Amount ($),CAD,CAD", "Amount (£),EUR,GBP", "Amount,EUR,EUR", "Amount (₹),EUR,"})
    void currency_is_found_in_a_header(String header, String usual, String currency) {
        assertThat(BankNotation.currencyIn(header, usual)).isEqualTo(Optional.ofNullable(currency));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fee", "1.2.3", "12.3456.7", "9,5,0", "1234567890123456789", "03.02.26", "--"})
    void text_that_is_no_amount_has_none(String text) {
        assertThat(BankNotation.amount(text, "USD")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "03.02.2026 Ada Lovelace ML26-7K3F9Q 950,00 | 95000 | USD",
                "2026-02-03 ML26-123456 EUR 950,00 | 95000 | EUR",
                "invoice 4711 EUR 950,00 | 95000 | EUR",
                "Ada Lovelace 950 USD ML267K3F9Q | 95000 | USD",
                "Ada USD1,950.00 | 195000 | USD",
                "Ada €950 | 95000 | EUR",
                "Ada\t950.00\t12,345.67 | 95000 | USD"
            })
    void amount_is_found_in_a_line(String line, long amount, String currency) {
        assertThat(BankNotation.amountIn(line, "USD")).contains(new Money(amount, currency));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ML26-7K3F9Q", "ML26-123456 Ada", "4711", "03.02.26", "Ada FEE 12"})
    void line_without_an_amount_has_none(String line) {
        assertThat(BankNotation.amountIn(line, "USD")).isEmpty();
    }

    @Test
    void days_are_read_as_countries_write_them() {
        LocalDate third = LocalDate.of(2026, 2, 3);
        assertThat(BankNotation.day("on 2026-02-03", true)).contains(third);
        assertThat(BankNotation.day("03.02.2026", true)).contains(third);
        assertThat(BankNotation.day("3.2.26", true)).contains(third);
        assertThat(BankNotation.day("02/03/2026", true)).contains(third);
        assertThat(BankNotation.day("03/02/2026", false)).contains(third);
        assertThat(BankNotation.day("13/02/2026", true)).contains(LocalDate.of(2026, 2, 13));
        assertThat(BankNotation.day("31.02.2026", true)).isEmpty();
        assertThat(BankNotation.day("soon", true)).isEmpty();
    }
}
