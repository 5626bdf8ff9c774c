package org.openingminute.notification.owed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.heard.States.registration;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.heard.RegistrationStatus;

class WaitsTest {

    private static final Instant SAID = Instant.parse("2030-01-01T12:00:00Z");

    @Test
    void pay_now_waits_its_time_from_the_event_on() {
        assertThat(payNow(Duration.ofSeconds(60), SAID.plusSeconds(2))).isEqualTo(SAID.plusSeconds(60));
    }

    @Test
    void pay_now_waits_a_third_of_a_hold_that_is_short() {
        // The hold of the example is fifteen minutes.
        assertThat(payNow(Duration.ofHours(1), SAID)).isEqualTo(SAID.plusSeconds(300));
    }

    @Test
    void after_an_old_event_there_is_time_to_read_the_next() {
        Instant now = SAID.plusSeconds(3_600);

        assertThat(payNow(Duration.ofSeconds(60), now)).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void who_waited_for_a_review_is_asked_at_once() {
        assertThat(new Waits(Duration.ofSeconds(60), Duration.ofSeconds(20))
                        .earliest(
                                MailKind.PAY_NOW,
                                registration(RegistrationStatus.PENDING_PAYMENT),
                                RegistrationStatus.PENDING_REVIEW,
                                SAID,
                                SAID))
                .isEqualTo(SAID);
    }

    @Test
    void a_confirmation_waits_for_nothing() {
        assertThat(new Waits(Duration.ofSeconds(60), Duration.ofSeconds(20))
                        .earliest(
                                MailKind.CONFIRMATION,
                                registration(RegistrationStatus.CONFIRMED),
                                null,
                                SAID,
                                SAID.plusSeconds(1)))
                .isEqualTo(SAID.plusSeconds(1));
    }

    private static Instant payNow(Duration wait, Instant now) {
        return new Waits(wait, Duration.ofSeconds(20))
                .earliest(MailKind.PAY_NOW, registration(RegistrationStatus.PENDING_PAYMENT), null, SAID, now);
    }
}
