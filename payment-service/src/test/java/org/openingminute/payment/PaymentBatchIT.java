package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.messaging.testing.StatementCounts.Counts;
import org.openingminute.payment.documents.Documents;
import org.openingminute.payment.documents.Documents.UnnumberedDocument;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument.IssuedKind;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.Payments;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves the database cost of a payment and that payments of one batch do not affect each other, on the running service with its database.
 */
@PaymentServiceTest(surroundings = PaymentBatchIT.OwnService.class)
@Isolated("it takes the commands of every test, and counts statements")
class PaymentBatchIT {

    private static final int FLOWS = 20;
    private static final int MOST_STATEMENTS = 32;
    /** 7 of payment-service, and 2 of the relay (poll and cursor update) for each of two events. */
    private static final int MOST_TRANSACTIONS = 11;

    private static final int MOST_OF_SANDBOX = 7;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Payments payments;

    @Autowired
    private Documents documents;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private MeterRegistry meters;

    static final class OwnService extends ServiceFixture.Surroundings {

        OwnService() {
            super("BOOKS_CHECKED_EVERY=1h", "PROVIDERS_ASKED_EVERY=1h");
        }
    }

    @Test
    void card_payment_alone_costs_few_statements() throws Exception {
        StatementCounts counts = StatementCounts.of(jdbc);
        for (int i = 0; i < 5; i++) {
            flow();
        }
        counts.awaitTold();
        Counts begun = counts.now();
        Thread.sleep(Duration.ofSeconds(4)); // the time over which idle statements are measured
        Counts before = counts.now();

        for (int i = 0; i < FLOWS; i++) {
            flow();
        }

        Counts each = counts.now().since(before).each(FLOWS, before.since(begun));
        double sandbox = each.sum(PaymentBatchIT::isOfSandbox);
        double payment = each.sum(text -> !isOfSandbox(text));
        // Each statement of the sandbox except one is a transaction of its own.
        double transactions = 1 - sandbox + each.transactions();
        System.out.printf(
                "a card payment alone: %.1f statements, the sandbox's %.1f, %.1f transactions without it; %s%n",
                payment, sandbox, transactions, each);
        assertThat(payment).as(each.toString()).isBetween(10.0, MOST_STATEMENTS + 0.5);
        assertThat(sandbox).as(each.toString()).isBetween(3.0, MOST_OF_SANDBOX + 0.5);
        assertThat(transactions).as(each.toString()).isBetween(5.0, MOST_TRANSACTIONS + 0.5);
    }

    private static boolean isOfSandbox(String text) {
        return text.contains("sandbox.");
    }

    /** Processes one registration's payment from the request to the receipt. */
    private void flow() {
        UUID id = service.requested();
        service.card(service.checkoutUrl(id), "4242424242424242");
        service.awaitPublished(id, "payment.captured.v1");
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");
    }

    @Test
    void payment_of_an_earlier_incarnation_goes_on_with_a_sequence_of_this_one() {
        UUID id = service.requested();
        String checkout = service.checkoutUrl(id);
        jdbc.sql("update payment set sequence = sequences_begin() - 100 where registration_id = ?")
                .param(id)
                .update();

        service.card(checkout, "4242424242424242");
        service.awaitPublished(id, "payment.captured.v1");

        assertThat(jdbc.sql("select sequence > sequences_begin() from payment where registration_id = ?")
                        .param(id)
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void payment_that_another_instance_holds_keeps_no_other_waiting() {
        UUID held = service.requested();
        service.awaitStatus(held, "awaiting");
        UUID other = RegistrationPlayed.newId();
        transaction.executeWithoutResult(_ -> {
            jdbc.sql("set local transaction_timeout = 0").update();
            jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
                    .param(held.toString())
                    .query()
                    .listOfRows();
            service.registration.close(held);
            service.registration.send(RegistrationPlayed.request(other));
            service.awaitStatus(other, "awaiting");
            assertThat(service.status(held)).isEqualTo("awaiting");
        });
        service.awaitStatus(held, "closed");
    }

    @Test
    void commands_of_one_payment_in_any_order_come_to_the_same() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).revision(2).due(60_000));
        service.registration.send(RegistrationPlayed.request(id).due(50_000));
        for (int i = 0; i < 5; i++) {
            service.registration.keep(id);
        }
        service.registration.close(id);

