package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument.IssuedKind;

/** Proves which triggers issue a receipt or a credit note and its amount, without Spring. */
class DocumentRulesTest extends PlayedPayment {

    @Test
    void a_kept_capture_gets_one_receipt() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"));
        assertThat(payment.documents()).isEmpty();

        payment = next(payment, new PaymentTrigger.Kept());
        assertThat(payment.receipt().orElseThrow().amount()).isEqualTo(DUE);
        assertThat(published).containsExactly(EventType.CAPTURED, EventType.RECEIPT_ISSUED);

        assertThat(next(payment, new PaymentTrigger.Kept())).isEqualTo(payment);
    }

    @Test
    void no_receipt_is_issued_without_a_payment() {
        assertThat(after(requested(1, 0), new PaymentTrigger.Kept()).documents())
                .isEmpty();
    }

    @Test
    void a_refund_without_a_receipt_has_no_credit_note() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), refund(1, 80_000), done(1));
        assertThat(payment.documents()).isEmpty();
    }

    @Test
    void each_refund_makes_a_credit_note_over_its_amount() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept());
        payment = next(payment, refund(1, 30_000));
        assertThat(payment.documents()).hasSize(1);
        payment = next(payment, done(1));
        payment = next(payment, refund(2, 50_000));
        payment = next(payment, done(2));

        assertThat(payment.documents())
                .extracting(IssuedDocument::kind)
                .containsExactly(IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE, IssuedKind.CREDIT_NOTE);
        assertThat(payment.documents())
                .extracting(IssuedDocument::amount)
                .containsExactly(DUE, usd(30_000), usd(50_000));
    }

    @Test
    void money_that_came_back_gets_a_receipt_again() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.Kept(),
                refund(1, 80_000),
                done(1),
                new PaymentTrigger.RefundFailed(new UUID(3, 1), "account-closed", T0),
                refund(2, 80_000),
                done(2));
        assertThat(payment.documents())
                .extracting(IssuedDocument::kind)
                .containsExactly(
                        IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE, IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE);
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsOnly(DUE);
        assertThat(published)
                .containsExactly(
                        EventType.CAPTURED,
                        EventType.RECEIPT_ISSUED,
                        EventType.REFUNDED,
                        EventType.REFUND_FAILED,
                        EventType.REFUNDED);
    }

    @Test
    void money_that_nobody_kept_gets_no_receipt_when_its_refund_fails() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                refund(1, 80_000),
                done(1),
                new PaymentTrigger.RefundFailed(new UUID(3, 1), "account-closed", T0));
        assertThat(payment.documents()).isEmpty();
    }

    @Test
    void documents_equal_the_kept_money_after_every_done_and_failed_refund() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int history = 0; history < 500; history++) {
            Payment payment = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept());
            for (int step = 0; step < 20; step++) {
                UUID id = new UUID(3, random.nextInt(5));
                payment = next(
                        payment,
                        switch (random.nextInt(8)) {
                            case 0, 1 ->
                                new PaymentTrigger.RefundCommanded(id, usd(random.nextInt(1, 90_000)), "policy", T0);
                            case 2 -> arrived("pay_" + random.nextInt(3));
                            case 3 -> new PaymentTrigger.Kept();
                            case 4 -> new PaymentTrigger.RefundFailed(id, "account-closed", T0);
                            case 5 -> new PaymentTrigger.DisputeOpened("sandbox", "dp_1", "pay_1", DUE, T0, null);
                            default -> new PaymentTrigger.RefundDone(id, "re", T0);
                        });
                long kept = payment.captured().amount() - payment.refunded().amount();
                long onItsWay = payment.refunds().stream()
                        .filter(refund -> !refund.surplus() && refund.state() == Refund.RefundState.PENDING)
                        .mapToLong(refund -> refund.amount().amount())
                        .sum();
                if (payment.captures().stream().noneMatch(Capture::waitsForAnswer)) {
                    assertThat(documented(payment)).as("seed %d", seed).isBetween(kept - onItsWay, kept);
                }
            }
        }
    }

    private static long documented(Payment payment) {
        return payment.documents().stream()
                .mapToLong(document -> document.kind() == IssuedKind.RECEIPT
                        ? document.amount().amount()
                        : -document.amount().amount())
                .sum();
    }

    @Test
    void an_earlier_refund_is_left_out_of_the_receipt() {
        Payment payment = after(
                requested(1, 80_000),
                new PaymentTrigger.MoneyArrived(SESSION, "sandbox", "pay_1", usd(500), T0),
                refund(1, 500),
                done(1),
                arrived("pay_2"),
                new PaymentTrigger.Kept());
        assertThat(payment.receipt().orElseThrow().amount()).isEqualTo(DUE);

        payment = next(payment, refund(2, 20_000));
        payment = next(payment, done(2));
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(DUE, usd(20_000));
    }

    @Test
    void a_pending_refund_is_left_out_of_the_receipt() {
        Payment payment = after(
                requested(1, 80_000),
                new PaymentTrigger.MoneyArrived(SESSION, "sandbox", "pay_1", usd(500), T0),
                refund(1, 500),
                arrived("pay_2"),
                new PaymentTrigger.Kept());
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(DUE);
        assertThat(next(payment, done(1)).documents()).hasSize(1);
    }

    @Test
    void keeping_what_has_gone_back_meanwhile_documents_what_is_left_of_it() {
        Payment paid = after(requested(1, 80_000), arrived("pay_1"));
        Payment all = next(next(next(paid, refund(1, 80_000)), done(1)), new PaymentTrigger.Kept());
        assertThat(all.documents()).isEmpty();
        Payment some = next(next(next(paid, refund(1, 30_000)), done(1)), new PaymentTrigger.Kept());
        assertThat(some.documents()).extracting(IssuedDocument::amount).containsExactly(usd(50_000));
    }

    @Test
    void a_payment_after_a_full_refund_gets_another_receipt() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.Kept(),
                refund(1, 80_000),
                done(1),
                arrived("pay_2"),
                new PaymentTrigger.Kept(),
                refund(2, 10_000),
                done(2));
        assertThat(payment.documents())
                .extracting(IssuedDocument::kind)
                .containsExactly(
                        IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE, IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE);
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(DUE, DUE, DUE, usd(10_000));
    }

    @Test
    void credit_note_that_was_missing_is_reported() {
        Payment refunded =
                after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept(), refund(1, 80_000), done(1));
        published.clear();
        Payment payment = next(refunded.withDocuments(refunded.documents().subList(0, 1)), new PaymentTrigger.Kept());

        assertThat(payment.documents())
                .extracting(IssuedDocument::kind)
                .containsExactly(IssuedKind.RECEIPT, IssuedKind.CREDIT_NOTE);
        assertThat(published).containsExactly(EventType.RECEIPT_ISSUED);
    }

    @Test
    void a_surplus_is_in_no_document() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), new PaymentTrigger.Kept(), arrived("pay_2"));
        UUID surplus = payment.refunds().getFirst().id();
        payment = next(payment, new PaymentTrigger.RefundDone(surplus, "re", T0));
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(DUE);
    }

    private static PaymentTrigger refund(int id, long amount) {
        return new PaymentTrigger.RefundCommanded(new UUID(3, id), new Money(amount, "USD"), "policy", T0);
    }

    private static PaymentTrigger done(int id) {
        return new PaymentTrigger.RefundDone(new UUID(3, id), "re_" + id, T0);
    }
}
