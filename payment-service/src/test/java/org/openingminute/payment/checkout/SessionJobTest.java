package org.openingminute.payment.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the pauses between checks of a session, without Spring. */
class SessionJobTest {

    @ParameterizedTest
    @CsvSource({"PT0S,PT30S", "PT119S,PT30S", "PT2M,PT5M", "PT80M,PT5M"})
    void a_young_session_is_asked_about_often_and_an_old_one_seldom(Duration age, Duration pause) {
        assertThat(SessionJob.pause(age)).isEqualTo(pause);
    }

    @ParameterizedTest
    @CsvSource({"PT10M,PT5M", "PT5M1S,PT5M", "PT90S,PT90S", "PT0S,PT5M", "PT-1M,PT5M"})
    void rejected_call_is_not_put_off_beyond_the_end_of_a_hold(Duration untilTheEnd, Duration pause) {
        Instant now = Instant.parse("2026-02-02T17:00:00Z");
        assertThat(SessionJob.nextAttempt(now, now.minus(Duration.ofMinutes(10)), now.plus(untilTheEnd)))
                .isEqualTo(now.plus(pause));
    }
}
