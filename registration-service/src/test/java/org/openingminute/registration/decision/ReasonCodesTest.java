package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration.Reason;
import org.openingminute.registration.lifecycle.Status;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves the reasons of ends and refunds as they are decided, stored and published, by batches in memory. */
class ReasonCodesTest extends ReviewBatches {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    @AfterEach
    void events_and_refunds_keep_their_contracts() {
        messages.forEach(message -> assertThat(
                        CONTRACTS.validate(message.type(), body(message).toString()))
                .as(message.type())
                .isEmpty());
    }

    @AfterEach
    void documents_are_read_as_they_were_written_by_a_version_without_codes_too() {
        registrations.values().forEach(registration -> {
            String json = Documents.json(registration);
            assertThat(Documents.registration(json)).isEqualTo(registration);

            ObjectNode earlier = (ObjectNode) Documents.tree(json);
            Reason reason = registration.reason();
            assertThat(
                            earlier.get("reason").isNull()
                                    ? null
                                    : earlier.get("reason").asString())
                    .isEqualTo(reason.text());
            earlier.remove(List.of("reasonCode", "reasonNote"));
            earlier.path("money").path("refunds").forEach(refund -> ((ObjectNode) refund).remove("reasonCode"));
            Reason read = Documents.registration(earlier.toString()).reason();
            assertThat(read.text()).isEqualTo(reason.text());
            assertThat(read.note()).isNull();
            if (reason.note() == null) {
                assertThat(read).isEqualTo(reason);
            }
        });
    }

    @Test
    void registrants_and_organisers_cancel() {
        UUID own = register(null, "seat");
        cancel(own);
        assertReason(own, Reason.of(ReasonCode.CANCELLED_BY_REGISTRANT));
        UUID inTheirPlace = register(null, "seat");
        done(cancelling(inTheirPlace, new Command.ByOrganiser(OLGA, null, false, null)));
        assertReason(inTheirPlace, Reason.of(ReasonCode.CANCELLED_BY_ORGANISER));
        UUID theirs = register(null, "seat");
        // Typed text must not become a code, even if it reads like one.
        String note = "the payment was taken back";
        done(cancelling(theirs, new Command.ByOrganiser(OLGA, note, false, null)));
        assertReason(theirs, new Reason(note, ReasonCode.CANCELLED_BY_ORGANISER, note));
        assertThat(audit).extracting(SaleState.AuditEntry::why).containsExactly("on the registrant's behalf", note);
    }

    @Test
    void time_runs_out_for_proof_offer_and_payment() {
        UUID unproved = register(null, "alumni");
        UUID offered = register(null, "student");
        sendProof(offered, 0);
        review(offered, false, null, "The card has ended.");
        assertReason(offered, new Reason("The card has ended.", ReasonCode.PROOF_REFUSED, "The card has ended."));
        UUID unpaid = register(null, "seat");
        now = now.plus(Duration.ofDays(30));
        List.of(unproved, offered, unpaid).forEach(id -> decide(new Command.HoldEnded(SLUG, id)));

        assertReason(unproved, Reason.of(ReasonCode.PROOF_TIME_OVER));
        assertReason(offered, Reason.of(ReasonCode.OFFER_TIME_OVER));
        assertReason(unpaid, Reason.of(ReasonCode.PAYMENT_TIME_OVER));
    }

    @Test
    void money_that_cannot_be_kept_goes_back_with_its_reason() {
        UUID wrong = register(null, "seat");
        captured(wrong, 99_999);
        assertRefunded(wrong, ReasonCode.AMOUNT_WRONG);
        cancel(wrong);

        UUID late = register(null, "seat");
        now = now.plus(Duration.ofDays(1));
        decide(new Command.HoldEnded(SLUG, late));
        register(null, "seat");
        register(null, "seat");
        captured(late, 100_000);
        assertRefunded(late, ReasonCode.PAID_LATE_SEATS_TAKEN);

        UUID early = register(null, "alumni");
        captured(early, 50_000);
        assertRefunded(early, ReasonCode.PAID_BEFORE_PAYABLE);

        cancel(early);
        UUID gone = register(null, "alumni");
        cancel(gone);
        captured(gone, 50_000);
        assertRefunded(gone, ReasonCode.PAID_AFTER_CANCELLATION);
    }

