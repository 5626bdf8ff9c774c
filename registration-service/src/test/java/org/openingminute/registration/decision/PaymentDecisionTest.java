package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;

/**
 * Proves that payments are decided by this service's own state, because a failover may have lost a decision that payment-service has
 * received. Batches run in memory.
 */
class PaymentDecisionTest extends ReviewBatches {

    private static final int PRICE = 100_000;

    private final UUID capture = ids.next();

    @Test
    void capture_kept_before_its_decision_was_lost_is_kept_again() {
        UUID id = register(null, "seat");
        Registration copied = registrations.get(id);
        Map<QuotaKey, Inventory.Allocated> copiedQuotas = Map.copyOf(quotas);
        paymentReported(id, captured(capture, PRICE, false), "");
        OutgoingMessage kept = last("payment.keep.v1");
        registrations.put(id, copied);
        quotas.putAll(copiedQuotas);

        paymentReported(id, captured(capture, PRICE, true), "");

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(last("payment.keep.v1")).isNotSameAs(kept);
        assertThat(last("payment.keep.v1").id()).isEqualTo(kept.id());
    }

    @Test
    void capture_of_a_resold_seat_is_refunded_though_it_was_kept() {
        UUID id = register(null, "seat");
        now = now.plus(Duration.ofDays(2));
        decide(new Command.HoldEnded(SLUG, id));
        register(null, "seat");
        register(null, "seat");

        paymentReported(id, captured(capture, PRICE, true), "");

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(registrations.get(id).money().commandedAmount()).isEqualTo(PRICE);
        assertThat(types()).endsWith("payment.refund.v1", "registration.changed.v1");
    }

    @Test
    void capture_that_was_given_back_is_not_decided_again() {
        UUID id = register(null, "seat");
        for (String state : List.of("pending", "done")) {
            paymentReported(id, captured(capture, PRICE, true), refund(PRICE, state, false));
            assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        }
        assertThat(types()).doesNotContain("payment.keep.v1", "payment.refund.v1");
    }

    @Test
    void capture_whose_lost_refund_failed_is_decided() {
        UUID id = register(null, "seat");
        paymentReported(id, captured(capture, PRICE, true), refund(PRICE, "pending", false));
        paymentReported(id, captured(capture, PRICE, true), refund(PRICE, "failed", false));
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
    }

    @Test
    void refund_of_a_surplus_gives_no_capture_back() {
        UUID id = register(null, "seat");
        paymentReported(id, captured(capture, PRICE, true), refund(PRICE, "done", true));
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
    }

    @Test
    void capture_after_a_refunded_one_is_decided_though_both_are_answered() {
        UUID id = register(null, "seat");
        String wrong = captured(ids.next(), 50_000, true);
        paymentReported(id, wrong + "," + captured(capture, PRICE, true), refund(50_000, "done", false));
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(types()).contains("payment.keep.v1").doesNotContain("payment.refund.v1");
    }

    @Test
    void capture_is_decided_once_however_often_it_is_reported() {
        UUID id = register(null, "seat");
        paymentReported(id, captured(capture, PRICE, false), "");
        long revision = registrations.get(id).revision();
        paymentReported(id, captured(capture, PRICE, true), "");
        assertThat(types()).filteredOn("payment.keep.v1"::equals).hasSize(1);
        assertThat(registrations.get(id).revision()).isEqualTo(revision);
        cancel(id);
        paymentReported(id, captured(capture, PRICE, true), "");
        assertThat(types()).doesNotContain("payment.refund.v1");
    }

    @Test
    void revisions_after_a_failover_are_above_all_before_it() {
        UUID id = register(null, "seat");
        assertThat(registrations.get(id).revision()).isEqualTo(1);
        sequencesBegin = 7_000_000;
        done(new Command.Extend(SLUG, id, key("extend"), hash()));
        assertThat(registrations.get(id).revision()).isEqualTo(7_000_000);
        assertThat(lastRequest().get("revision").asInt()).isEqualTo(7_000);
        paymentReported(id, captured(capture, PRICE, false), "");
        assertThat(registrations.get(id).revision()).isEqualTo(7_000_001);
        UUID later = register(null, "seat");
        assertThat(lastRequest().get("registration").asString()).isEqualTo(later.toString());
        assertThat(lastRequest().get("revision").asInt()).isEqualTo(1);
    }

    private static String captured(UUID id, long amount, boolean answered) {
        return """
                {"id": "%s", "amount": {"amount": %d, "currency": "USD"}, "at": "2026-02-03T00:00:00Z", "answered": %s}
                """.formatted(id, amount, answered);
    }

    private static String refund(long amount, String state, boolean surplus) {
        return """
                {"id": "01a216e2-6259-7257-986a-a69971c7e589", "amount": {"amount": %d, "currency": "USD"}, "state": "%s",
                 "at": "2026-02-03T00:00:00Z", "surplus": %s}""".formatted(amount, state, surplus);
    }

    private void paymentReported(UUID id, String captures, String refunds) {
        String body = """
                {"registration": "%s", "status": "captured", "due": {"amount": 100000, "currency": "USD"},
                 "captured": {"amount": %d, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "captures": [%s], "refunds": [%s], "disputes": [], "failure": null, "receipt": null}
                """.formatted(id, captures.contains("50000") ? PRICE + 50_000 : PRICE, captures, refunds);
        Message message = new Message(
                ids.next(),
                "payment.events.v1",
                id.toString(),
                "payment.captured.v1",
                "/payment-service",
                now,
                1,
                body,
                Map.of());
        decide(new Command.PaymentReported(SLUG, id, message, message.body(PaymentSnapshot.class)));
    }

    private List<String> types() {
        return messages.stream().map(OutgoingMessage::type).toList();
    }

    private OutgoingMessage last(String type) {
        return messages.stream()
                .filter(message -> message.type().equals(type))
                .reduce((_, last) -> last)
                .orElseThrow();
    }
}
