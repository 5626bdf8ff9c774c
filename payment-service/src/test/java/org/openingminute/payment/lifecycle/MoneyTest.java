package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Proves how amounts are shown, without Spring. */
class MoneyTest {

    @Test
    void amounts_follow_the_readers_language_and_currency_decimals() {
        assertThat(new Money(115_000, "USD").inWords(Locale.ENGLISH)).isEqualTo("USD 1,150.00");
        assertThat(new Money(115_000, "USD").inWords(Locale.GERMAN)).isEqualTo("1.150,00 USD");
        assertThat(new Money(115_000, "JPY").inWords(Locale.ENGLISH)).isEqualTo("JPY 115,000");
        assertThat(new Money(1_234_567, "BHD").inWords(Locale.GERMAN)).isEqualTo("1.234,567 BHD");
    }
}