    @Test
    void refunds_say_who_cancelled_or_ordered_them() {
        UUID cancelled = confirmed();
        done(cancelling(cancelled, new Command.ByOrganiser(OLGA, "The hall is closed.", true, null)));
        JsonNode refund = lastRefund();
        assertThat(refund.get("reason").asString()).isEqualTo("cancelled");
        assertThat(refund.get("reasonCode").asString()).isEqualTo("cancelled-by-organiser");

        UUID ordered = confirmed();
        done(new Command.OrderRefund(SLUG, ordered, key("refund"), hash(), usd(1_000), "The lunch was cold.", OLGA));
        assertThat(lastRefund().get("reason").asString()).isEqualTo("The lunch was cold.");
        assertThat(lastRefund().get("reasonCode").asString()).isEqualTo("ordered-by-organiser");
        assertThat(registrations.get(ordered).reason()).isEqualTo(Reason.NONE);
    }

    @Test
    void lost_dispute_cancels_with_its_reason() {
        UUID id = confirmed();
        paymentReported(id, 100_000, "", """
                {"id": "01a216e1-e254-7ef8-8415-d09aefa61aec", "amount": {"amount": 100000, "currency": "USD"},
                 "state": "lost", "at": "2026-02-03T00:00:00Z"}""");

        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertReason(id, Reason.of(ReasonCode.DISPUTE_LOST));
    }

    private UUID confirmed() {
        UUID id = register(null, "seat");
        captured(id, 100_000);
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        return id;
    }

    private void assertReason(UUID id, Reason reason) {
        assertThat(registrations.get(id).reason()).isEqualTo(reason);
        JsonNode event = body(messages.stream()
                .filter(message -> message.topic().equals("registration.events.v1")
                        && message.key().equals(id.toString()))
                .reduce((_, last) -> last)
                .orElseThrow());
        assertThat(event.get("reason").asString()).isEqualTo(reason.text());
        assertThat(event.get("reasonCode").asString())
                .isEqualTo(reason.code() == null ? null : reason.code().wireName());
        assertThat(
                        event.get("reasonNote").isNull()
                                ? null
                                : event.get("reasonNote").asString())
                .isEqualTo(reason.note());
    }

    private void assertRefunded(UUID id, ReasonCode code) {
        assertReason(id, Reason.of(code));
        assertThat(lastRefund().get("registration").asString()).isEqualTo(id.toString());
        assertThat(lastRefund().get("reasonCode").asString()).isEqualTo(code.wireName());
        assertThat(lastRefund().get("reason").asString())
                .isEqualTo(Reason.of(code).text());
    }

    private JsonNode lastRefund() {
        return body(messages.stream()
                .filter(message -> message.type().equals("payment.refund.v1"))
                .reduce((_, last) -> last)
                .orElseThrow());
    }

    private static JsonNode body(OutgoingMessage message) {
        return Documents.treeOf(message.body());
    }

    private Command cancelling(UUID id, Command.ByOrganiser organiser) {
        return new Command.Cancel(SLUG, id, key("cancel"), hash(), null, organiser);
    }

    private void captured(UUID id, long amount) {
        paymentReported(id, amount, """
                {"id": "%s", "amount": {"amount": %d, "currency": "USD"}, "at": "2026-02-03T00:00:00Z",
                 "answered": false}""".formatted(ids.next(), amount), "");
    }

    private void paymentReported(UUID id, long captured, String captures, String disputes) {
        String body = """
                {"registration": "%s", "status": "captured", "due": {"amount": 100000, "currency": "USD"},
                 "captured": {"amount": %d, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "captures": [%s], "refunds": [], "disputes": [%s], "failure": null, "receipt": null}
                """.formatted(id, captured, captures, disputes);
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
