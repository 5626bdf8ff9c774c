package org.openingminute.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;

/** Proves the instants of a day in the conference's time zone, without Spring. */
class LedgerSpanTest {

    private static final ZoneId EAST = ZoneId.of("Asia/Tokyo");
    private static final ZoneId WEST = ZoneId.of("America/Lima");

    @Test
    void day_follows_the_conferences_time_zone() {
        assertThat(LedgerSpan.ofDay("2026-05-18", EAST))
                .isEqualTo(
                        new LedgerSpan(Instant.parse("2026-05-17T15:00:00Z"), Instant.parse("2026-05-18T15:00:00Z")));
        assertThat(LedgerSpan.of("2026-05-18", "2026-05-19", WEST))
                .isEqualTo(
                        new LedgerSpan(Instant.parse("2026-05-18T05:00:00Z"), Instant.parse("2026-05-20T05:00:00Z")));
    }

    @Test
    void years_are_those_of_the_instants_that_the_database_has() {
        assertThatThrownBy(() -> LedgerSpan.ofDay("0001-01-01", EAST)).isInstanceOf(Problem.class);
        assertThat(LedgerSpan.ofDay("0001-01-01", WEST).from()).isAfter(Instant.parse("0001-01-01T00:00:00Z"));
        assertThatThrownBy(() -> LedgerSpan.of("0001-01-01T00:00:00+01:00", null, WEST))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> LedgerSpan.of(null, "+999999999-12-31", EAST)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> LedgerSpan.ofDay("9999-12-31", WEST)).isInstanceOf(Problem.class);
    }
}
