package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.openingminute.messaging.outbox.DatabaseIncarnations.Incarnation;

/** Proves how far readers go back after a new incarnation of the database. */
class DatabaseIncarnationsTest {

    private static final Instant NOON = Instant.parse("2026-02-02T12:00:00Z");
    private static final Duration BEFORE = DatabaseIncarnations.PROMOTED_WITHIN;

    private static final Incarnation FIRST = new Incarnation(1, true, true, NOON);
    private static final Incarnation SECOND = new Incarnation(500, true, false, NOON.plusSeconds(3_600));
    private static final Incarnation THIRD = new Incarnation(900, false, false, null);

    @Test
    void reader_of_the_present_incarnation_goes_on() {
        assertThat(new History(List.of(FIRST, SECOND)).readAgainFrom(500)).isEmpty();
    }

    @Test
    void reader_of_the_version_before_goes_on_until_the_first_new_incarnation() {
        assertThat(new History(List.of(FIRST)).readAgainFrom(null)).isEmpty();
        assertThat(new History(List.of(FIRST, SECOND)).readAgainFrom(null)).contains(NOON.minus(BEFORE));
    }

    @Test
    void reader_goes_back_to_the_last_presence_of_its_own_incarnation() {
        History history = new History(List.of(FIRST, SECOND, THIRD));
        assertThat(history.readAgainFrom(1)).contains(NOON.minus(BEFORE));
        assertThat(history.readAgainFrom(500)).contains(NOON.plusSeconds(3_600).minus(BEFORE));
        assertThat(history.recoverFrom()).isEqualTo(NOON.plusSeconds(3_600).minus(BEFORE));
    }

    @Test
    void reader_of_an_incarnation_that_a_copy_lacks_goes_back_to_the_copy() {
        History history = new History(List.of(FIRST, new Incarnation(950, false, false, null)));
        assertThat(history.readAgainFrom(900)).contains(NOON.minus(BEFORE));
    }

    @Test
    void reader_begins_anew_where_no_relay_was_ever_present() {
        History history = new History(List.of(new Incarnation(1, true, true, null), SECOND));
        assertThat(history.readAgainFrom(1)).contains(Instant.EPOCH);
        assertThat(history.readAgainFrom(0)).contains(Instant.EPOCH);
        assertThat(history.recoverFrom()).isEqualTo(Instant.EPOCH);
    }
}
