package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderPayments;
import tools.jackson.databind.node.ObjectNode;

/** Proves that Stripe's list of payments is read completely, with a played Stripe over HTTP. */
class StripeListTest extends StripeCase {

    @Test
    void the_payment_list_has_captures_refunds_and_disputes() {
        ObjectNode plain = captured(1, 80_000);
        ObjectNode refunded = captured(2, 80_000);
        charge(refunded).put("amount_refunded", 30_000);
        ObjectNode disputed = captured(3, 80_000);
        stripe.disputed(disputed, "needs_response", NOW);
        ObjectNode lost = captured(4, 80_000);
        stripe.disputed(lost, "lost", NOW);
        stripe.disputed(lost, "won", NOW).put("amount", 7);
        ObjectNode won = captured(5, 80_000);
        stripe.disputed(won, "won", NOW);
        ObjectNode inquiry = captured(6, 80_000);
        stripe.disputed(inquiry, "warning_closed", NOW);
        stripe.disputed(inquiry, "warning_needs_response", NOW);
        stripe.disputed(inquiry, "prevented", NOW);
        ObjectNode resolved = captured(8, 80_000);
        StripeWorld.moved(stripe.disputed(resolved, "prevented", NOW), -80_000);
        captured(7, 80_000).putObject("metadata");
        stripe.declined(
                stripe.object(provider.open(order(new UUID(8, 8), DUE, "en")).id()), "generic_decline", NOW);

        assertThat(all())
                .containsExactlyInAnyOrder(
                        entry(plain, 0, 0),
                        entry(refunded, 30_000, 0),
                        entry(disputed, 0, 80_000),
                        entry(lost, 0, 80_000),
                        entry(won, 0, 0),
                        entry(inquiry, 0, 0),
                        entry(resolved, 0, 80_000));
    }

    @Test
    void listing_continues_past_a_page_without_our_payments() {
        stripe.pagesOf(2);
        List<ProviderPayments.ListedPayment> expected = new ArrayList<>();
        for (int number = 0; number < 7; number++) {
            ObjectNode intent = captured(number, 100 + number);
            if (number == 2 || number == 3 || number == 4) {
                intent.putObject("metadata");
            } else {
                expected.add(new ProviderPayments.ListedPayment(
                        id(intent),
                        REGISTRATION,
                        new UUID(9, number),
                        NOW,
                        new Money(100 + number, "USD"),
                        Money.zero("USD"),
                        Money.zero("USD")));
            }
        }
        assertThat(all()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(stripe.calls("GET", "/v1/payment_intents")).hasSize(4);
    }

    @Test
    void it_begins_a_day_earlier_for_what_was_begun_before_it_was_captured() {
        captured(1, 100);
        assertThat(provider.payments(NOW.plusSeconds(86_400), null).entries()).hasSize(1);
        assertThat(provider.payments(NOW.plusSeconds(86_401), null).entries()).isEmpty();
        assertThat(stripe.calls("GET", "/v1/payment_intents").getFirst().form())
                .containsEntry("limit", "100")
                .containsEntry("created[gte]", Long.toString(NOW.getEpochSecond()));
    }

    private ObjectNode captured(int number, long amount) {
        UUID attempt = new UUID(9, number);
        return stripe.paid(
                stripe.object(provider.open(order(attempt, new Money(amount, "USD"), "en"))
                        .id()),
                NOW);
    }

    private ObjectNode charge(ObjectNode intent) {
        return stripe.object(intent.path("latest_charge").asString());
    }

    private static ProviderPayments.ListedPayment entry(ObjectNode intent, long refunded, long disputed) {
        return new ProviderPayments.ListedPayment(
                id(intent),
                REGISTRATION,
                UUID.fromString(intent.path("metadata").path("attempt").asString()),
                NOW,
                DUE,
                new Money(refunded, "USD"),
                new Money(disputed, "USD"));
    }

    private List<ProviderPayments.ListedPayment> all() {
        List<ProviderPayments.ListedPayment> all = new ArrayList<>();
        @Nullable String after = null;
        do {
            ProviderPayments page = provider.payments(NOW, after);
            all.addAll(page.entries());
            after = page.next();
        } while (after != null);
        return all;
    }
}
