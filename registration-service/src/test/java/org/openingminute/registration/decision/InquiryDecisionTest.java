package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration.Refund;
import org.openingminute.registration.lifecycle.Status;

/** Proves the effect of inquiries and refunds reported after confirmation, by batches in memory. */
class InquiryDecisionTest extends ReviewBatches {

    private static final String INQUIRY = "01a216e1-e254-7ef8-8415-d09aefa61aec";

    @Test
    void inquiry_is_noted_and_neither_freezes_nor_forbids_a_refund() {
        UUID id = confirmed();
        reported(id, "", inquiry("null"), "");
        reported(id, "", inquiry("null"), "");

        assertThat(registrations.get(id).hasTickets()).isTrue();
        assertThat(notes).containsOnlyOnce("Bank asks about the payment");
        done(new Command.OrderRefund(SLUG, id, key("refund"), hash(), usd(100_000), "They asked.", OLGA));
        assertThat(commandedRefunds()).hasSize(1);

        reported(id, "", inquiry("\"2026-02-04T00:00:00Z\""), "");
        assertThat(notes).endsWith("Bank no longer asks");
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
    }

    @Test
    void inquiry_that_becomes_a_dispute_is_noted_as_that() {
        UUID id = confirmed();
        reported(id, "", inquiry("null"), "");
        reported(id, "", inquiry("\"2026-02-04T00:00:00Z\""), """
                {"id": "%s", "amount": {"amount": 100000, "currency": "USD"}, "state": "open",
                 "at": "2026-02-04T00:00:00Z"}""".formatted(INQUIRY));

        assertThat(registrations.get(id).hasTickets()).isFalse();
        assertThat(notes).endsWith("Bank asks about the payment", "Payment disputed");
    }

    @Test
    void deadline_is_that_of_the_first_open_dispute_and_changes_nothing_else() {
        UUID id = confirmed();
        reported(id, "", inquiry("null"), "");
        reported(id, "", inquiry("null, \"evidenceDueAt\": \"2026-02-12T23:59:59Z\""), "");
        assertThat(registrations.get(id).money().reported().inquiries())
                .extracting(PaymentSnapshot.ReportedInquiry::evidenceDueAt)
                .containsExactly(Instant.parse("2026-02-12T23:59:59Z"));
        assertThat(notes).containsOnlyOnce("Bank asks about the payment");

        reported(id, "", "", dispute(1, "open", null));
        assertThat(registrations.get(id).money().reported().evidenceDueAt()).isNull();
        reported(
                id,
                "",
                "",
                String.join(
                        ",",
                        dispute(1, "open", null),
                        dispute(2, "open", "2026-02-21T23:59:59Z"),
                        dispute(3, "open", "2026-02-20T23:59:59Z"),
                        dispute(4, "won", "2026-02-19T23:59:59Z")));
        assertThat(registrations.get(id).money().reported().evidenceDueAt())
                .isEqualTo(Instant.parse("2026-02-20T23:59:59Z"));
        assertThat(notes).containsOnlyOnce("Payment disputed");
    }

    @Test
    void refund_that_came_back_is_noted_before_it_is_commanded_again() {
        UUID id = confirmed();
        done(new Command.OrderRefund(SLUG, id, key("refund"), hash(), usd(40_000), "They asked.", OLGA));
        UUID first = registrations.get(id).money().refunds().getFirst().id();
        reported(id, refund(first, 40_000, "done"), "", "");
        reported(id, refund(first, 40_000, "failed"), "", "");

        assertThat(notes).endsWith("Refund made", "Refund came back");
        assertThat(commandedRefunds()).hasSize(2);
        assertThat(registrations.get(id).money().commandedAmount()).isEqualTo(40_000);
    }

    @Test
    void refund_made_at_the_provider_is_taken_in_and_leaves_less_to_refund() {
        UUID id = confirmed();
        UUID made = ids.next();
        reported(id, refund(made, 40_000, "done"), "", "");
        reported(id, refund(made, 40_000, "done"), "", "");

        assertThat(notes).containsOnlyOnce("Refund made");
        assertThat(registrations.get(id).money().refunds())
                .extracting(Refund::id, Refund::state)
                .containsExactly(tuple(made, Refund.State.done));
        assertThat(commandedRefunds()).isEmpty();
        assertThatThrownBy(() -> done(
                        new Command.OrderRefund(SLUG, id, key("refund"), hash(), usd(60_001), "They asked.", OLGA)))
                .isInstanceOf(Problem.class);
        done(new Command.OrderRefund(SLUG, id, key("refund"), hash(), usd(60_000), "They asked.", OLGA));
    }

    private UUID confirmed() {
        UUID id = register(null, "seat");
        reported(id, "", "", "");
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        return id;
    }

    private List<OutgoingMessage> commandedRefunds() {
        return messages.stream()
                .filter(message -> message.type().equals("payment.refund.v1"))
                .toList();
    }

    private static String inquiry(String closedAt) {
        return """
                {"id": "%s", "amount": {"amount": 100000, "currency": "USD"}, "openedAt": "2026-02-03T00:00:00Z",
                 "closedAt": %s}""".formatted(INQUIRY, closedAt);
    }

    private static String dispute(int number, String state, @Nullable String dueAt) {
        return """
                {"id": "01a216e1-e254-7ef8-8415-d09aefa61af%d", "amount": {"amount": 1000, "currency": "USD"}, "state": "%s",
                 "at": "2026-02-04T00:00:00Z", "evidenceDueAt": %s}""".formatted(number, state, dueAt == null ? "null" : '"' + dueAt + '"');
    }

    private static String refund(UUID id, long amount, String state) {
        return """
                {"id": "%s", "amount": {"amount": %d, "currency": "USD"}, "state": "%s", "at": "2026-02-03T00:00:00Z"}
                """.formatted(id, amount, state);
    }

    private void reported(UUID id, String refunds, String inquiries, String disputes) {
        String body = """
                {"registration": "%s", "status": "captured", "due": {"amount": 100000, "currency": "USD"},
                 "captured": {"amount": 100000, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "01a216e1-e254-7ef8-8415-d09aefa61aeb", "answered": %s,
                               "amount": {"amount": 100000, "currency": "USD"}, "at": "2026-02-03T00:00:00Z"}],
                 "refunds": [%s], "disputes": [%s], "inquiries": [%s], "failure": null, "receipt": null}
                """.formatted(id, status(id) == Status.CONFIRMED, refunds, disputes, inquiries);
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
}
