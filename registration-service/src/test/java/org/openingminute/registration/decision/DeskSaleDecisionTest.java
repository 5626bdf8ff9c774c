package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.decision.Command.SellAtDesk.PaidAtDesk;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Attendee.Proof;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.RegistrationRequest;

/** Proves sales and payments at the desk, by batches in memory. */
class DeskSaleDecisionTest extends ReviewBatches {

    @Test
    void seat_is_confirmed_at_once_and_payment_service_books_the_money() {
        UUID id = sold("student", 30_000L);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(proofs(id)).as("staff saw the proof at the desk").containsExactly(Proof.accepted);
        assertThat(allocated("category:student")).isEqualTo(new Inventory.Allocated(0, 1, null));
        assertThat(registrations.get(id).money().captured()).isEqualTo(usd(30_000));
        assertThat(published()).containsExactly("registration.confirmed.v1");
        assertThat(commands()).containsExactly("payment.request.v1", "payment.mark-paid.v1");
        assertThat(lastRequest().at("/method").asString()).isEqualTo("desk");
        assertThat(lastRequest().at("/payable").asBoolean()).isFalse();
        assertThat(lastRequest().at("/holdExpiresAt").isNull()).isTrue();
        assertThat(lastRequest().at("/businessTime").asString()).isEqualTo(now.toString());
        assertThat(notes).containsExactly("Marked as paid", "Payment received");
        assertThat(audit).extracting(SaleState.AuditEntry::what).containsExactly("sold at the desk");
    }

    @Test
    void report_of_the_money_is_answered_and_changes_nothing() {
        UUID id = sold("seat", 100_000L);
        Registration before = registrations.get(id);

        reported(id, false);

        assertThat(commands()).containsExactly("payment.request.v1", "payment.mark-paid.v1", "payment.keep.v1");
        reported(id, true);
        Registration after = registrations.get(id);
        assertThat(after.status()).isEqualTo(Status.CONFIRMED);
        assertThat(after.revision()).isEqualTo(before.revision());
        assertThat(after.money().captured()).isEqualTo(usd(100_000));
        assertThat(after.money().unbooked()).isEqualTo(usd(0));
        assertThat(commands()).hasSize(3);
        assertThat(notes).hasSize(2);
    }

    @Test
    void what_was_sold_is_cancelled_like_any_other() {
        UUID id = sold("seat", 100_000L);

        done(new Command.Cancel(
                SLUG, id, key("cancel"), hash(), null, new Command.ByOrganiser(OLGA, "ill", true, null)));

        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(registrations.get(id).money().commandedAmount()).isEqualTo(100_000);
        assertThat(allocated("capacity").sum()).isZero();
    }

    @Test
    void nothing_is_paid_where_nothing_is_due() {
        UUID id = sold("guest", null);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(commands()).containsExactly("payment.request.v1");
        refuses("guest", 1L, CommonProblem.INVALID);
    }

    @Test
    void price_has_to_be_paid_exactly_and_seats_have_to_be_free() {
        refuses("seat", 99_999L, CommonProblem.INVALID);
        refuses("seat", 100_001L, CommonProblem.INVALID);
        refuses("seat", null, CommonProblem.INVALID);
        sold("seat", 100_000L);
        sold("seat", 100_000L);
        refuses("seat", 100_000L, SaleProblem.SOLD_OUT);
    }

    @Test
    void audit_notes_the_reason_or_else_the_reference() {
        sold("seat", 100_000L);
        Command.SellAtDesk paid = sale("seat", 100_000L);
        done(new Command.SellAtDesk(paid.order(), paid.paid(), OLGA, "a walk-in"));
        done(new Command.SellAtDesk(sale("guest", null).order(), null, OLGA, "a speaker"));

        assertThat(audit).extracting(SaleState.AuditEntry::why).containsExactly("till 7", "a walk-in", "a speaker");
    }

    @Test
    void sale_is_foreseen_and_nothing_is_sold() {
        SaleState foreseen = sale();

        assertThat(decisions.foresee(foreseen, sale("student", 30_000L))).isInstanceOf(Result.Done.class);

        assertThat(foreseen.created()).extracting(Registration::status).containsExactly(Status.CONFIRMED);
        assertThat(foreseen.inventory().sums()).containsEntry(QuotaKey.of("category:student"), 1);
        assertThat(registrations).isEmpty();
        assertThat(decisions.foresee(sale(), sale("student", 29_999L))).isInstanceOf(Result.Refused.class);
    }

    private UUID sold(String category, @Nullable Long paid) {
        return Objects.requireNonNull(done(sale(category, paid)).registration());
    }

    private void refuses(String category, @Nullable Long paid, ProblemCode code) {
        assertThatThrownBy(() -> decide(sale(category, paid)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }

    private Command.SellAtDesk sale(String category, @Nullable Long paid) {
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", "en"),
                List.of(new RegistrationRequest.RequestedAttendee(
                        category, "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, List.of())),
                null,
                null,
                null,
                true);
        return new Command.SellAtDesk(
                new Command.Register(SLUG, key("desk-sale"), hash(), request),
                paid == null ? null : new PaidAtDesk("till 7", usd(paid)),
                OLGA);
    }

    private void reported(UUID id, boolean answered) {
        String body = """
                {"registration": "%1$s", "status": "captured", "due": {"amount": 100000, "currency": "USD"},
                 "captured": {"amount": 100000, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "01a216e1-e254-7ef8-8415-d09aefa61aeb", "amount": {"amount": 100000, "currency": "USD"},
                               "at": "2026-02-03T00:00:00Z", "answered": %2$s, "byTransfer": true}],
                 "refunds": [], "disputes": [], "failure": null, "receipt": null}""".formatted(id, answered);
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

    private List<String> commands() {
        return messages.stream()
                .filter(message -> message.topic().equals("payment.commands.v1"))
                .map(OutgoingMessage::type)
                .toList();
    }
}
