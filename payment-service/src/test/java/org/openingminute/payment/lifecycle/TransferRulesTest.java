package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;

/** Proves the rules for payments by bank transfer and their refunds, without Spring. */
class TransferRulesTest extends PlayedPayment {

    @Test
    void partial_transfers_add_up_to_one_capture() {
        Payment payment = after(invoiced(800), wanted(), opened(), came(1, 500));
        assertThat(published).isEmpty();
        assertThat(payment.status()).isEqualTo(PaymentStatus.AWAITING);
        assertThat(payment.captured()).isEqualTo(usd(0));
        assertThat(payment.parts()).hasSize(1);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);
        assertThat(balance(Posting.PARTS)).isEqualTo(500);
        assertThat(next(payment, came(1, 500))).isEqualTo(payment);

        payment = next(payment, came(2, 300));
        assertThat(published).containsExactly(EventType.CAPTURED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.captures()).singleElement().satisfies(capture -> {
            assertThat(capture.amount()).isEqualTo(usd(800));
            assertThat(capture.surplus()).isFalse();
        });
        assertThat(payment.parts()).isEmpty();
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Not(Payability.Why.PAID));
        assertThat(payment.sessions().getFirst().state()).isEqualTo(Session.SessionState.ENDING);
        assertThat(balance(Posting.PARTS)).isZero();
        assertThat(balance(Posting.REGISTRATIONS)).isEqualTo(800);

        payment = next(payment, new PaymentTrigger.Kept());
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(800));
    }

    @Test
    void a_surplus_is_returned_by_itself() {
        Payment payment = after(invoiced(800), came(1, 500), came(2, 400));
        assertThat(payment.captured()).isEqualTo(usd(800));
        assertSurplus(payment, 100, "more was paid than was due");
        assertThat(balance(Posting.SURPLUS)).isEqualTo(100);
    }

    @Test
    void a_transfer_after_the_full_amount_is_a_duplicate() {
        Payment payment = after(invoiced(800), came(1, 800), came(2, 100));
        assertThat(payment.captured()).isEqualTo(usd(800));
        assertSurplus(payment, 100, "paid twice");
    }

    @Test
    void parts_that_nothing_can_be_added_to_go_back() {
        Payment payment = after(invoiced(800), came(1, 500), came(2, 100), new PaymentTrigger.Closed("expired"));
        assertThat(published).containsExactly(EventType.REFUND_WANTED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CLOSED);
        assertSurplus(payment, 600, "less was paid than was due");

        payment = next(payment, came(3, 200));
        assertThat(payment.refunds()).hasSize(2);
        payment = next(payment, came(4, 900));
        assertThat(payment.captured()).as("late, and all of it").isEqualTo(usd(800));
        assertThat(published)
                .containsExactly(
                        EventType.REFUND_WANTED, EventType.REFUND_WANTED, EventType.CAPTURED, EventType.REFUND_WANTED);
        assertThat(payment.refunds()).extracting(Refund::amount).containsExactly(usd(600), usd(200), usd(100));
    }

    @Test
    void parts_are_enough_for_a_lower_price_and_come_before_the_request_too() {
        Payment payment = after(came(1, 500), invoiced(800));
        assertThat(payment.parts()).hasSize(1);
        payment = next(payment, invoiced(2, 450));
        assertThat(payment.captured()).isEqualTo(usd(450));
        assertSurplus(payment, 50, "more was paid than was due");
    }

    @Test
    void a_refund_is_done_once_an_organiser_has_transferred_it() {
        Payment payment = after(invoiced(800), came(1, 800), new PaymentTrigger.Kept(), refund(1, 300));
        assertThat(payment.refunded()).isEqualTo(usd(0));
        payment = next(payment, new PaymentTrigger.RefundAccepted(new UUID(3, 1), "transfer"));

        PaymentTrigger made = transferred(new UUID(3, 1));
        payment = next(payment, made);
        assertThat(payment.status()).isEqualTo(PaymentStatus.PARTLY_REFUNDED);
        assertThat(payment.refunds().getFirst().providerRefund()).isEqualTo("BANK-7");
        assertThat(payment.refunds().getFirst().transferredBy()).isEqualTo("olga");
        assertThat(payment.refunds().getFirst().transferredByName()).isEqualTo("Olga Organiser");
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(800), usd(300));
        assertThat(balance("provider:invoice")).isEqualTo(-500);
        assertThat(next(payment, made)).isEqualTo(payment);
    }

    @Test
    void transferred_surplus_is_published_and_stands_in_no_document() {
        Payment payment = after(invoiced(800), came(1, 900), new PaymentTrigger.Kept());
        published.clear();
        payment = next(payment, transferred(payment.refunds().getFirst().id()));
        assertThat(published).containsExactly(EventType.REFUNDED);
        assertThat(payment.refunded()).isEqualTo(usd(0));
        assertThat(payment.documents()).extracting(IssuedDocument::amount).containsExactly(usd(800));
        assertThat(balance(Posting.SURPLUS)).isZero();
    }

    @Test
    void card_payments_are_not_returned_by_transfer() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), refund(1, 100));
        assertThatThrownBy(() -> next(payment, transferred(new UUID(3, 1)))).isInstanceOf(PermanentFailure.class);
    }

    private static void assertSurplus(Payment payment, long amount, String reason) {
        Refund refund = payment.refunds().getLast();
        assertThat(refund.amount()).isEqualTo(usd(amount));
        assertThat(refund.reason()).isEqualTo(reason);
        assertThat(refund.surplus()).isTrue();
        assertThat(payment.isByTransfer(refund)).isTrue();
    }

    private static PaymentTrigger transferred(UUID refund) {
        return new PaymentTrigger.RefundTransferred(refund, "BANK-7", new Person("olga", "Olga Organiser"), T0, null);
    }

    private static PaymentTrigger invoiced(long due) {
        return invoiced(1, due);
    }

    private static PaymentTrigger invoiced(int revision, long due) {
        PaymentRequest card = request(revision, due, true, 900);
        return new PaymentTrigger.Requested(new ReceivedRequest(
                new PaymentRequest(
                        card.registration(),
                        card.revision(),
                        card.reference(),
                        card.conference(),
                        card.conferenceName(),
                        card.timeZone(),
                        card.due(),
                        card.payable(),
                        card.payableSeconds(),
                        card.holdExpiresAt(),
                        null,
                        null,
                        PaymentRequest.Method.INVOICE,
                        card.lines(),
                        card.tax(),
                        card.discount(),
                        card.buyer(),
                        card.locale()),
                T0));
    }

    private static PaymentTrigger came(int nth, long amount) {
        return new PaymentTrigger.MarkedPaid(new UUID(4, nth), usd(amount), T0.plusSeconds(nth), "BANK-1");
    }

    private static PaymentTrigger refund(int id, long amount) {
        return new PaymentTrigger.RefundCommanded(new UUID(3, id), usd(amount), "policy", T0);
    }
}
