package org.openingminute.payment.refunds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.Refund;

/** Proves when refunds are attempted and the pauses between attempts, without Spring. */
class RefundJobTest {

    private static final UUID ID = new UUID(1, 1);
    private static final Instant T0 = Instant.parse("2026-02-02T17:00:00Z");
    private static final Money DUE = new Money(800, "USD");
    private static final RefundRepository.Claimed CLAIMED = new RefundRepository.Claimed(ID, ID, T0, null);
    private static final Payment REFUNDED = Payment.unknown(ID)
            .withCaptures(
                    List.of(new Capture(ID, "sandbox", "pay_1", DUE, T0, false, Capture.Answer.GIVEN_BACK, T0, 0)))
            .withRefunds(List.of(new Refund(
                    ID, ID, DUE, "ill", Refund.RefundState.PENDING, T0, T0, false, null, null, null, null, false)));

    @Test
    void refund_is_made_unless_its_money_is_disputed() {
        assertThat(RefundJob.due(CLAIMED, REFUNDED)).isPresent();
        assertThat(RefundJob.due(CLAIMED, disputed(Dispute.State.OPEN))).isEmpty();
        assertThat(RefundJob.due(CLAIMED, disputed(Dispute.State.WON))).isPresent();
        assertThat(RefundJob.due(CLAIMED, Payment.unknown(ID))).isEmpty();
        assertThat(RefundJob.due(CLAIMED, null)).isEmpty();
    }

    private static Payment disputed(Dispute.State state) {
        return REFUNDED.withDisputes(List.of(new Dispute(ID, "sandbox", "dp_1", ID, DUE, state, T0, null)));
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT1M", "PT1M,PT1M", "PT2M,PT2M", "PT31M,PT31M", "PT1H,PT1H", "P30D,PT1H", "PT-1M,PT1M"})
    void pauses_double_from_a_minute_to_an_hour(Duration age, Duration pause) {
        assertThat(RefundJob.pause(age)).isEqualTo(pause);
    }

    @Test
    void a_refund_that_takes_a_week_is_asked_about_some_hundred_times() {
        int asked = 0;
        for (Duration age = Duration.ZERO; age.toDays() < 7; age = age.plus(RefundJob.pause(age))) {
            asked++;
        }
        assertThat(asked).isLessThan(180);
    }
}
