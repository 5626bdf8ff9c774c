package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument.IssuedKind;

/** Which triggers make a receipt or a credit note, and for how much. */
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
    void a_repeated_refund_keeps_its_credit_note() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new PaymentTrigger.Kept(),
                refund(1, 80_000),
                done(1),
                new PaymentTrigger.RefundFailed(new UUID(3, 1), "account-closed", T0),
                refund(2, 80_000),
                done(2));
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(DUE, usd(80_000));
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
