package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Limits;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Sale.Moment;

/** Proves the shipped definition of MLSys 2026: phases, prices and limits. */
class MlsysDefinitionTest {

    private final Definition mlsys = Examples.mlsys();

    @Test
    void a_new_local_system_starts_in_the_early_phase() {
        assertThat(phaseAt("2026-02-02T09:00:00-08:00")).isEqualTo("early");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-14T23:59:59.999999999-08:00, not open",
        "2026-01-15T00:00:00-08:00, early",
        "2026-04-01T23:59:59.999999999-12:00, early",
        "2026-04-02T04:59:59-07:00, early",
        "2026-04-02T00:00:00-12:00, regular",
        "2026-04-02T05:00:00-07:00, regular",
        "2026-05-10T23:59:59-12:00, regular",
        "2026-05-11T00:00:00-12:00, late",
        "2026-05-22T12:00:00.999999999-07:00, late",
        "2026-05-22T12:00:01-07:00, closed"
    })
    void phases_end_with_their_last_second_anywhere_on_earth(String at, String phase) {
        assertThat(phaseAt(at)).isEqualTo(phase);
    }

    @Test
    void prices_are_samples_and_say_so() {
        assertThat(mlsys.sample()).isTrue();
    }

    @Test
    void its_limits_are_those_of_the_file() {
        assertThat(Limits.of(mlsys).byKey())
                .isEqualTo(Map.of(
                        new QuotaKey.Capacity(), 2500,
                        new QuotaKey.OfCategory("student"), 900,
                        new QuotaKey.OfCategory("invited"), 60,
                        new QuotaKey.OfAddOn("tutorials"), 600,
                        new QuotaKey.OfAddOn("workshops"), 800,
                        new QuotaKey.OfAddOn("banquet"), 300,
                        new QuotaKey.OfVoucher("INVITED-2026"), 60,
                        new QuotaKey.OfVoucher("SPONSOR-TEAM"), 50,
                        new QuotaKey.OfVoucher("DIVERSITY-50"), 100));
    }

    @Test
    void missing_settings_have_defaults() {
        SaleTerms terms = mlsys.registration();
        assertThat(terms.addOn("tutorials").orElseThrow().maxPerAttendee()).isEqualTo(1);
        assertThat(terms.category("industry").orElseThrow().countsAgainstCapacity())
                .isTrue();
        assertThat(terms.onePerAddress()).isFalse();
    }

    @Test
    void reserved_seats_need_the_sponsors_code() {
        Availability availability = Availability.of(mlsys, Instant.parse("2026-02-02T17:00:00Z"));
        assertThat(availability.free(Map.of(), new QuotaKey.Capacity())).hasValue(2450);
        assertThat(availability.free(Map.of(new QuotaKey.OfVoucher("sponsor-team"), 20), new QuotaKey.Capacity()))
                .hasValue(2470);
    }

    private String phaseAt(String at) {
        return switch (mlsys.registration()
                .sale()
                .phaseAt(OffsetDateTime.parse(at).toInstant())) {
            case Moment.NotOpen ignored -> "not open";
            case Moment.Open(Phase phase) -> phase.code();
            case Moment.Closed ignored -> "closed";
        };
    }
}
