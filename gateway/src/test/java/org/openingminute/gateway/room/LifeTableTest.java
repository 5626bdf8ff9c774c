package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;

class LifeTableTest {

    private static final int ADMITTED_A_SECOND = 10;

    private final Counters counters = new Counters(0);
    private final LifeTable assumed = LifeTable.assumed(0.7, 90, 300);

    @Test
    void share_is_the_assumed_one_while_nothing_was_seen() {
        assertThat(assumed.share()).isCloseTo(0.7, within(0.001));
        assertThat(assumed.next(counters, 0, 1).share()).isCloseTo(0.7, within(0.001));
    }

    @Test
    void half_of_the_uses_are_still_to_come_at_the_median() {
        counters.add(Count.ADMITTED, 0, 1000);
        counters.begin(90, 0, 0);
        // Of 1,000 admissions 650 are unused at the median, and 350 of these are used later.
        assertThat(assumed.toCome(counters, 0)).isZero();
        assertThat(assumed.toCome(counters, 90)).isCloseTo(1000 * 0.35 / 0.65, within(5.0));
        counters.begin(899, 0, 0);
        assertThat(assumed.toCome(counters, 899)).isCloseTo(0, within(1.0));
    }

    @Test
    void share_follows_what_is_seen() {
        assertThat(seen(4, 60, 1200).share()).isCloseTo(0.4, within(0.03));
        assertThat(assumed.share()).isCloseTo(0.7, within(0.001));
    }

    @Test
    void first_minute_in_which_nobody_can_have_finished_says_nothing() {
        assertThat(seen(7, 90, 45).share()).isBetween(0.6, 0.7);
    }

    @Test
    void nothing_is_learnt_while_nothing_can_be_used_and_from_admissions_of_before() {
        LifeTable seen = seen(7, 60, 300);
        LifeTable table = seen;
        for (int second = 300; second < 900; second++) {
            counters.begin(second, 0, 0);
            table = table.next(counters, Math.min(second, 600), second + 1);
        }
        assertThat(table.share()).isCloseTo(seen.share(), within(0.02));
    }

    @Test
    void next_opening_begins_with_what_the_last_one_saw() {
        LifeTable seen = seen(4, 60, 1200);
        LifeTable next = seen.reopened();
        assertThat(next.share()).isEqualTo(seen.share());
        assertThat(next.toCome(counters, 1200)).isCloseTo(seen.toCome(counters, 1200), within(1e-6));
    }

    /** Admits ten a second. From a certain age on, {@code used} of them register, one every four seconds. */
    private LifeTable seen(int used, int age, int seconds) {
        LifeTable table = assumed;
        for (int second = 0; second < seconds; second++) {
            counters.begin(second, 0, 0);
            counters.add(Count.ADMITTED, second, ADMITTED_A_SECOND);
            for (int i = 0; i < used && second >= age + 4 * i; i++) {
                counters.used(second - age - 4 * i, second);
            }
            table = table.next(counters, 0, second + 1);
        }
        return table;
    }
}
