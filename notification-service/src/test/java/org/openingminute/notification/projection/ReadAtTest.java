package org.openingminute.notification.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Proves that the age of a read state is measured by the clock that advanced further. */
class ReadAtTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ReadAt THEN = at(-500_000_000, 1_000);

    private static ReadAt at(long nanos, long millis) {
        return new ReadAt(nanos, Instant.ofEpochMilli(millis));
    }

    @Test
    void the_clock_that_went_further_counts() {
        assertThat(THEN.isWithin(SECOND, at(499_999_999, 1_999))).isTrue();
        assertThat(THEN.isWithin(SECOND, at(500_000_000, 1_001))).isFalse();
        assertThat(THEN.isWithin(SECOND, at(-499_999_999, 2_000))).isFalse();
    }

    @Test
    void clock_that_is_set_back_makes_nothing_fresh() {
        assertThat(THEN.isWithin(SECOND, at(500_000_000, -3_600_000))).isFalse();
        assertThat(THEN.isWithin(SECOND, at(0, -3_600_000))).isTrue();
    }
}
