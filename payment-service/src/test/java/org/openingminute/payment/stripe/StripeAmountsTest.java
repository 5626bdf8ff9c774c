package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.payment.lifecycle.Money;

/** Proves the conversion between our amounts and Stripe's for currencies with special rules. */
class StripeAmountsTest {

    @ParameterizedTest
    @CsvSource({
        "1999,USD,1999",
        "1999,EUR,1999",
        "0,USD,0",
        "500,JPY,500",
        "500,KRW,500",
        "500,CLP,500",
        "500,VND,500",
        "5,ISK,500",
        "5,UGX,500",
        "12300,MGA,123",
        "5120,KWD,5120",
        "5120,TND,5120"
    })
    void an_amount_goes_over_and_comes_back(long amount, String currency, long stripes) {
        Money money = new Money(amount, currency);
        assertThat(StripeAmounts.toStripe(money)).hasValue(stripes);
        assertThat(StripeAmounts.fromStripe(stripes, currency.toLowerCase(Locale.ROOT)))
                .isEqualTo(money);
    }

    @ParameterizedTest
    @CsvSource({"5124,KWD", "1,BHD", "12345,MGA", "1,MGA"})
    void inexact_amounts_are_not_sent_to_stripe(long amount, String currency) {
        assertThat(StripeAmounts.toStripe(new Money(amount, currency))).isEmpty();
    }

    @Test
    void a_part_that_a_currency_does_not_have_is_not_made_up() {
        assertThatThrownBy(() -> StripeAmounts.fromStripe(550, "isk")).isInstanceOf(IllegalStateException.class);
    }
}
