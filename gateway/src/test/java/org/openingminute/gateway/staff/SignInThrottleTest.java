package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {

    private final SetClock clock = new SetClock();
    private final SignInThrottle limit = new SignInThrottle(clock);

    @Test
    void sixth_failed_sign_in_of_a_second_has_to_wait() {
        fail("organiser", "192.0.2.1", 4);
        assertThat(limit.mayAttempt("organiser", "192.0.2.1")).isTrue();
        fail("organiser", "192.0.2.1", 1);
        assertThat(limit.mayAttempt("organiser", "192.0.2.1")).isFalse();
    }

    @Test
    void somebody_who_guesses_does_not_keep_the_owner_out() {
        fail("organiser", "192.0.2.1", 100);
        assertThat(limit.mayAttempt("organiser", "192.0.2.2")).isTrue();
        assertThat(limit.mayAttempt("operator", "192.0.2.1")).isTrue();
    }

    @Test
    void the_next_second_begins_anew() {
        fail("organiser", "192.0.2.1", 100);
        clock.now = clock.now.plusSeconds(1);
        assertThat(limit.mayAttempt("organiser", "192.0.2.1")).isTrue();
        fail("organiser", "192.0.2.1", 1);
        assertThat(limit.mayAttempt("organiser", "192.0.2.1")).isTrue();
    }

    private void fail(String account, String address, int times) {
        for (int i = 0; i < times; i++) {
            limit.failed(account, address);
        }
    }

    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2026-02-02T17:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
