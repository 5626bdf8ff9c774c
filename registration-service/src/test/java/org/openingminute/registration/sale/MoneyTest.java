package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Proves amounts of money: JSON, currencies, overflow, rounding and texts. */
class MoneyTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void its_json_is_amount_and_currency_and_is_read_back() {
        Money money = new Money(95000, "USD");
        assertThat(JSON.readTree(JSON.writeValueAsString(money)))
                .isEqualTo(JSON.readTree("{\"amount\": 95000, \"currency\": \"USD\"}"));
        assertThat(JSON.readValue(JSON.writeValueAsString(money), Money.class)).isEqualTo(money);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "usd", "US", "USDX", "QQQ", "XXX", "XAU"})
    void non_payment_codes_are_not_currencies(String code) {
        assertThatThrownBy(() -> new Money(1, code)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void currencies_are_not_mixed() {
        Money dollar = new Money(100, "USD");
        Money euro = new Money(100, "EUR");
        assertThatThrownBy(() -> dollar.plus(euro)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dollar.minus(euro)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dollar.min(euro)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void overflowing_amounts_are_refused() {
        Money most = new Money(Long.MAX_VALUE, "USD");
        assertThatThrownBy(() -> most.plus(new Money(1, "USD"))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Money(Long.MIN_VALUE, "USD").minus(new Money(1, "USD")))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.times(2)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.percent(BigDecimal.valueOf(101))).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 50, 1", "1, 49.9999, 0", "3, 50, 2", "1001, 50, 501", "333, 7.7, 26", "100, 0, 0", "7, 100, 7"})
    void a_percentage_is_rounded_half_up(long amount, BigDecimal percent, long part) {
        assertThat(new Money(amount, "EUR").percent(percent)).isEqualTo(new Money(part, "EUR"));
    }

    @Test
    void words_have_as_many_decimals_as_the_currency() {
        assertThat(new Money(95000, "USD").inWords()).isEqualTo("USD 950.00");
        assertThat(new Money(95000, "JPY").inWords()).isEqualTo("JPY 95000");
    }
}
