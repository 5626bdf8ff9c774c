package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.projection.States.byInvoice;
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

/** Proves how long each kind of mail is delayed, without Spring. */
class DelayPolicyTest {

    private static final Instant WRITTEN_AT = Instant.parse("2030-01-01T12:00:00Z");

    @Test
    void pay_now_waits_its_time_from_the_event_on() {
        assertThat(payNow(Duration.ofSeconds(60), WRITTEN_AT.plusSeconds(2))).isEqualTo(WRITTEN_AT.plusSeconds(60));
    }

    @Test
    void pay_now_waits_a_third_of_a_hold_that_is_short() {
        // The sample's hold is 15 minutes long.
        assertThat(payNow(Duration.ofHours(1), WRITTEN_AT)).isEqualTo(WRITTEN_AT.plusSeconds(300));
    }

    @Test
    void invoice_is_mailed_at_once() {
        assertThat(new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10))
                        .earliest(
                                MailKind.PAY_NOW,
                                projection(byInvoice(registration(RegistrationStatus.PENDING_PAYMENT)), null),
                                null,
                                WRITTEN_AT,
                                WRITTEN_AT))
                .isEqualTo(WRITTEN_AT);
    }

    @Test
    void an_old_event_leaves_time_to_read_the_next() {
        Instant now = WRITTEN_AT.plusSeconds(3_600);

        assertThat(payNow(Duration.ofSeconds(60), now)).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void a_reviewed_registrant_is_asked_to_pay_at_once() {
        assertThat(new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10))
                        .earliest(
                                MailKind.PAY_NOW,
                                projection(registration(RegistrationStatus.PENDING_PAYMENT), null),
                                RegistrationStatus.PENDING_REVIEW,
                                WRITTEN_AT,
                                WRITTEN_AT))
                .isEqualTo(WRITTEN_AT);
    }

    @Test
    void a_confirmation_waits_for_its_receipt_alone() {
        RegistrationSnapshot paid = registration(RegistrationStatus.CONFIRMED, 80_000, 80_000, 0, "Ada", "en");
        RegistrationSnapshot free = registration(RegistrationStatus.CONFIRMED, 0, 0, 0, "Ada", "en");

        assertThat(confirmation(projection(paid, null))).isEqualTo(WRITTEN_AT.plusSeconds(10));
        assertThat(confirmation(projection(paid, payment(PaymentSnapshot.ReportedStatus.CAPTURED))))
                .isEqualTo(WRITTEN_AT.plusSeconds(10));
        assertThat(confirmation(projection(paid, disputed())))
                .as("with a receipt")
                .isEqualTo(WRITTEN_AT.plusSeconds(1));
        assertThat(confirmation(projection(free, null))).isEqualTo(WRITTEN_AT.plusSeconds(1));
    }

    private static Instant confirmation(RegistrationProjection projection) {
        return new DelayPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10))
                .earliest(MailKind.CONFIRMATION, projection, null, WRITTEN_AT, WRITTEN_AT.plusSeconds(1));
    }

    private static RegistrationProjection projection(
            RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        return new RegistrationProjection(registration, payment, null);
    }

    private static Instant payNow(Duration wait, Instant now) {
        return new DelayPolicy(wait, Duration.ofSeconds(20), Duration.ofSeconds(10))
                .earliest(
                        MailKind.PAY_NOW,
                        projection(registration(RegistrationStatus.PENDING_PAYMENT), null),
                        null,
                        WRITTEN_AT,
                        now);
    }
}
