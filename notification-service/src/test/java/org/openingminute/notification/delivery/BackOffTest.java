package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Proves the pauses between attempts, without Spring. */
class BackOffTest {

    private final BackOff backOff = new BackOff(Duration.ofSeconds(15));

    @Test
    void each_wait_is_twice_as_long_up_to_a_quarter_of_an_hour() {
        assertThat(IntStream.of(1, 2, 3, 6, 7, 10_000).mapToObj(backOff::after))
                .extracting(Duration::toSeconds)
                .containsExactly(15L, 30L, 60L, 480L, 900L, 900L);
    }

    @Test
    void repeated_silence_of_the_server_lengthens_the_back_off() {
        assertThat(IntStream.of(1, 2, 3, 4, 20).mapToObj(n -> backOff.afterSilence(n, Duration.ofSeconds(2))))
                .extracting(Duration::toSeconds)
                .containsExactly(2L, 2L, 15L, 30L, 900L);
    }

    @Test
    void total_wait_is_the_sum_of_all_waits() {
        assertThat(backOff.hasWaited(2, Duration.ofSeconds(45))).isTrue();
        assertThat(backOff.hasWaited(2, Duration.ofSeconds(46))).isFalse();
        assertThat(backOff.hasWaited(36, Duration.ofHours(8))).isFalse();
        assertThat(backOff.hasWaited(37, Duration.ofHours(8))).isTrue();
    }
}
