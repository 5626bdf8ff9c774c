package org.openingminute.payment.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderPayments;

/** Proves that reading a provider's list resumes after a failed page, with a scripted provider. */
class ListReadingTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final Instant SINCE = NOW.minus(Duration.ofDays(180));

    private final List<String> asked = new ArrayList<>();
    private final List<String> compared = new ArrayList<>();
    private boolean fails = true;

    @Test
    void failed_page_is_read_again_and_those_before_it_are_not() {
        ListReading reading = new ListReading(NOW, SINCE, true);
        assertThatThrownBy(() -> reading.readRest(this::page, this::compare)).isInstanceOf(ProviderUnavailable.class);
        fails = false;
        reading.readRest(this::page, this::compare);

        assertThat(asked).containsExactly("null", "1", "2", "2", "3");
        assertThat(compared).containsExactly("1", "2", "3", "4");
        assertThat(reading.listed()).containsExactlyInAnyOrder("1", "2", "3", "4");
        reading.readRest(this::page, this::compare);
        assertThat(asked).hasSize(5);
    }

    @Test
    void reading_begins_anew_after_an_hour() {
        ListReading reading = new ListReading(NOW, SINCE, false);
        assertThat(reading.mayGoOn(NOW.plus(Duration.ofMinutes(59)))).isTrue();
        assertThat(reading.mayGoOn(NOW.plus(Duration.ofHours(1)))).isFalse();
    }

    /** Returns one of four pages, each with one payment. The third page fails at first. */
    private ProviderPayments page(Instant since, @Nullable String after) {
        assertThat(since).isEqualTo(SINCE);
        asked.add(String.valueOf(after));
        if (fails && "2".equals(after)) {
            throw new ProviderUnavailable("the third page");
        }
        int number = after == null ? 1 : Integer.parseInt(after) + 1;
        return new ProviderPayments(
                List.of(new ProviderPayments.ListedPayment(
                        String.valueOf(number),
                        new UUID(1, number),
                        new UUID(2, number),
                        NOW,
                        new Money(1, "USD"),
                        Money.zero("USD"),
                        Money.zero("USD"))),
                number == 4 ? null : String.valueOf(number));
    }

    private void compare(ProviderPayments page) {
        page.entries().forEach(entry -> compared.add(entry.payment()));
    }
}
