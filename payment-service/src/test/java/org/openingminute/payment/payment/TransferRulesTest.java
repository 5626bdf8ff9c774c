package org.openingminute.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.CannotBeApplied;
import org.openingminute.payment.payment.Decision.Says;

/** Money that comes and goes by bank transfer. */
class TransferRulesTest extends PlayedPayment {

    @Test
    void less_than_is_due_is_told_and_the_rest_is_still_wanted() {
        Payment payment = after(invoiced(800), wanted(), opened(), came(1, 500));

        assertThat(said).containsExactly(Says.CAPTURED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.AWAITING);
        assertThat(payment.captured()).isEqualTo(usd(500));
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);

        payment = next(payment, came(2, 300));
        assertThat(said).containsExactly(Says.CAPTURED, Says.CAPTURED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Not(Payability.Why.PAID));
        assertThat(payment.sessions().getFirst().state()).isEqualTo(Session.State.ENDING);
        assertThat(payment.captures()).noneMatch(Capture::surplus);
    }

    @Test
    void each_part_that_is_kept_has_its_receipt() {
        Payment payment = after(invoiced(800), came(1, 500), new Act.Kept(), came(2, 300), new Act.Kept());
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(500), usd(300));
    }

    @Test
    void what_comes_after_all_that_is_due_came_twice() {
        Payment payment = after(invoiced(800), came(1, 500), came(2, 400), came(3, 100));
        assertThat(payment.captured()).isEqualTo(usd(900));
        assertThat(payment.captures()).extracting(Capture::surplus).containsExactly(false, false, true);
        assertThat(payment.isByTransfer(payment.refunds().getFirst())).isTrue();
    }

    @Test
    void one_refund_may_take_more_than_came_at_once_and_never_more_than_came() {
        Payment payment = after(invoiced(800), came(1, 500), came(2, 300), refund(1, 600));
        assertThat(payment.left(payment.captures().getFirst())).isEqualTo(usd(200));
        assertThat(payment.left(payment.captures().getLast())).isEqualTo(usd(0));

        payment = next(payment, refund(2, 201));
        assertThat(said).endsWith(Says.REFUND_FAILED);
        payment = next(payment, refund(3, 200));
        assertThat(payment.refunds())
                .extracting(Refund::state)
                .containsExactly(Refund.State.PENDING, Refund.State.FAILED, Refund.State.PENDING);
        assertThat(payment.left(payment.captures().getFirst())).isEqualTo(usd(0));
    }

    @Test
    void a_refund_is_done_once_an_organiser_has_transferred_it() {
        Payment payment = after(invoiced(800), came(1, 800), new Act.Kept(), refund(1, 300));
        assertThat(payment.refunded()).isEqualTo(usd(0));
        payment = next(payment, new Act.RefundTaken(new UUID(3, 1), "transfer"));

        Act made = new Act.RefundTransferred(new UUID(3, 1), "BANK-7", "organiser", T0);
        payment = next(payment, made);
        assertThat(payment.status()).isEqualTo(PaymentStatus.PARTLY_REFUNDED);
        assertThat(payment.refunds().getFirst().providerRefund()).isEqualTo("BANK-7");
        assertThat(payment.refunds().getFirst().transferredBy()).isEqualTo("organiser");
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(800), usd(300));
        assertThat(balance("provider:invoice")).isEqualTo(-500);
        assertThat(next(payment, made)).isEqualTo(payment);
    }

    @Test
    void an_excess_that_goes_back_before_the_rest_is_kept_stands_in_no_document() {
        Payment payment = after(invoiced(800), came(1, 900), refund(1, 100), new Act.Kept());
        payment = next(payment, new Act.RefundTransferred(new UUID(3, 1), "BANK-7", "organiser", T0));
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(800));
    }

    @Test
    void what_a_card_paid_nobody_transfers_back() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), refund(1, 100));
        assertThatThrownBy(() -> next(payment, new Act.RefundTransferred(new UUID(3, 1), "BANK-7", "organiser", T0)))
                .isInstanceOf(CannotBeApplied.class);
    }

    @Test
    void part_of_what_a_card_owes_is_no_part() {
        Payment payment = after(requested(1, 800), came(1, 500));
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.isPaidInPart()).isFalse();
    }

    private static Act invoiced(long due) {
        PaymentRequest card = request(1, due, true, 900);
        return new Act.Requested(new Demand(
                new PaymentRequest(
                        card.registration(),
                        card.revision(),
                        card.reference(),
                        card.conference(),
                        card.conferenceName(),
                        card.due(),
                        card.payable(),
                        card.payableSeconds(),
                        card.holdExpiresAt(),
                        PaymentRequest.Method.INVOICE,
                        card.lines(),
                        card.tax(),
                        card.discount(),
                        card.buyer(),
                        card.locale()),
                T0));
    }

    private static Act came(int nth, long amount) {
        return new Act.MarkedPaid("bank " + nth, usd(amount), T0.plusSeconds(nth));
    }

    private static Act refund(int id, long amount) {
        return new Act.RefundCommanded(new UUID(3, id), usd(amount), "policy", T0);
    }
}
