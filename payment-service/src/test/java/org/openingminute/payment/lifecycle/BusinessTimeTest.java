package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;

/** Proves that attempts show business time but are judged by the machine's clock, by rules alone. */
class BusinessTimeTest extends PlayedPayment {

    private static final Duration HOLD = Duration.ofSeconds(900);
    private static final Duration YEAR = Duration.ofDays(365);

    @Test
    void attempt_is_shown_as_far_ahead_as_the_hold() {
        Payment payment = after(requested(1, T0.plus(HOLD).plus(YEAR)), arrived("pay_1"));

        assertThat(payment.attempts().getFirst().at()).isEqualTo(T0);
        assertThat(payment.attempts().getFirst().shownAt()).isEqualTo(T0.plus(YEAR));
    }

    @Test
    void shown_times_stay_when_the_clock_is_moved() {
        Payment payment = after(
                requested(1, T0.plus(HOLD).plus(YEAR)),
                new PaymentTrigger.Declined("sandbox", "pay_1", "card-declined", T0),
                requested(2, T0.plus(HOLD).plus(YEAR).plus(YEAR)),
                new PaymentTrigger.Declined("sandbox", "pay_2", "card-declined", T0));

        assertThat(payment.attempts())
                .extracting(Attempt::shownAt)
                .containsExactly(T0.plus(YEAR), T0.plus(YEAR).plus(YEAR));
    }

    @Test
    void clocks_that_agree_but_for_a_rounding_are_the_same() {
        Payment payment = after(requested(1, T0.plus(HOLD).plusMillis(999)), arrived("pay_1"));

        assertThat(payment.attempts().getFirst().shownAt()).isEqualTo(T0);
        Payment later = after(requested(1, T0.plus(HOLD), T0.plusMillis(4_999)), arrived("pay_1"));
        assertThat(later.attempts().getFirst().shownAt()).isEqualTo(T0);
    }

    @Test
    void request_tells_business_time_whatever_it_holds() {
        Instant told = T0.plus(YEAR).plusMillis(7);
        Payment held = after(requested(1, T0.plus(HOLD).plus(YEAR), told), arrived("pay_1"));
        Payment sold = after(requested(1, null, told), arrived("pay_1"));

        assertThat(held.attempts().getFirst().shownAt()).isEqualTo(told);
        assertThat(sold.attempts().getFirst().shownAt()).isEqualTo(told);
    }

    @Test
    void desk_sale_has_its_receipt_in_business_time() {
        Instant sold = T0.plus(YEAR);
        Payment payment = after(
                requested(1, null, sold),
                new PaymentTrigger.MarkedPaid(new UUID(4, 1), usd(80_000), sold, "BANK-1"),
                new PaymentTrigger.Kept());

        assertThat(payment.documents()).extracting(IssuedDocument::issuedAt).containsExactly(sold);
        assertThat(payment.paidAt(payment.captures().getFirst())).isEqualTo(sold);
    }

    @Test
    void surplus_of_a_transfer_is_shown_when_it_came() {
        Instant came = T0.plus(YEAR);
        Payment payment = after(
                requested(1, null, came),
                new PaymentTrigger.MarkedPaid(new UUID(4, 1), usd(80_000), came, "BANK-1"),
                new PaymentTrigger.MarkedPaid(new UUID(4, 2), usd(100), came.plusSeconds(60), "BANK-1"));

        assertThat(payment.paidAt(payment.captures().getLast())).isEqualTo(came.plusSeconds(60));
    }

    @Test
    void business_time_without_a_hold_is_machine_time() {
        Payment payment = after(requested(1, null), arrived("pay_1"));

        assertThat(payment.attempts().getFirst().shownAt()).isEqualTo(T0);
    }

    @Test
    void mark_paid_states_business_time() {
        Instant received = T0.plus(YEAR);
        Payment payment = after(
                requested(1, T0.plus(HOLD).plus(YEAR)),
                new PaymentTrigger.MarkedPaid(new UUID(4, 1), usd(80_000), received, "BANK-1"));

        assertThat(payment.attempts().getFirst().shownAt()).isEqualTo(received);
    }

    private static PaymentTrigger requested(int revision, @Nullable Instant holdExpiresAt) {
        return requested(revision, holdExpiresAt, null);
    }

    /** @param businessTime the time of the request; {@code null} in requests of earlier versions */
    private static PaymentTrigger requested(
            int revision, @Nullable Instant holdExpiresAt, @Nullable Instant businessTime) {
        PaymentRequest request = request(revision, 80_000, true, HOLD.toSeconds());
        return new PaymentTrigger.Requested(new ReceivedRequest(
                new PaymentRequest(
                        request.registration(),
                        request.revision(),
                        request.reference(),
                        request.conference(),
                        request.conferenceName(),
                        request.timeZone(),
                        request.due(),
                        request.payable(),
                        request.payableSeconds(),
                        holdExpiresAt,
                        null,
                        businessTime,
                        request.method(),
                        request.lines(),
                        request.tax(),
                        request.discount(),
                        request.buyer(),
                        request.locale()),
                T0));
    }
}
