package org.openingminute.registration.acts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.Money;
import org.springframework.context.support.ResourceBundleMessageSource;

/** Proves which amounts the forms of acts accept. */
class ActFieldsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    en | USD | 25          | 2500
                    en | USD | 25.5        | 2550
                    en | USD | 25,50       | 2550
                    en | USD | 1,000       | 100000
                    en | USD | 1,000.00    | 100000
                    en | USD | USD 1,000.0 | 100000
                    en | USD | 1,234,567.8 | 123456780
                    en | JPY | 1,000       | 1000
                    en | BHD | 1.000       | 1000
                    de | USD | 1.000       | 100000
                    de | USD | 1.000,00    | 100000
                    de | EUR | 1.000,00 EUR | 100000
                    de | USD | 1000.00     | 100000
                    """)
    void amounts_as_people_and_pages_write_them_are_accepted(
            String language, String currency, String typed, long amount) {
        assertThat(read(language, currency, typed)).isEqualTo(new Money(amount, currency));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    en | USD | 1.000
                    en | USD | 1.000,00
                    en | USD | 1,00,000
                    en | USD | 1,0000
                    en | USD | 1,000,00
                    en | USD | EUR 10.00
                    en | JPY | 1.000
                    en | BHD | 1,000
                    de | BHD | 1.000
                    de | USD | 1,000.00
                    de | USD | 1,000
                    de | USD | a lot
                    """)
    void ambiguous_and_malformed_amounts_are_refused(String language, String currency, String typed) {
        assertThatThrownBy(() -> read(language, currency, typed)).isInstanceOf(Problem.class);
    }

    @Test
    void amount_that_a_page_prints_is_read_back() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        for (String language : new String[] {"en", "de"}) {
            for (String currency : new String[] {"USD", "JPY", "BHD"}) {
                Money money = new Money(123_456_789, currency);
                String printed = new Localizer(messages, Locale.of(language)).money(money);
                assertThat(read(language, currency, printed)).as(printed).isEqualTo(money);
            }
        }
    }

    private static Money read(String language, String currency, String typed) {
        ActFields fields = new ActFields(_ -> typed, Locale.of(language));
        Money read = fields.sum("amount", currency);
        fields.requireRight();
        return read;
    }
}
