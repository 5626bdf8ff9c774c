package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.Payments;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Proves that reconciliation compares ledger, payments and the sandbox's list, and reports each manipulated amount. Uses the running
 * service.
 */
@PaymentServiceTest
class ReconciliationIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Payments payments;

    @Autowired
    private Environment environment;

    @Test
    void reconciliation_agrees_and_finds_a_lie_until_it_is_mended() {
        UUID refunded = service.paid();
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, refunded, refund, 12_345);
        service.awaitPublished(refunded, "payment.captured.v1", "payment.refunded.v1");
        UUID disputed = service.requested();
        service.card(service.checkoutUrl(disputed), "4000000000000259");
        service.awaitPublished(disputed, "payment.captured.v1", "payment.disputed.v1");
        UUID other = service.paid();
        awaitAnotherCheck();
        awaitAnotherCheck();
        assertThat(differences(refunded, disputed, other)).isEmpty();

        lie(refunded, 1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(refunded))
                        .containsExactly("refunded: the provider says USD 123.46, we say USD 123.45"));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(metric("payment_reconciliation_differences")).isPositive());
        lie(refunded, -1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(refunded)).isEmpty());

        jdbc.sql("""
                insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                values (now(), ?, 'refund', 'registrations', 'provider:sandbox', 5, 'USD', ?)
                """).param(other).param(UUID.randomUUID()).update();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(other))
                        .containsExactly("the ledger has a posting that the state does not know"));
    }

    @Test
    void documents_equal_the_money_after_a_refund_done_failed_and_made_again() {
        UUID id = service.paid();
        service.registration.keep(id);
        UUID first = RegistrationPlayed.newId();
        service.registration.refund(first, id, first, 30_000);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.refunded.v1");
        payments.apply(id, new PaymentTrigger.RefundFailed(first, "account-closed", Instant.now()));
        assertThat(documented(id)).isEqualTo(80_000);
        // Takes the refund from the sandbox's list, because the sandbox does not know that it failed.
        lie(id, -30_000);
        UUID second = RegistrationPlayed.newId();
        service.registration.refund(second, id, second, 30_000);
        service.awaitPublished(
                id,
                "payment.captured.v1",
                "payment.receipt-issued.v1",
                "payment.refunded.v1",
                "payment.refund-failed.v1",
                "payment.refunded.v1");

        JsonNode refunds = service.registration.published(id).getLast().body().path("refunds");
        assertThat(refunds.valueStream().map(refund -> refund.path("returned").asBoolean()))
                .containsExactly(true, false);
        assertThat(documented(id)).isEqualTo(50_000);
        awaitAnotherCheck();
        awaitAnotherCheck();
        assertThat(found(id)).isEmpty();

        jdbc.sql("""
                insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
                values (?, 'credit-note', ?, 5, 'USD', now(), '{}')
                """).param(id).param("x-" + id).update();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(id))
                        .containsExactly("receipts less credit notes are 49995 USD, captures less refunds 50000"));
        assertThat(acknowledge(id)).isPositive();
    }

    @Test
    void dispute_stays_open_until_the_provider_reports_its_end() {
        UUID id = service.paid();
        Capture capture = payments.find(id).orElseThrow().captures().getFirst();
        Instant opened = Instant.now().minus(Duration.ofHours(2));
        payments.apply(
                id,
                new PaymentTrigger.DisputeOpened(
                        "sandbox", "dp_" + id, capture.providerPayment(), capture.amount(), opened, null));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(id))
                        .containsExactly("disputed: the provider says USD 0.00, we say USD 800.00"));
        assertThat(service.status(id)).isEqualTo("disputed");
        assertThat(acknowledge(id)).isPositive();
    }

    /** Returns receipts less credit notes. */
    private long documented(UUID id) {
        return payments.find(id).orElseThrow().inDocuments().amount();
    }

    /** Returns all recorded differences, confirmed or not. */
    private List<String> found(UUID registration) {
        return jdbc.sql("select what from books_difference where registration_id = ?")
                .param(registration)
                .query(String.class)
                .list();
    }

    @Test
    void one_sided_payment_is_a_difference_until_corrected() {
        UUID id = service.paid();
        // Renames the capture, so that both sides have a payment that the other does not know.
        Capture capture = payments.find(id).orElseThrow().captures().getFirst();
        rename(id, "another", Duration.ofHours(1));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(id))
                        .containsExactly(
                                "the provider has captured USD 800.00 that we do not know",
                                "we have captured USD 800.00, and the provider has no such payment"));
        rename(id, capture.providerPayment(), Duration.ofHours(1));
        jdbc.sql("update books_check set whole_at = 'epoch'").update();
        await().atMost(SOON).untilAsserted(() -> assertThat(differences(id)).isEmpty());
    }

    private void rename(UUID id, String providerPayment, Duration ago) {
        service.edit(id, """
                jsonb_set(jsonb_set(document, '{captures,0,providerPayment}', to_jsonb(?::text)),
                          '{captures,0,at}', to_jsonb(now() - ? * interval '1 s'))
                """, providerPayment, ago.toSeconds());
        jdbc.sql(
                        "update provider_payment set name = ?, captured_at = now() - ? * interval '1 s' where registration_id = ?")
                .param(providerPayment)
                .param(ago.toSeconds())
                .param(id)
                .update();
    }

    /** Simulates a restore of the database from a backup that is older than the payment. */
    @Test
    void orphaned_capture_is_adopted_and_answered() {
        UUID id = service.paid();
        forget(id);

        service.awaitPublished(id, "payment.captured.v1", "payment.captured.v1");

        assertThat(jdbc.sql("select provider_payment from payment_capture where registration_id = ?")
                        .param(id)
                        .query(String.class)
                        .list())
                .isEqualTo(jdbc.sql("select payment from sandbox.session where registration = ?")
                        .param(id)
                        .query(String.class)
                        .list());
        jdbc.sql("update books_check set whole_at = 'epoch'").update();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(id))
                        .containsExactly("the ledger has a posting that the state does not know"));
        assertThat(acknowledge(id)).isPositive();
    }

    /** Otherwise both could count as the only capture. */
    @Test
    void money_that_arrives_meanwhile_precedes_an_orphaned_capture() {
        UUID id = service.paid();
        try (HeldLock checks = HeldLock.ofReconciliation(environment)) {
            forget(id);
            transaction.executeWithoutResult(_ -> {
                jdbc.sql("set local transaction_timeout = 0").update();
                jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
                        .param(id.toString())
                        .query()
                        .listOfRows();
                // Only now does a check find the capture and wait for the payment.
                checks.close();
                int holder =
                        jdbc.sql("select pg_backend_pid()").query(Integer.class).single();
                await().atMost(SOON).until(() -> somebodyWaitsFor(holder));
                service.edit(id, """
                        jsonb_set(document, '{captures}', jsonb_build_array(jsonb_build_object(
                            'id', gen_random_uuid(), 'provider', 'sandbox', 'providerPayment', 'other',
                            'amount', jsonb_build_object('amount', 1000, 'currency', 'USD'), 'at', now(), 'surplus', false,
                            'answer', 'GIVEN_BACK', 'reportedAt', now(), 'reportedAgain', 0)))
                        """);
            });
        }
        awaitAnotherCheck();

        assertThat(jdbc.sql("select provider_payment from payment_capture where registration_id = ?")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("other");
        jdbc.sql("update books_check set whole_at = 'epoch'").update();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(differences(id)).contains("the ledger has a posting that the state does not know"));
        assertThat(acknowledge(id)).isPositive();
    }

    /** Returns whether a session waits for a lock of another session. */
    private boolean somebodyWaitsFor(int holder) {
        return jdbc.sql("select exists (select from pg_stat_activity where ? = any(pg_blocking_pids(pid)))")
                .param(holder)
                .query(Boolean.class)
                .single();
    }

    /** Leaves a payment to the provider alone, as after a restore of our database. */
    private void forget(UUID id) {
        service.edit(id, "document || '{\"attempts\": [], \"captures\": [], \"sessions\": []}'");
        for (String table : List.of("provider_payment", "payment_open")) {
            jdbc.sql("delete from " + table + " where registration_id = ?")
                    .param(id)
                    .update();
        }
    }

    private int acknowledge(UUID id) {
        return jdbc.sql(
                        "update books_difference set acknowledged_by = 't', acknowledged_why = 't' where registration_id = ?")
                .param(id)
                .update();
    }

    @Test
    void acknowledged_difference_is_counted_no_more() {
        UUID id = service.paid();
        awaitAnotherCheck();
        lie(id, 1);
        await().atMost(SOON).until(() -> !differences(id).isEmpty());
        jdbc.sql("""
                update books_difference set acknowledged_by = 'op', acknowledged_why = 'made by hand' where registration_id = ?
                """).param(id).update();
        awaitAnotherCheck();
        assertThat(differences(id)).isEmpty();
        lie(id, -1);
    }

    @Test
    void missing_open_work_is_found() {
        UUID id = service.paid();
        jdbc.sql("delete from payment_open where registration_id = ?").param(id).update();
        jdbc.sql("update books_check set whole_at = 'epoch'").update();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(differences(id))
                        .singleElement()
                        .satisfies(what -> assertThat(what).startsWith("open work is [], by the state [answer ")));
        service.registration.keep(id);
        await().atMost(SOON).untilAsserted(() -> assertThat(differences(id)).isEmpty());
    }

    @Test
    @DisturbsOthers
    void provider_without_a_list_does_not_agree() {
        // Before the first check, the age counts from the database's creation.
        await().atMost(SOON).until(() -> age() < 3);
        service.faults("{\"errorRate\": 1}");
        double before = age();
        await().atMost(SOON).until(() -> age() > before + 3);
        service.faults("{}");
        await().atMost(SOON).until(() -> age() < 3);
    }

    private double age() {
        return metric("payment_reconciliation_age_seconds");
    }

    private void lie(UUID registration, long more) {
        jdbc.sql("update sandbox.session set refunded = refunded + ? where registration = ?")
                .param(more)
                .param(registration)
                .update();
    }

    /** Returns the unacknowledged differences that three checks in a row have found. */
    private List<String> differences(UUID... registrations) {
        return jdbc.sql("select what from books_differing where registration_id = any(?) order by what")
                .param(registrations)
                .query(String.class)
                .list();
    }

    private void awaitAnotherCheck() {
        OffsetDateTime begin =
                jdbc.sql("select clock_timestamp()").query(OffsetDateTime.class).single();
        await().atMost(SOON)
                .until(() -> jdbc.sql("select checked_at > ? from books_check")
                        .param(begin)
                        .query(Boolean.class)
                        .single());
    }

    private double metric(String name) {
        return service.send(service.to("/actuator/prometheus"))
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
