package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.projection.States.disputed;
import static org.openingminute.notification.projection.States.payment;
import static org.openingminute.notification.projection.States.registration;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;

class DelayPolicyTest {

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
    void an_old_event_leaves_time_to_read_the_next() {
        Instant now = SAID.plusSeconds(3_600);

        assertThat(payNow(Duration.ofSeconds(60), now)).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void a_reviewed_registrant_is_asked_to_pay_at_once() {
        assertThat(new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10))
                        .earliest(
                                MailKind.PAY_NOW,
                                heard(registration(RegistrationStatus.PENDING_PAYMENT), null),
                                RegistrationStatus.PENDING_REVIEW,
                                SAID,
                                SAID))
                .isEqualTo(SAID);
    }

    @Test
    void a_confirmation_waits_for_its_receipt_alone() {
        RegistrationSnapshot paid = registration(RegistrationStatus.CONFIRMED, 80_000, 80_000, 0, "Ada", "en");
        RegistrationSnapshot free = registration(RegistrationStatus.CONFIRMED, 0, 0, 0, "Ada", "en");

        assertThat(confirmation(heard(paid, null))).isEqualTo(SAID.plusSeconds(10));
        assertThat(confirmation(heard(paid, payment(PaymentSnapshot.ReportedStatus.CAPTURED))))
                .isEqualTo(SAID.plusSeconds(10));
        assertThat(confirmation(heard(paid, disputed()))).as("with a receipt").isEqualTo(SAID.plusSeconds(1));
        assertThat(confirmation(heard(free, null))).isEqualTo(SAID.plusSeconds(1));
    }

    private static Instant confirmation(RegistrationProjection heard) {
        return new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10))
                .earliest(MailKind.CONFIRMATION, heard, null, SAID, SAID.plusSeconds(1));
    }

    private static RegistrationProjection heard(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        return new RegistrationProjection(registration, payment, null);
    }

    private static Instant payNow(Duration wait, Instant now) {
        return new DelayPolicy(wait, Duration.ofSeconds(20), Duration.ofSeconds(10))
                .earliest(
                        MailKind.PAY_NOW,
                        heard(registration(RegistrationStatus.PENDING_PAYMENT), null),
                        null,
                        SAID,
                        now);
    }
}
