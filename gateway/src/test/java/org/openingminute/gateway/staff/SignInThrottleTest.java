package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.staff.SignInThrottle.Guesser;

class SignInThrottleTest {

    private static final Guesser GUESSER = new Guesser("organiser", "192.0.2.1");

    private final SetClock clock = new SetClock();
    private final SignInThrottle throttle = throttle(TestSettings.SIGN_IN);

    @Test
    void the_sixth_failed_attempt_has_to_wait_a_second() {
        fail(GUESSER, 5);
        assertThat(throttle.begin(GUESSER)).contains(Duration.ofSeconds(1));
        clock.pass(Duration.ofMillis(999));
        assertThat(throttle.begin(GUESSER)).contains(Duration.ofMillis(1));
    }

    @Test
    void the_pause_doubles_up_to_a_quarter_of_an_hour() {
        fail(GUESSER, 5);
        assertThat(IntStream.range(0, 12)
                        .mapToObj(_ -> {
                            Duration pause = throttle.begin(GUESSER).orElseThrow();
                            clock.pass(pause);
                            assertThat(throttle.begin(GUESSER)).isEmpty();
                            return pause.toSeconds();
                        })
                        .toList())
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L);
    }

    @Test
    void an_attempt_in_the_pause_does_not_lengthen_it() {
        fail(GUESSER, 5);
        IntStream.range(0, 100).forEach(_ -> throttle.begin(GUESSER));
        clock.pass(Duration.ofSeconds(1));
        assertThat(throttle.begin(GUESSER)).isEmpty();
    }

    @Test
    void somebody_who_guesses_does_not_keep_the_owner_out() {
        IntStream.range(0, 50).forEach(i -> {
            Guesser guesser = new Guesser("organiser", "198.51.100." + i);
            IntStream.range(0, 20).forEach(_ -> throttle.begin(guesser));
            assertThat(throttle.begin(guesser)).isPresent();
        });
        assertThat(throttle.begin(GUESSER)).isEmpty();
        assertThat(throttle.begin(GUESSER)).isEmpty();
        assertThat(throttle.begin(GUESSER)).isEmpty();
    }

    @Test
    void a_place_that_tries_many_accounts_has_to_wait() {
        IntStream.range(0, 49).forEach(i -> fail(new Guesser("account-" + i, "192.0.2.1"), 1));
        assertThat(throttle.begin(new Guesser("own", "192.0.2.1"))).isEmpty();
        throttle.succeeded(new Guesser("own", "192.0.2.1"));
        fail(new Guesser("account-49", "192.0.2.1"), 1);
        assertThat(throttle.begin(new Guesser("account-50", "192.0.2.1"))).contains(Duration.ofSeconds(1));
        assertThat(throttle.begin(new Guesser("account-50", "192.0.2.2"))).isEmpty();
    }

    @Test
    void success_clears_the_failures_before_it() {
        fail(GUESSER, 4);
        assertThat(throttle.begin(GUESSER)).isEmpty();
        throttle.succeeded(GUESSER);
        fail(GUESSER, 5);
        assertThat(throttle.begin(GUESSER)).isPresent();
    }

    @Test
    void an_attempt_without_a_verdict_does_not_count() {
        fail(GUESSER, 4);
        assertThat(throttle.begin(GUESSER)).isEmpty();
        throttle.takeBack(GUESSER);
        assertThat(throttle.begin(GUESSER)).isEmpty();
        assertThat(throttle.begin(GUESSER)).isPresent();
    }

    @Test
    void failures_are_forgotten_after_an_hour() {
        fail(GUESSER, 5);
        clock.pass(Duration.ofHours(1));
        fail(GUESSER, 5);
        assertThat(throttle.begin(GUESSER)).contains(Duration.ofSeconds(1));
    }

    @Test
    void an_operator_chooses_what_is_free_and_how_long_to_wait() {
        SignInThrottle stricter = throttle(new GatewaySettings.SignIn(
                3, 4, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(1)));
        fail(stricter, GUESSER, 3);
        for (int pause : List.of(10, 20, 30, 30)) {
            assertThat(stricter.begin(GUESSER)).contains(Duration.ofSeconds(pause));
            clock.pass(Duration.ofSeconds(pause));
            fail(stricter, GUESSER, 1);
        }
        clock.pass(Duration.ofMinutes(1));
        fail(stricter, GUESSER, 3);
        fail(stricter, new Guesser("ada", "192.0.2.1"), 1);
        assertThat(stricter.begin(new Guesser("grace", "192.0.2.1"))).contains(Duration.ofSeconds(10));
    }

    private SignInThrottle throttle(GatewaySettings.SignIn allowed) {
        return new SignInThrottle(
                clock,
                TestSettings.of(
                        GatewaySettings.Mode.REHEARSAL,
                        new GatewaySettings.StaffSettings(
                                "key",
                                "",
                                "",
                                "",
                                "roles",
                                "",
                                "",
                                "",
                                new GatewaySettings.Passwords("", "", "", ""),
                                "",
                                allowed)));
    }

    private void fail(Guesser guesser, int times) {
        fail(throttle, guesser, times);
    }

    private static void fail(SignInThrottle throttle, Guesser guesser, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(throttle.begin(guesser)).isEqualTo(Optional.empty());
        }
    }
}
