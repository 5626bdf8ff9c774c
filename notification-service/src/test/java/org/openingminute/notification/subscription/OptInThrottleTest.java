package org.openingminute.notification.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves how long the throttle delays opt-in mails to an address, without Spring. */
class OptInThrottleTest {

    private final Instant mailed = Instant.parse("2026-02-02T17:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, PT1H", "1, PT1H", "2, P1D", "3, P7D", "4, P7D", "400, P7D"})
    void each_mail_that_nobody_answers_makes_the_wait_longer(int unanswered, Duration wait) {
        OptInThrottle throttle = new OptInThrottle(mailed, unanswered);
        assertThat(throttle.next(mailed)).isEqualTo(mailed.plus(wait));
        assertThat(throttle.next(mailed.plus(wait).minusSeconds(1))).isEqualTo(mailed.plus(wait));
        assertThat(throttle.next(mailed.plus(wait).plusSeconds(1)))
                .isEqualTo(mailed.plus(wait).plusSeconds(1));
        assertThat(wait).isLessThan(OptInThrottle.KEPT);
    }

    @Test
    void first_opt_in_mail_is_not_delayed() {
        assertThat(new OptInThrottle(null, 0).next(mailed)).isEqualTo(mailed);
        assertThat(new OptInThrottle(null, 0).isAhead(mailed)).isFalse();
    }

    @Test
    void a_mail_that_is_still_to_come_is_known() {
        assertThat(new OptInThrottle(mailed, 2).isAhead(mailed.minusSeconds(1))).isTrue();
        assertThat(new OptInThrottle(mailed, 2).isAhead(mailed)).isFalse();
    }
}
