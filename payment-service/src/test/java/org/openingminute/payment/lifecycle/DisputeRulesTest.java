package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves the rules for disputes and inquiries of a payer's bank, without Spring. */
class DisputeRulesTest extends PlayedPayment {

    @Test
    void a_dispute_is_open_then_won_or_lost() {
        PaymentTrigger opened = dispute(null);
        assertThatThrownBy(() -> after(requested(1, 80_000), opened)).isInstanceOf(NotReady.class);
        published.clear();

        Payment disputed = after(requested(1, 80_000), arrived("pay_1"), opened, opened);
        assertThat(disputed.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(disputed.disputed()).isEqualTo(DUE);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.DISPUTED);

        Payment won = next(disputed, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", true, T0));
        assertThat(won.status()).isEqualTo(PaymentStatus.CAPTURED);
        Payment lost = next(disputed, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(lost.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(next(lost, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", true, T0)))
                .isEqualTo(lost);
    }

    @Test
    void a_dispute_that_is_lost_in_another_currency_takes_the_whole_payment() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", new Money(70_000, "EUR"), T0, null),
                new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(payment.left(payment.captures().getFirst())).isEqualTo(usd(0));
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Yes.class);
    }

    @Test
    void inquiry_is_reported_and_neither_posted_nor_in_the_way_of_a_refund() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept(), inquiry(null));
        payment = next(payment, inquiry(null));

        assertThat(payment.inquiries())
                .singleElement()
                .satisfies(inquiry -> assertThat(inquiry.closedAt()).isNull());
        assertThat(payment.disputes()).isEmpty();
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.disputed()).isEqualTo(usd(0));
        assertThat(posted).extracting(Posting::kind).containsExactly(Posting.PostingKind.CAPTURE);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.RECEIPT_ISSUED, EventType.INQUIRY_CHANGED);

        payment = next(payment, new PaymentTrigger.RefundCommanded(new UUID(3, 1), DUE, "policy", T0));
        payment = next(payment, new PaymentTrigger.RefundDone(new UUID(3, 1), "re_1", T0));
        payment = next(payment, inquiry(T0));
        payment = next(payment, inquiry(T0.plusSeconds(1)));
        assertThat(payment.status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(payment.inquiries()).extracting(Inquiry::closedAt).containsExactly(T0);
        assertThat(published).endsWith(EventType.REFUNDED, EventType.INQUIRY_CHANGED);
    }

    @Test
    void inquiry_is_a_dispute_once_money_is_withdrawn() {
        PaymentTrigger opened =
                new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", DUE, T0.plusSeconds(9), null);
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), inquiry(null), opened);

        assertThat(payment.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(payment.inquiries()).extracting(Inquiry::closedAt).containsExactly(T0.plusSeconds(9));
        assertThat(payment.disputes())
                .extracting(Dispute::id)
                .containsExactly(payment.inquiries().getFirst().id());
        assertThat(posted)
                .extracting(Posting::kind)
                .containsExactly(Posting.PostingKind.CAPTURE, Posting.PostingKind.DISPUTE_OPENED);
        assertThat(next(payment, inquiry(null))).as("a late report").isEqualTo(payment);
        assertThat(after(requested(1, 80_000), arrived("pay_1"), opened, inquiry(null))
                        .inquiries())
                .as("inquiry after the dispute")
                .isEmpty();
    }

    @Test
    void inquiry_that_was_taken_for_a_dispute_ends_as_won() {
        PaymentTrigger opened = dispute(null);
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), opened, inquiry(T0));

        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(published).endsWith(EventType.DISPUTED, EventType.DISPUTE_ENDED);
        assertThat(balance(Posting.DISPUTED)).isZero();
    }

    @Test
    void dispute_reported_to_a_database_that_lost_it_keeps_its_id() {
        PaymentTrigger opened = dispute(null);
        Payment before = after(requested(1, 80_000), arrived("pay_1"));

        assertThat(next(before, opened).disputes())
                .isEqualTo(next(before, opened).disputes());
        assertThat(next(before, inquiry(null)).inquiries())
                .isEqualTo(next(before, inquiry(null)).inquiries());
    }

    @Test
    void deadline_that_becomes_known_later_is_told_once() {
        Payment disputed = after(
                requested(1, 80_000),
                arrived("pay_1"),
                dispute(null),
                dispute(T0.plusSeconds(7)),
                dispute(T0.plusSeconds(8)),
                dispute(null));
        assertThat(disputed.disputes()).extracting(Dispute::evidenceDueAt).containsExactly(T0.plusSeconds(7));
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.DISPUTED, EventType.DISPUTED);
        assertThat(balance(Posting.DISPUTED)).isEqualTo(-DUE.amount());
        Payment lost = next(disputed, new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(lost.disputes()).extracting(Dispute::evidenceDueAt).containsExactly(T0.plusSeconds(7));

        published.clear();
        Payment asked = after(
                requested(1, 80_000),
                arrived("pay_1"),
                inquiry(null),
                inquiry(null, T0.plusSeconds(7)),
                inquiry(null, T0.plusSeconds(8)),
                inquiry(null),
                inquiry(T0.plusSeconds(9)));
        assertThat(asked.inquiries()).extracting(Inquiry::evidenceDueAt).containsExactly(T0.plusSeconds(7));
        assertThat(asked.inquiries()).extracting(Inquiry::closedAt).containsExactly(T0.plusSeconds(9));
        assertThat(published)
                .containsExactly(
                        EventType.CAPTURED,
                        EventType.INQUIRY_CHANGED,
                        EventType.INQUIRY_CHANGED,
                        EventType.INQUIRY_CHANGED);
    }

    @Test
    void dispute_that_has_ended_gets_no_deadline() {
        Payment lost = after(
                requested(1, 80_000),
                arrived("pay_1"),
                dispute(null),
                new PaymentTrigger.DisputeEnded("sandbox", "dp_1", false, T0));

        assertThat(next(lost, dispute(T0.plusSeconds(7)))).isEqualTo(lost);
    }

    private static PaymentTrigger dispute(@Nullable Instant dueAt) {
        return new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", DUE, T0, dueAt);
    }

    private static PaymentTrigger inquiry(@Nullable Instant closedAt) {
        return inquiry(closedAt, null);
    }

    private static PaymentTrigger inquiry(@Nullable Instant closedAt, @Nullable Instant dueAt) {
        return new PaymentTrigger.InquiryReported("sandbox", "dp_1", "pay_1", DUE, T0, closedAt, dueAt);
    }
}
