package org.openingminute.payment.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderPayments;
import org.openingminute.payment.reconciliation.Comparison.Difference;
import org.openingminute.payment.reconciliation.Comparison.OurPayment;

/** Proves which entries of a provider's list and ours differ, without Spring. */
class ComparisonTest {

    private static final UUID REGISTRATION = new UUID(7, 7);
    private static final ProviderPayments.ListedPayment THEIRS = new ProviderPayments.ListedPayment(
            "pay_1", REGISTRATION, REGISTRATION, Instant.EPOCH, usd(80_000), usd(30_000), usd(0));
    private static final OurPayment OURS =
            new OurPayment("pay_1", REGISTRATION, usd(80_000), usd(30_000), false, usd(0));

    @Test
    void equal_amounts_make_no_difference() {
        assertThat(compared(OURS)).isEmpty();
    }

    @Test
    void a_payment_known_to_the_provider_alone_is_a_difference() {
        assertThat(compared(null)).singleElement().satisfies(difference -> {
            assertThat(difference.about()).isEqualTo("sandbox pay_1");
            assertThat(difference.registration()).isEqualTo(REGISTRATION);
            assertThat(difference.what()).contains("USD 800.00 that we do not know");
        });
    }

    @Test
    void every_amount_counts_to_the_cent_and_in_its_currency() {
        assertThat(compared(new OurPayment("pay_1", REGISTRATION, usd(80_001), usd(30_000), false, usd(0))))
                .extracting(Difference::what)
                .containsExactly("captured: the provider says USD 800.00, we say USD 800.01");
        assertThat(compared(new OurPayment("pay_1", REGISTRATION, usd(80_000), usd(29_999), false, usd(0))))
                .extracting(Difference::what)
                .containsExactly("refunded: the provider says USD 300.00, we say USD 299.99");
        assertThat(compared(new OurPayment("pay_1", REGISTRATION, usd(80_000), usd(30_000), false, usd(1))))
                .extracting(Difference::what)
                .containsExactly("disputed: the provider says USD 0.00, we say USD 0.01");
        assertThat(compared(
                        new OurPayment("pay_1", REGISTRATION, new Money(80_000, "EUR"), usd(30_000), false, usd(0))))
                .hasSize(1);
    }

    @Test
    void a_payment_of_another_registration_is_one() {
        assertThat(compared(new OurPayment("pay_1", new UUID(8, 8), usd(80_000), usd(30_000), false, usd(0))))
                .hasSize(1);
    }

    @Test
    void a_refund_on_its_way_may_be_known_to_one_side_alone() {
        assertThat(compared(new OurPayment("pay_1", REGISTRATION, usd(80_000), usd(0), true, usd(0))))
                .isEmpty();
    }

    private static List<Difference> compared(@Nullable OurPayment ours) {
        return Comparison.of("sandbox", List.of(THEIRS), ours == null ? Map.of() : Map.of("pay_1", ours));
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
