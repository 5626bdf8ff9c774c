package org.openingminute.registration.conferences;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Money;
import tools.jackson.databind.JsonNode;

/** Proves which notices of a sale are due when, without a database. */
class DueSaleNoticesTest {

    private static final Duration THREE_DAYS = Duration.ofHours(72);

    @ParameterizedTest
    @CsvSource({
        "2026-01-09T23:59:59.999Z, ''",
        "2026-01-10T00:00:00Z, early SALE_OPENED",
        "2026-01-28T23:59:59Z, early SALE_OPENED",
        "2026-01-29T00:00:00Z, early SALE_OPENED; early DEADLINE_NEAR",
        "2026-01-31T23:59:59.999Z, early SALE_OPENED; early DEADLINE_NEAR",
        "2026-02-01T00:00:00Z, short SALE_OPENED",
        "2026-02-01T11:59:59Z, short SALE_OPENED",
        "2026-02-01T12:00:00Z, short SALE_OPENED; short DEADLINE_NEAR",
        "2026-02-02T00:00:00Z, last SALE_OPENED",
        "2026-02-28T23:59:59Z, last SALE_OPENED",
        "2026-03-01T00:00:00Z, ''"
    })
    void the_sale_opens_and_the_end_of_each_phase_but_the_last_comes_near(Instant now, String published) {
        assertThat(DueSaleNotices.of(conference(true), now, THREE_DAYS).stream()
                        .map(one -> one.phase().code() + " " + one.kind().name()))
                .isEqualTo(published.isEmpty() ? List.of() : List.of(published.split("; ")));
    }

    @Test
    void paused_sale_has_no_notices_due() {
        assertThat(DueSaleNotices.of(conference(false), Instant.parse("2026-01-30T00:00:00Z"), THREE_DAYS))
                .isEmpty();
    }

    @Test
    void notices_state_both_phase_prices_without_voucher_categories() {
        SaleNotice near = DueSaleNotices.of(conference(true), Instant.parse("2026-01-30T00:00:00Z"), THREE_DAYS)
                .getLast();
        assertThat(near.phase())
                .isEqualTo(new SaleNotice.PublishedPhase("early", "Early", Instant.parse("2026-01-31T23:59:59Z")));
        assertThat(near.next())
                .isEqualTo(new SaleNotice.PublishedPhase("short", "Short", Instant.parse("2026-02-01T23:59:59Z")));
        assertThat(near.prices())
                .containsExactly(new SaleNotice.PhasePrice("a", "A", new Money(100, "EUR"), new Money(150, "EUR")));
    }

    @Test
    void a_sale_opens_once_whatever_its_first_phase_is_called() {
        List<SaleNotice> early = DueSaleNotices.of(conference(true), Instant.parse("2026-01-10T00:00:00Z"), THREE_DAYS);
        List<SaleNotice> later = DueSaleNotices.of(conference(true), Instant.parse("2026-02-02T00:00:00Z"), THREE_DAYS);
        assertThat(later.getFirst().key()).isEqualTo(early.getFirst().key());
    }

    private static Conference conference(boolean open) {
        JsonNode source = Examples.json("""
                {"slug": "small-1", "name": "Small", "startsOn": "2026-06-01", "endsOn": "2026-06-02",
                 "timeZone": "Europe/Berlin", "registration": {"currency": "EUR", "capacity": 10,
                   "phases": [{"code": "early", "name": "Early", "from": "2026-01-10T00:00:00Z", "until": "2026-01-31T23:59:59Z"},
                              {"code": "short", "name": "Short", "until": "2026-02-01T23:59:59Z"},
                              {"code": "last", "name": "Last", "until": "2026-02-28T23:59:59Z"}],
                   "categories": [{"code": "a", "name": "A", "amounts": {"early": 100, "short": 150, "last": 200}},
                                  {"code": "v", "name": "V", "amounts": {"early": 0, "short": 0, "last": 0},
                                   "needsVoucher": true}]}}
                """);
        return new Conference("small-1", 1, Examples.read(source), source, open, null);
    }
}
