package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest;
import tools.jackson.databind.node.ObjectNode;

/** Proves payment of an invoice by partial, excessive and late transfers, by batches in memory. */
class TransferredMoneyTest extends ReviewBatches {

    @BeforeEach
    void invoices_are_offered_for_two_weeks() {
        ((ObjectNode) definition.get("registration")).put("invoiceDays", 14);
    }

    @Test
    void parts_add_up_and_with_the_last_one_it_is_booked_and_confirmed() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 60_000);
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(registrations.get(id).parts()).isEqualTo(usd(60_000));
        assertThat(registrations.get(id).money().status()).isEqualTo("awaiting");
        assertThat(registrations.get(id).isBeingBooked()).isFalse();

        markPaid(id, "SEPA 2", 45_000);
        assertThat(registrations.get(id).isBeingBooked()).isTrue();
        assertThat(RegistrationRepresentation.of(registrations.get(id), "")
                        .payment()
                        .status())
                .isEqualTo("processing");
        refusesMarkPaid(id, "SEPA 3", 100_000, CommonProblem.NOT_ALLOWED_NOW);
        captured(id, 100_000, pending(5_000));

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(commands()).containsSubsequence("payment.mark-paid.v1", "payment.mark-paid.v1", "payment.keep.v1");
        assertThat(registrations.get(id).money().byTransfer()).isTrue();
        assertThat(registrations.get(id).money().returns())
                .extracting(Registration.Return::amount)
                .containsExactly(usd(5_000));
        assertThat(registrations.get(id).refundNow(now).amount()).isEqualTo(usd(0));
        assertThat(allocated("category:seat")).isEqualTo(new Inventory.Allocated(0, 1, null));
    }

    @Test
    void one_transfer_is_marked_once() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 40_000);
        refusesMarkPaid(id, "sepa 1", 40_000, CommonProblem.NOT_ALLOWED_NOW);
        assertThat(registrations.get(id).parts()).isEqualTo(usd(40_000));
        markPaid(id, "SEPA 1", 10_000);
        assertThat(registrations.get(id).parts()).isEqualTo(usd(50_000));
    }

    @Test
    void transfer_whose_booking_is_not_reported_can_be_marked_again() {
        UUID id = registerByInvoice();
        markPaid(id, "KIRA 17", 60_000);
        markPaid(id, "KIRA 18", 40_000);
        refusesMarkPaid(id, "KIRA 19", 100_000, CommonProblem.NOT_ALLOWED_NOW);
        now = now.plus(Duration.ofDays(14)).plus(Duration.ofMinutes(10)).plusSeconds(1);
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        // The same reference as another person may type it.
        markPaid(id, "k\u0131ra 17", 60_000);

        List<OutgoingMessage> commands = messages.stream()
                .filter(message -> message.type().equals("payment.mark-paid.v1"))
                .toList();
        assertThat(commands).hasSize(3);
        assertThat(commands.getLast().id()).isEqualTo(commands.getFirst().id());
        assertThat(Documents.treeOf(commands.getLast().body()).get("reference").asString())
                .isEqualTo("KIRA 17");
        assertThat(audit).extracting(SaleState.AuditEntry::what).contains("marked as paid again");
        assertThat(registrations.get(id).money().transfers()).hasSize(2);
        captured(id, 100_000, "");
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        refusesMarkPaid(id, "KIRA 17", 100_000, CommonProblem.NOT_ALLOWED_NOW);
    }

    @Test
    void a_transfer_for_a_price_already_paid_is_not_booked() {
        UUID id = register(null, "seat");
        markPaid(id, "SEPA 1", 100_000);
        assertThat(registrations.get(id).isBeingBooked()).isTrue();

        paymentReported(id, "captured", capture(id, 100_000, false), pending(100_000));
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(registrations.get(id).money().unbooked()).isEqualTo(usd(0));
        assertThat(registrations.get(id).money().returns())
                .extracting(Registration.Return::amount)
                .containsExactly(usd(100_000));
    }

    @Test
    void registrations_stored_before_transfers_are_read() {
        Registration registration = registrations.get(registerByInvoice());
        ObjectNode stored = (ObjectNode) Documents.treeOf(registration);
        ((ObjectNode) stored.get("money")).remove(List.of("transfers", "returns", "booked"));
        assertThat(Documents.registration(stored.toString())).isEqualTo(registration);
    }

    @Test
    void an_organiser_who_cancels_gives_all_parts_back() {
        for (Command.ByOrganiser way : List.of(
                new Command.ByOrganiser(OLGA, "asked to", true, null),
                new Command.ByOrganiser(OLGA, "asked to", false, null),
                new Command.ByOrganiser(OLGA, "asked to", false, usd(60_000)))) {
            UUID id = registerByInvoice();
            markPaid(id, "SEPA 1", 60_000);
            assertThatThrownBy(
                            () -> done(cancelling(id, new Command.ByOrganiser(OLGA, "asked to", false, usd(50_000)))))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.INVALID));
            done(cancelling(id, way));
            assertThat(status(id)).isEqualTo(Status.CANCELLED);
            assertThat(notes).contains("Cancelled");
        }
    }

    @Test
    void partial_payers_keep_the_seat_while_the_last_part_is_booked() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 60_000);
        markPaid(id, "SEPA 2", 40_000);
        now = now.plus(Duration.ofDays(14)).plusSeconds(1);
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);

        now = now.plus(Duration.ofMinutes(10));
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        captured(id, 100_000, "");
        assertThat(status(id)).as("late, and the seat is free").isEqualTo(Status.CONFIRMED);
    }

    @Test
    void late_money_below_the_price_is_not_taken() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 60_000);
        now = now.plus(Duration.ofDays(14));
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(commands()).endsWith("payment.close.v1");
        refusesMarkPaid(id, "SEPA 2", 40_000, CommonProblem.INVALID);

        markPaid(id, "SEPA 3", 100_000);
        captured(id, 100_000, pending(60_000));
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
    }

    @Test
    void parts_go_back_in_full_when_it_is_cancelled_whatever_the_policy() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 60_000);
        assertThat(registrations.get(id).refundNow(now).amount()).isEqualTo(usd(60_000));
        cancel(id);
        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(commands()).endsWith("payment.close.v1");
        assertThat(registrations.get(id).refundNow(now).amount()).isEqualTo(usd(0));
    }

    @Test
    void amounts_that_make_no_sense_are_refused() {
        UUID id = registerByInvoice();
        for (long amount : new long[] {0, -5, 1_100_001, Long.MAX_VALUE}) {
            refusesMarkPaid(id, "SEPA 1", amount, CommonProblem.INVALID);
        }
        assertThatThrownBy(() -> done(marked(id, "SEPA 1", new Money(100_000, "EUR"))))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.INVALID));
        UUID byCard = register(null, "seat");
        refusesMarkPaid(byCard, "SEPA 1", 60_000, CommonProblem.INVALID);
        markPaid(byCard, "SEPA 1", 110_000);
    }

    @Test
    void a_return_by_transfer_is_noted_once() {
        UUID id = registerByInvoice();
        markPaid(id, "SEPA 1", 110_000);
        captured(id, 100_000, pending(10_000));
        String done = pending(10_000)
                .replace("pending", "done")
                .replace("\"transfer\": null", "\"transfer\": {\"by\": \"olga\", \"reference\": \"SEPA 4711\"}");
        captured(id, 100_000, done);
        captured(id, 100_000, done);
        String named = done.replace("c7e589", "c7e590").replace("\"by\"", "\"byName\": \"Olga Organiser\", \"by\"");
        captured(id, 100_000, done + "," + named);

        assertThat(registrations.get(id).money().returns())
                .extracting(Registration.Return::done)
                .containsExactly(true, true);
        assertThat(notes.stream().filter("Refund made"::equals)).hasSize(2);
    }

    private UUID registerByInvoice() {
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", "en"),
                List.of(new RegistrationRequest.RequestedAttendee(
                        "seat", "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, List.of())),
                null,
                "invoice",
                null,
                true);
        UUID id = Objects.requireNonNull(done(new Command.Register(SLUG, key("register"), hash(), request))
                .registration());
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofDays(14)));
        return id;
    }

    private Command marked(UUID id, String reference, Money amount) {
        return new Command.MarkPaid(SLUG, id, key("mark-paid"), hash(), reference, amount, now, OLGA);
    }

    private void markPaid(UUID id, String reference, long amount) {
        done(marked(id, reference, usd(amount)));
    }

    private void refusesMarkPaid(UUID id, String reference, long amount, ProblemCode code) {
        assertThatThrownBy(() -> markPaid(id, reference, amount))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }

    private static String pending(long amount) {
        return """
                {"id": "01a216e2-6259-7257-986a-a69971c7e589", "amount": %s, "state": "pending",
                 "at": "2026-02-03T00:00:00Z", "byTransfer": true, "transfer": null}""".formatted(json(amount));
    }

    private void captured(UUID id, long captured, String refunds) {
        paymentReported(id, "captured", capture(id, captured, true), refunds);
    }

    private String capture(UUID id, long amount, boolean byTransfer) {
        return """
                {"id": "01a216e1-e254-7ef8-8415-d09aefa61aeb", "amount": %s, "at": "2026-02-03T00:00:00Z", "answered": %s,
                 "byTransfer": %s}""".formatted(json(amount), status(id) == Status.CONFIRMED, byTransfer);
    }

    private void paymentReported(UUID id, String status, String captures, String refunds) {
        long captured = captures.isEmpty() ? 0 : 100_000;
        String body = """
                {"registration": "%s", "status": "%s", "due": %s, "captured": %s, "refunded": %s, "disputed": %s,
                 "captures": [%s], "refunds": [%s], "disputes": [], "failure": null, "receipt": null}
                """.formatted(id, status, json(100_000), json(captured), json(0), json(0), captures, refunds);
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

    private Command cancelling(UUID id, Command.ByOrganiser organiser) {
        return new Command.Cancel(SLUG, id, key("cancel"), hash(), usd(60_000), organiser);
    }

    private static String json(long amount) {
        return "{\"amount\": %d, \"currency\": \"USD\"}".formatted(amount);
    }

    private List<String> commands() {
        return messages.stream()
                .filter(message -> message.topic().equals("payment.commands.v1"))
                .map(OutgoingMessage::type)
                .toList();
    }
}
