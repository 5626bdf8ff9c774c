package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.JSON;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Rounds;
import org.openingminute.payment.ServiceFixture.Answer;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.store.Payments;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves captures, declines, refunds and disputes from provider to event, on the running service with its sandbox, database and broker. */
@PaymentServiceTest
class MoneyIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Payments payments;

    @Autowired
    private Environment environment;

    @Test
    void session_takes_another_attempt_after_a_decline() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);

        assertThat(service.card(url, "4000000000009995").json().path("outcome").asString())
                .isEqualTo("declined");
        service.awaitPublished(id, "payment.failed.v1");
        assertThat(service.registration
                        .published(id)
                        .getFirst()
                        .body()
                        .path("failure")
                        .path("reason")
                        .asString())
                .isEqualTo("insufficient-funds");
        assertThat(service.status(id)).isEqualTo("failed");
        assertThat(service.checkoutUrl(id)).isEqualTo(url);

        assertThat(service.card(url, "4242424242424242").json().path("outcome").asString())
                .isEqualTo("captured");
        service.awaitPublished(id, "payment.failed.v1", "payment.captured.v1");
        JsonNode payment = service.payment(id).json();
        assertThat(payment.path("status").asString()).isEqualTo("captured");
        assertThat(payment.path("attempts")
                        .valueStream()
                        .map(a -> a.path("outcome").asString()))
                .containsExactly("declined", "captured");
    }

    @Test
    void a_card_that_needs_confirmation_is_processing_until_the_payer_answers() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);

        assertThat(service.card(url, "4000000000003220").json().path("outcome").asString())
                .isEqualTo("needs-confirmation");
        service.awaitStatus(id, "processing");
        assertThat(service.postJson(url + "/confirmation", "{\"accept\": false}")
                        .json()
                        .path("outcome")
                        .asString())
                .isEqualTo("declined");
        service.awaitStatus(id, "failed");

        service.card(url, "4000000000003220");
        Answer accepted = service.postJson(url + "/confirmation", "{\"accept\": true}");
        assertThat(accepted.json().path("outcome").asString()).isEqualTo("captured");
        assertThat(service.postJson(url + "/confirmation", "{\"accept\": true}").text())
                .isEqualTo(accepted.text());
        service.awaitPublished(id, "payment.failed.v1", "payment.captured.v1");
    }

    @Test
    void closing_ends_the_session_and_nothing_can_be_paid_in_it() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);

        service.registration.close(id);

        await().atMost(SOON).untilAsserted(() -> assertThat(sandboxState(id)).isEqualTo("ended"));
        Answer late = service.card(url, "4242424242424242");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.code()).isEqualTo("not-payable");
        assertThat(service.status(id)).isEqualTo("closed");
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
        assertThat(service.registration.published(id)).isEmpty();
    }

    @Test
    @DisturbsOthers
    void unreported_capture_before_the_close_counts() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        service.card(url, "4242424242424242");

        service.registration.close(id);

        service.awaitPublished(id, "payment.captured.v1");
        assertThat(service.status(id)).isEqualTo("captured");
        assertThat(sandboxState(id)).isEqualTo("captured");
    }

    @Test
    void a_session_ends_half_way_through_a_short_hold() {
        record Opened(UUID id, Instant holdExpiresAt, Answer checkout) {}
        Opened opened = Rounds.within(Duration.ofSeconds(2), () -> {
            var request = RegistrationPlayed.request(RegistrationPlayed.newId()).seconds(20);
            service.registration.send(request);
            service.awaitKnown(request.registration());
            return new Opened(
                    request.registration(), request.holdExpiresAt(), service.checkout(request.registration()));
        });
        UUID id = opened.id();
        assertThat(Instant.parse(opened.checkout().json().path("expiresAt").asString()))
                .isEqualTo(opened.holdExpiresAt().minusSeconds(10));

        await().atMost(SOON).untilAsserted(() -> assertThat(sandboxState(id)).isEqualTo("ended"));
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
    }

    @Test
    void higher_revision_prolongs_the_session_and_a_lower_one_does_not() {
        UUID id = RegistrationPlayed.newId();
        var request = RegistrationPlayed.request(id);
        service.registration.send(request.seconds(200));
        service.awaitStatus(id, "awaiting");
        String first = service.checkout(id).text();

        service.registration.send(request.revision(3).seconds(500));
        service.registration.send(request.revision(2).seconds(300));
        service.registration.keep(id);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.checkout(id).json().path("expiresAt").asString())
                        .isEqualTo(request.seconds(500)
                                .holdExpiresAt()
                                .minusSeconds(30)
                                .toString()));
        assertThat(service.checkout(id).json().path("checkoutUrl"))
                .isEqualTo(JSON.readTree(first).path("checkoutUrl"));
    }

    @Test
    void commands_before_the_request_give_the_same_end() {
        UUID id = RegistrationPlayed.newId();
        service.registration.close(id);
        service.registration.keep(id);
        service.registration.send(RegistrationPlayed.request(id));

        service.awaitStatus(id, "closed");
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
    }

    @Test
    void refunds_are_made_once_however_often_they_are_commanded() {
        UUID id = service.paid();
        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        UUID command = RegistrationPlayed.newId();

        service.registration.refund(command, id, refund, 30_000);
        service.registration.refund(command, id, refund, 30_000);
        service.registration.refund(RegistrationPlayed.newId(), id, refund, 30_000);
        service.awaitStatus(id, "partly-refunded");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 50_000);
        service.awaitStatus(id, "refunded");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 1);

        service.awaitPublished(
                id,
                "payment.captured.v1",
                "payment.receipt-issued.v1",
                "payment.refunded.v1",
                "payment.refunded.v1",
                "payment.refund-failed.v1");
        JsonNode last = service.registration.published(id).getLast().body();
        assertThat(last.path("refunded").path("amount").asLong()).isEqualTo(80_000);
        assertThat(last.path("refunds").valueStream().map(r -> r.path("state").asString()))
                .containsExactly("done", "done", "failed");
        assertThat(last.path("captures").path(0).path("answered").asBoolean()).isTrue();
        assertThat(service.registration.published(id).stream().map(RegistrationPlayed.Event::sequence))
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(sandboxRefunded(id)).isEqualTo(80_000);
        assertThat(balance(id)).isZero();
    }

    @Test
    @DisturbsOthers
    void a_refund_whose_answer_was_lost_is_made_once() {
        UUID id = service.paid();
        service.faults("{\"timeoutAfterChargeRate\": 1}");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 80_000);
        await().atMost(SOON).untilAsserted(() -> assertThat(sandboxRefunded(id)).isEqualTo(80_000));
        service.faults("{}");

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() ->
                        assertThat(service.registration.publishedTypes(id)).endsWith("payment.refunded.v1"));
        assertThat(sandboxRefunded(id)).isEqualTo(80_000);
        assertThat(balance(id)).isZero();
    }

    @Test
    @DisturbsOthers
    void second_capture_goes_back_by_itself_and_the_first_is_reported() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        UUID command = RegistrationPlayed.newId();
        // Reconciliation, which tests have twice a second, could adopt the capture before the transfer is known.
        try (HeldLock _ = HeldLock.ofReconciliation(environment)) {
            service.card(url, "4242424242424242");
            service.registration.markPaid(command, id, 80_000);
            service.registration.markPaid(command, id, 80_000);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(service.ledger(id)).contains("transfer provider:invoice parts 80000"));
        }

        service.awaitPublished(id, "payment.captured.v1");
        await().atMost(SOON).untilAsserted(() -> assertThat(sandboxRefunded(id)).isEqualTo(80_000));
        JsonNode payment = service.payment(id).json();
        assertThat(payment.path("captured").path("amount").asLong()).isEqualTo(80_000);
        assertThat(payment.path("refunded").path("amount").asLong()).isZero();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.ledger(id))
                        .containsExactly(
                                "transfer provider:invoice parts 80000",
                                "capture parts registrations 80000",
                                "capture provider:sandbox surplus 80000",
                                "refund surplus provider:sandbox 80000"));
    }

    @Test
    void unanswered_capture_is_reported_again_whatever_ails_another() {
        UUID unreadable = new UUID(0, System.nanoTime());
        jdbc.sql("""
                insert into payment (registration_id, request, sequence, changed_at, document)
                values (?, 'no request', 0, now(), '{"requestedAt": "2026-01-01T00:00:00Z"}')
                """).param(unreadable).update();
        jdbc.sql("""
                insert into payment_open (registration_id, id, what, since, due_at)
                values (?, ?, 'answer', now(), now() - interval '1 hour')
                """).param(unreadable).param(unreadable).update();
        UUID id = service.paid();
        // Makes the capture look as if it had been reported 20 seconds ago.
        service.edit(id, """
                jsonb_set(document, '{captures,0,reportedAt}',
                          to_jsonb((document #>> '{captures,0,reportedAt}')::timestamptz - interval '20 seconds'))
                """);
        service.due(id, "answer");
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(service.registration.publishedTypes(id))
                        .containsExactly("payment.captured.v1", "payment.captured.v1"));
        assertThat(service.registration.published(id).getLast().sequence()).isEqualTo(2);
        assertThat(jdbc.sql("select told_again from payment_capture where registration_id = ?")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);

        for (String table : List.of("payment_open", "payment")) {
            jdbc.sql("delete from " + table + " where registration_id = ?")
                    .param(unreadable)
                    .update();
        }
        service.registration.keep(id);
        await().atMost(SOON)
                .until(() -> jdbc.sql("select answered from payment_capture where registration_id = ?")
                        .param(id)
                        .query(Boolean.class)
                        .single());
    }

    @Test
    void dispute_and_its_end_are_reported() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.card(url, "4000000000000259");
        service.awaitPublished(id, "payment.captured.v1", "payment.disputed.v1");
        assertThat(service.status(id)).isEqualTo("disputed");
        Instant inBusinessTime = Instant.parse("2026-02-16T17:00:00Z");
        assertThat(Instant.parse(service.registration
                        .published(id)
                        .getLast()
                        .body()
                        .at("/disputes/0/evidenceDueAt")
                        .asString()))
                .isBetween(inBusinessTime, inBusinessTime.plusSeconds(120));

        String session = url.substring(url.lastIndexOf('/') + 1);
        assertThat(service.postJson("/sandbox/payments/" + session + "/dispute-end", "{\"won\": true}")
                        .json()
                        .path("disputed")
                        .path("amount")
                        .asLong())
                .isZero();
        service.awaitPublished(id, "payment.captured.v1", "payment.disputed.v1", "payment.dispute-ended.v1");
        assertThat(service.status(id)).isEqualTo("captured");
        assertThat(balance(id)).isEqualTo(80_000);
    }

    @Test
    @DisturbsOthers
    void an_unknown_command_is_parked_and_the_next_is_done() {
        UUID id = RegistrationPlayed.newId();
        long before = deadLetters();
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.dance.v1",
                id.toString(),
                "{\"registration\": \"" + id + "\"}",
                Instant.now());
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.refund.v1",
                id.toString(),
                "{\"registration\": \"" + id + "\"}",
                Instant.now());
        service.registration.send(RegistrationPlayed.request(id));

        service.awaitStatus(id, "awaiting");
        assertThat(deadLetters()).isEqualTo(before + 2);
    }

    @Test
    @DisturbsOthers
    void surplus_that_a_lost_dispute_took_is_not_counted_for_ever() {
        UUID id = service.paid();
        long before = surplusNotReturned();
        String name = "surplus " + id;
        payments.apply(
                id,
                new PaymentTrigger.MoneyArrived(
                        RegistrationPlayed.newId(), "elsewhere", name, new Money(2, "USD"), Instant.now()));
        failPendingRefunds(id);
        assertThat(surplusNotReturned()).isEqualTo(before + 1);
        payments.apply(
                id,
                new PaymentTrigger.RefundReported(
                        "elsewhere", name, "refund " + id, new Money(1, "USD"), null, Instant.now()));
        failPendingRefunds(id);
        assertThat(surplusNotReturned()).as("half of the surplus").isEqualTo(before + 1);

        payments.apply(
                id,
                List.of(
                        new PaymentTrigger.DisputeOpened(
                                "elsewhere", "dispute " + id, name, new Money(1, "USD"), Instant.now(), null),
                        new PaymentTrigger.DisputeEnded("elsewhere", "dispute " + id, false, Instant.now())));
        assertThat(surplusNotReturned()).isEqualTo(before);
    }

    private void failPendingRefunds(UUID id) {
        Optional<Refund> pending = pendingRefund(id);
        while (pending.isPresent()) {
            payments.apply(id, new PaymentTrigger.RefundFailed(pending.get().id(), "refused", Instant.now()));
            pending = pendingRefund(id);
        }
    }

    private Optional<Refund> pendingRefund(UUID id) {
        return payments.find(id).orElseThrow().refunds().stream()
                .filter(refund -> refund.state() == Refund.RefundState.PENDING)
                .findFirst();
    }

    private long surplusNotReturned() {
        return service.send(service.to("/internal/status"))
                .json()
                .path("payments")
                .path("surplusNotReturned")
                .asLong();
    }

    private long deadLetters() {
        return service.send(service.to("/internal/status"))
                .json()
                .path("deadLetters")
                .path("open")
                .asLong();
    }

    private String sandboxState(UUID id) {
        return jdbc.sql("select state from sandbox.session where registration = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private long sandboxRefunded(UUID id) {
        return jdbc.sql("select sum(refunded) from sandbox.session where registration = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    /** Returns the amount that providers hold for the registration according to the ledger. */
    private long balance(UUID id) {
        return jdbc.sql("""
                select coalesce(sum(case when debit like 'provider:%' then amount else -amount end), 0)
                  from ledger where registration_id = ?
                """).param(id).query(Long.class).single();
    }
}