        service.awaitStatus(id, "closed");
        assertThat(service.payment(id).json().path("due").path("amount").asLong())
                .isEqualTo(60_000);
    }

    @Test
    void instance_paused_with_a_number_in_hand_holds_up_no_other() {
        UUID paused = service.paid();
        UUID other = service.paid();
        Payment payment = payments.find(paused).orElseThrow();

        assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> {
                    documents.issue(List.of(new UnnumberedDocument(
                            "x",
                            payment,
                            new Decision.Issue(
                                    IssuedKind.RECEIPT, new Money(80_000, "USD"), payment.shown(Instant.now())))));
                    service.registration.keep(other);
                    service.awaitPublished(other, "payment.captured.v1", "payment.receipt-issued.v1");
                    jdbc.sql("select 1").query(Integer.class).single();
                }))
                .isInstanceOf(RuntimeException.class);

        payments.apply(paused, new PaymentTrigger.Kept());
        service.awaitPublished(paused, "payment.captured.v1", "payment.receipt-issued.v1");
        List<String> numbers = jdbc.sql("select number from issued_document where kind = 'receipt' order by number")
                .query(String.class)
                .list();
        assertThat(numbers).doesNotHaveDuplicates();
        assertThat(jdbc.sql("select sum(last_number) from document_series where kind = 'receipt'")
                        .query(Long.class)
                        .single())
                .isEqualTo(numbers.size());
    }

    @Test
    void payment_that_cannot_be_read_fails_without_failing_its_batch() {
        UUID unreadable = RegistrationPlayed.newId();
        jdbc.sql(
                        "insert into payment (registration_id, sequence, changed_at, document) values (?, 0, now(), 'no document')")
                .param(unreadable)
                .update();
        double before = failedByContent();

        assertThatThrownBy(() -> payments.apply(unreadable, new PaymentTrigger.TimeIsOver()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(unreadable.toString());

        assertThat(failedByContent()).isEqualTo(before);
        jdbc.sql("delete from payment where registration_id = ?")
                .param(unreadable)
                .update();
    }

    @Test
    void trigger_that_cannot_be_noted_as_a_whole_is_not_noted() {
        UUID id = service.paid();
        Capture capture = payments.find(id).orElseThrow().captures().getFirst();
        service.edit(id, """
                jsonb_set(document, '{captures,0,surplus}', 'true') || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object(
                    'id', gen_random_uuid(), 'capture', document #> '{captures,0,id}', 'reason', 'in another currency',
                    'amount', jsonb_build_object('amount', 1, 'currency', 'EUR'), 'state', 'DONE', 'at', now(),
                    'requestedAt', now(), 'surplus', true, 'returned', false)))
                """);

        assertThatThrownBy(() -> payments.apply(
                        id,
                        new PaymentTrigger.DisputeOpened(
                                "sandbox",
                                "dp_" + id,
                                capture.providerPayment(),
                                capture.amount(),
                                Instant.now(),
                                null)))
                .isInstanceOf(RuntimeException.class);

        assertThat(service.ledger(id)).containsExactly("capture provider:sandbox registrations 80000");
    }

    private double failedByContent() {
        return meters.get("messaging.batch.failures")
                .tags("queue", "payments", "reason", "content")
                .counter()
                .count();
    }

    @Test
    void updates_of_payments_stay_on_their_page() {
        for (int i = 0; i < 10; i++) {
            flow();
        }
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(jdbc.sql("""
                        select n_tup_hot_upd >= 0.8 * n_tup_upd from pg_stat_user_tables where relname = 'payment' and n_tup_upd > 20
                        """).query(Boolean.class).optional())
                                .contains(true));
    }
}
