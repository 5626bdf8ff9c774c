package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.form.RegistrationRequest;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.quota.Stock;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import tools.jackson.databind.node.ObjectNode;

/** An invoice is paid by transfers, which come as they come: too little, too much, too late. */
class TransferredMoneyTest extends ReviewBatches {

    private final List<Came> transfers = new ArrayList<>();

    /** A transfer that payment-service has booked. */
    private record Came(UUID id, long amount, boolean answered) {}

    @BeforeEach
    void invoices_are_offered_for_two_weeks() {
        ((ObjectNode) definition.get("registration")).put("invoiceDays", 14);
    }

    @Test
    void parts_add_up_and_the_last_one_confirms() {
        UUID id = registerByInvoice();
        markPaid(id, 60_000);
        booked(id, 60_000);
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(registrations.get(id).missing()).isEqualTo(usd(40_000));
        assertThat(commands()).endsWith("payment.mark-paid.v1", "payment.keep.v1");

        markPaid(id, 40_000);
        booked(id, 40_000);
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(commands()).endsWith("payment.mark-paid.v1", "payment.keep.v1");
        assertThat(taken("category:seat")).isEqualTo(new Stock.Taken(0, 1, null));
    }

    @Test
    void what_is_above_the_price_goes_back() {
        UUID id = registerByInvoice();
        markPaid(id, 110_000);
        booked(id, 110_000);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(refunds(id)).containsExactly(usd(10_000));
        assertThat(commands()).endsWith("payment.refund.v1", "payment.keep.v1");
        assertThat(registrations.get(id).money().byTransfer()).isTrue();
        assertThat(notes).contains("More than was due is given back");
    }

    @Test
    void parts_go_back_when_the_time_is_over() {
        UUID id = registerByInvoice();
        markPaid(id, 60_000);
        booked(id, 60_000);
        now = now.plus(Duration.ofDays(14));
        decide(new Ask.HoldEnded(SLUG, id));

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(refunds(id)).containsExactly(usd(60_000));
        refusesMarkPaid(id, 40_000, ProblemCode.INVALID);

        markPaid(id, 100_000);
        booked(id, 100_000);
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(refunds(id)).containsExactly(usd(60_000));
    }

    @Test
    void a_part_that_is_booked_after_the_end_goes_back_with_the_others() {
        UUID id = registerByInvoice();
        markPaid(id, 60_000);
        now = now.plus(Duration.ofDays(14));
        decide(new Ask.HoldEnded(SLUG, id));
        assertThat(refunds(id)).isEmpty();
        booked(id, 60_000);
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(refunds(id)).containsExactly(usd(60_000));
    }

    @Test
    void parts_go_back_in_full_when_it_is_cancelled_whatever_the_policy() {
        UUID id = registerByInvoice();
        markPaid(id, 60_000);
        booked(id, 60_000);
        assertThat(registrations.get(id).refundNow(now).amount()).isEqualTo(usd(60_000));
        cancel(id);
        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(refunds(id)).containsExactly(usd(60_000));
    }

    @Test
    void who_is_to_pay_by_card_cannot_pay_a_part_by_transfer() {
        UUID id = register(null, "seat");
        refusesMarkPaid(id, 60_000, ProblemCode.INVALID);
        refusesMarkPaid(id, 0, ProblemCode.INVALID);
        markPaid(id, 110_000);
        booked(id, 110_000);
        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(refunds(id)).containsExactly(usd(10_000));
    }

    @Test
    void another_currency_is_refused() {
        UUID id = registerByInvoice();
        assertThatThrownBy(() -> done(marked(id, new Money(100_000, "EUR"))))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID));
    }

    @Test
    void who_transferred_a_refund_is_in_the_audit() {
        UUID id = registerByInvoice();
        markPaid(id, 110_000);
        booked(id, 110_000);
        UUID refund = registrations.get(id).money().refunds().getFirst().id();
        tell(id, """
                [{"id": "%s", "amount": %s, "state": "done", "at": "2026-02-03T00:00:00Z", "byTransfer": true,
                  "transfer": {"by": "olga", "reference": "SEPA 4711"}}]""".formatted(refund, json(10_000)));

        assertThat(registrations.get(id).money().refunds().getFirst().state())
                .isEqualTo(Registration.Refund.State.done);
        assertThat(audit.getLast().who()).isEqualTo("olga");
        assertThat(audit.getLast().why()).isEqualTo("SEPA 4711");
    }

    private UUID registerByInvoice() {
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.Contact("Ada Lovelace", "ada@example.org", "en"),
                List.of(new RegistrationRequest.Attendee(
                        "seat", "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, List.of())),
                null,
                "invoice",
                null,
                true);
        UUID id = Objects.requireNonNull(
                done(new Ask.Register(SLUG, key("register"), hash(), request)).registration());
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofDays(14)));
        return id;
    }

    private Ask marked(UUID id, Money amount) {
        return new Ask.MarkPaid(SLUG, id, key("mark-paid"), hash(), "SEPA 1", amount, now, "olga");
    }

    private void markPaid(UUID id, long amount) {
        done(marked(id, usd(amount)));
    }

    private void refusesMarkPaid(UUID id, long amount, ProblemCode code) {
        assertThatThrownBy(() -> markPaid(id, amount))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }

    private void booked(UUID id, long amount) {
        transfers.replaceAll(came -> new Came(came.id(), came.amount(), true));
        transfers.add(new Came(ids.next(), amount, false));
        tell(id, "[]");
    }

    private void tell(UUID id, String refunds) {
        long captured = transfers.stream().mapToLong(Came::amount).sum();
        String captures = transfers.stream()
                .map(came -> """
                        {"id": "%s", "amount": %s, "at": "2026-02-03T00:00:00Z", "answered": %s, "byTransfer": true}""".formatted(came.id(), json(came.amount()), came.answered()))
                .collect(Collectors.joining(", "));
        String body = """
                {"registration": "%s", "status": "captured", "due": %s, "captured": %s, "refunded": %s, "disputed": %s,
                 "captures": [%s], "refunds": %s, "disputes": [], "failure": null, "receipt": null}
                """.formatted(id, json(100_000), json(captured), json(0), json(0), captures, refunds);
        decide(new Ask.PaymentNews(
                SLUG,
                id,
                new Message(
                        ids.next(),
                        "payment.events.v1",
                        id.toString(),
                        "payment.captured.v1",
                        "/payment-service",
                        now,
                        1,
                        body,
                        Map.of())));
    }

    private static String json(long amount) {
        return "{\"amount\": %d, \"currency\": \"USD\"}".formatted(amount);
    }

    private List<Money> refunds(UUID id) {
        return registrations.get(id).money().refunds().stream()
                .map(Registration.Refund::amount)
                .toList();
    }

    private List<String> commands() {
        return messages.stream()
                .filter(message -> message.topic().equals("payment.commands.v1"))
                .map(OutgoingMessage::type)
                .toList();
    }
}
