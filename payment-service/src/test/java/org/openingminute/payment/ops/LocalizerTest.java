package org.openingminute.payment.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.springframework.context.support.ResourceBundleMessageSource;

class LocalizerTest {

    @Test
    void why_it_cannot_be_paid_is_said_in_german_too() {
        for (Payability.Why why : Payability.Why.values()) {
            assertThat(texts().detail(why.sentence(), Locale.GERMAN))
                    .as(why.name())
                    .isNotEqualTo(why.sentence());
        }
    }

    private static Localizer texts() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return new Localizer(messages);
    }
}
