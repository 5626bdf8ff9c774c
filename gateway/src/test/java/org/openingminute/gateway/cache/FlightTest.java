package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.cache.Flight.Outcome;

class FlightTest {

    private static final String ITS_CLIENT = "198.51.100.1";
    private static final String ANOTHER = "198.51.100.2";

    private final Flight flight = new Flight(ITS_CLIENT);

    @Test
    void one_that_is_delayed_is_waited_for_at_its_clients_address_alone() {
        List<Outcome> there = outcomes(ITS_CLIENT);
        List<Outcome> elsewhere = outcomes(ANOTHER);
        assertThat(flight.isFor(ANOTHER)).isTrue();

        flight.delay();
        assertThat(elsewhere).containsExactly(new Outcome.Abandoned());
        assertThat(outcomes(ANOTHER)).containsExactly(new Outcome.Abandoned());
        assertThat(flight.isFor(ANOTHER)).isFalse();
        assertThat(there).isEmpty();
        assertThat(flight.isFor(ITS_CLIENT)).isTrue();

        flight.end(new Outcome.Private());
        assertThat(there).containsExactly(new Outcome.Private());
    }

    @Test
    void one_that_ends_has_one_outcome_for_all() {
        flight.end(new Outcome.Failed());
        flight.delay();
        assertThat(outcomes(ITS_CLIENT)).containsExactly(new Outcome.Failed());
        assertThat(outcomes(ANOTHER)).containsExactly(new Outcome.Failed());
    }

    private List<Outcome> outcomes(String address) {
        List<Outcome> outcomes = new ArrayList<>();
        flight.outcome(address).subscribe(outcomes::add);
        return outcomes;
    }
}
