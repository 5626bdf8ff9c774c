package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;
import org.openingminute.payment.store.Payments;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that payments stored in rows of many tables are migrated to documents and processed further, by starting the service on an earlier
 * version's database.
 */
@PaymentServiceTest(surroundings = PaymentUpgradeIT.OnEarlierDatabase.class)
@Isolated("it takes the commands of every test")
class PaymentUpgradeIT {

    private static final String LATER = "V1014";
    private static final int MANY = 10_000;

    private static final UUID UNPAID = RegistrationPlayed.newId();
    private static final UUID PAID = RegistrationPlayed.newId();
    private static final UUID KEPT = RegistrationPlayed.newId();
    private static final UUID REFUNDED = RegistrationPlayed.newId();
    private static final UUID DISPUTED = RegistrationPlayed.newId();
    private static final UUID TRANSFERRED = RegistrationPlayed.newId();
    private static final UUID SURPLUS = RegistrationPlayed.newId();
    private static final UUID RETURNED = RegistrationPlayed.newId();
    private static final UUID PARTLY = RegistrationPlayed.newId();
    private static final UUID UNASKED = RegistrationPlayed.newId();

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Payments payments;

    static final class OnEarlierDatabase extends ServiceFixture.Surroundings {

        OnEarlierDatabase() {
            super("DATABASE_URL=" + earlier());
        }
    }

    private static String earlier() {
        try {
            String database = EarlierDatabase.without(Files.createTempDirectory("earlier"), LATER);
            JdbcClient rows = rows(database);
            for (UUID id : List.of(UNPAID, PAID, KEPT, REFUNDED, DISPUTED, TRANSFERRED)) {
                payment(rows, id);
            }
            session(rows, UNPAID, "open");
            for (UUID id : List.of(PAID, KEPT, REFUNDED, DISPUTED)) {
                session(rows, id, "captured");
                capture(rows, id, "sandbox", id != PAID && id != DISPUTED);
            }
            capture(rows, TRANSFERRED, "invoice", true);
            rows.sql("update payment_capture set kept = true where registration_id = ?")
                    .param(KEPT)
                    .update();
            rows.sql("insert into document_series (kind, year, last_number) values ('receipt', 2026, 1)")
                    .update();
            rows.sql("""
                    insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
                    values (?, 'receipt', '2026-000001', 80000, 'USD', now(), '{}')
                    """).param(KEPT).update();
            refund(rows, REFUNDED);
            refund(rows, TRANSFERRED);
            rows.sql("""
                    insert into payment_dispute (id, registration_id, capture_id, provider, provider_dispute, amount, currency, state,
                                                 changed_at)
                    values (gen_random_uuid(), ?, ?, 'sandbox', 'dp_1', 80000, 'USD', 'open', now())
                    """).param(DISPUTED).param(DISPUTED).update();
            rows.sql("""
                    insert into sandbox.dispute (id, session, payment, amount, currency, state, opened_at)
                    values ('dp_1', ?, ?, 80000, 'USD', 'open', now())
                    """).param("cs_" + DISPUTED).param("pay_" + DISPUTED).update();
            rows.sql("""
                    insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                    select now(), registration_id, 'dispute-opened', 'disputed', 'provider:sandbox', amount, currency, id
                      from payment_dispute
                    """).update();
            rare(rows);
            migrateSlowly(database, rows);
            return database;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Inserts rare parts of payments: surplus, inquiry, failed refund, partial transfer, and a capture without a request. */
    private static void rare(JdbcClient rows) {
        payment(rows, SURPLUS);
        capture(rows, SURPLUS, "elsewhere", false);
        UUID again = RegistrationPlayed.newId();
        rows.sql("""
                insert into payment_capture (id, registration_id, provider, provider_payment, amount, currency, captured_at, surplus,
                                             answered, told_at)
                values (?, ?, 'elsewhere', 'again', 80000, 'USD', now(), true, true, now())
                """).param(again).param(SURPLUS).update();
        posted(rows, SURPLUS, "capture", again);
        rows.sql("""
                insert into payment_refund (id, registration_id, capture_id, amount, currency, reason, state, changed_at, asked_at,
                                            surplus, next_at, failure)
                values (gen_random_uuid(), ?, ?, 80000, 'USD', 'twice', 'failed', now(), now(), true, now(), 'refused')
                """).param(SURPLUS).param(again).update();
        rows.sql("""
                insert into payment_inquiry (id, registration_id, capture_id, provider, provider_dispute, amount, currency, opened_at)
                values (gen_random_uuid(), ?, ?, 'elsewhere', 'dp_2', 80000, 'USD', now())
                """).param(SURPLUS).param(SURPLUS).update();

        payment(rows, RETURNED);
        capture(rows, RETURNED, "elsewhere", true);
        refund(rows, RETURNED);
        rows.sql("update payment_refund set state = 'failed', returned = true where registration_id = ?")
                .param(RETURNED)
                .update();
        UUID refund = rows.sql("select id from payment_refund where registration_id = ?")
                .param(RETURNED)
                .query(UUID.class)
                .single();
        posted(rows, RETURNED, "refund", refund);
        posted(rows, RETURNED, "refund-returned", refund);

        payment(rows, PARTLY);
        UUID part = RegistrationPlayed.newId();
        rows.sql("""
                insert into payment_transfer (id, registration_id, amount, currency, received_at, marked_at, booked)
                values (?, ?, 80000, 'USD', now(), now(), false)
                """).param(part).param(PARTLY).update();
        posted(rows, PARTLY, "transfer", part);

        rows.sql("insert into payment (registration_id) values (?)")
                .param(UNASKED)
                .update();
        capture(rows, UNASKED, "elsewhere", false);
    }

    private static void posted(JdbcClient rows, UUID id, String act, UUID about) {
        rows.sql("""
                insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                values (now(), ?, ?, 'one', 'other', 80000, 'USD', ?)
                """).param(id).param(act).param(about).update();
    }

    /** Makes the migration of these few rows take longer than the service's transaction time-out. */
    private static void migrateSlowly(String database, JdbcClient rows) {
        flyway(database, "1014").migrate();
        beforeEachRow(rows, "if current_query() like '%old_payment%' then perform pg_sleep(1.2); end if");
    }

    /** Runs a statement before each row of {@code payment} is inserted. */
    private static void beforeEachRow(JdbcClient rows, String statement) {
        rows.sql("""
                create or replace function before_row() returns trigger language plpgsql as
                $$ begin %s; return new; end $$
                """.formatted(statement)).update();
        rows.sql("""
                create or replace trigger before_row before insert on payment for each row execute function before_row()
                """).update();
    }

    private static JdbcClient rows(String database) {
        return JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
    }

    private static void payment(JdbcClient rows, UUID id) {
        rows.sql("""
                insert into payment (registration_id, revision, request, requested_at, sessions_end_at, sequence)
                values (?, 1, ?, now(), now() + interval '14 minutes', 1)
                """).param(id).param(RegistrationPlayed.request(id).body()).update();
    }

    private static void session(JdbcClient rows, UUID id, String state) {
        rows.sql("""
                insert into payment_session (id, registration_id, provider, amount, currency, state, provider_session, url, asked_at,
                                             next_at)
                values (?, ?, 'sandbox', 80000, 'USD', ?, ?, ?, now(), now() + interval '5 minutes')
                """)
                .param(id)
                .param(id)
                .param(state)
                .param("cs_" + id)
                .param("http://127.0.0.1/sandbox/checkout/cs_" + id)
                .update();
        rows.sql("""
                insert into sandbox.session (id, key, registration, state, amount, currency, details, created_at)
                values (?, ?, ?, ?, 80000, 'USD', ?, now())
                """)
                .param("cs_" + id)
                .param(id)
                .param(id)
                .param(state)
                .param("""
                        {"reference": "r", "conferenceName": "c", "lines": [], "discount": {"amount": 0, "currency": "USD"},
                         "tax": {"amount": 0, "currency": "USD"}, "returnUrl": "http://127.0.0.1/"}
                        """)
                .update();
    }

    /** Inserts a capture and its other rows; it was reported so recently that it is not reported again during the test. */
    private static void capture(JdbcClient rows, UUID id, String provider, boolean answered) {
        rows.sql("""
                insert into payment_capture (id, registration_id, provider, provider_payment, amount, currency, captured_at, surplus,
                                             answered, told_at)
                values (?, ?, ?, ?, 80000, 'USD', now(), false, ?, now() + interval '10 minutes')
                """)
                .param(id)
                .param(id)
                .param(provider)
                .param("pay_" + id)
                .param(answered)
                .update();
        rows.sql("""
                insert into payment_try (provider, id, registration_id, tried_at, shown_at, outcome)
                values (?, ?, ?, now(), now(), 'captured')
                """).param(provider).param("pay_" + id).param(id).update();
        rows.sql("""
                insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                values (now(), ?, 'capture', ?, 'registrations', 80000, 'USD', ?)
                """).param(id).param("provider:" + provider).param(id).update();
        if (provider.equals("sandbox")) {
            rows.sql("""
                    insert into sandbox.try (id, session, tried_at, card, outcome)
                    values (?, ?, now(), '4242424242424242', 'captured')
                    """).param("pay_" + id).param("cs_" + id).update();
            rows.sql("update sandbox.session set payment_number = nextval('sandbox.payment_number') where id = ?")
                    .param("cs_" + id)
                    .update();
        }
    }

    private static void refund(JdbcClient rows, UUID id) {
        rows.sql("""
                insert into payment_refund (id, registration_id, capture_id, amount, currency, reason, state, changed_at, asked_at,
                                            surplus, next_at)
                values (?, ?, ?, 80000, 'USD', 'cancelled', 'pending', now(), now(), false, now())
                """).param(RegistrationPlayed.newId()).param(id).param(id).update();
    }

    @Test
    void migrated_payments_continue_and_repeat_nothing() {
        service.awaitPublished(REFUNDED, "payment.refunded.v1");
        assertThat(service.ledger(REFUNDED))
                .containsExactly(
                        "capture provider:sandbox registrations 80000", "refund registrations provider:sandbox 80000");
        assertThat(service.status(REFUNDED)).isEqualTo("refunded");

        assertThat(service.checkout(UNPAID).status()).isEqualTo(200);
        assertThat(service.card("/sandbox/checkout/cs_" + UNPAID, "4242424242424242")
                        .status())
                .isEqualTo(200);
        service.awaitPublished(UNPAID, "payment.captured.v1");
        assertThat(service.ledger(UNPAID)).containsExactly("capture provider:sandbox registrations 80000");

        service.registration.keep(PAID);
        service.awaitPublished(PAID, "payment.receipt-issued.v1");
        service.registration.keep(KEPT);
        assertThat(service.status(KEPT)).isEqualTo("captured");
        assertThat(service.checkout(KEPT).code()).isEqualTo("not-payable");

        service.postJson("/sandbox/payments/cs_" + DISPUTED + "/dispute-end", "{\"won\": true}");
        // The earlier version did not read the deadline, which is published as soon as it is known.
        service.awaitPublished(DISPUTED, "payment.disputed.v1", "payment.dispute-ended.v1");
        assertThat(service.status(DISPUTED)).isEqualTo("captured");

        assertThat(service.send(service.to("/api/payments/transfers")
                                .header("Authorization", "Bearer " + service.staff("organiser")))
                        .text())
                .contains(TRANSFERRED.toString());
        assertThat(numbers(KEPT)).containsExactly("2026-000001");
        assertThat(numbers(PAID)).containsExactly("2026-000002");
        jdbc.sql("update books_check set whole_at = 'epoch'").update();
        await().atMost(SOON)
                .until(() -> jdbc.sql("select whole_at > now() - interval '1 minute' from books_check")
                        .query(Boolean.class)
                        .single());
        assertThat(jdbc.sql("select about || ' ' || what from books_difference where registration_id <> ?")
                        .param(TRANSFERRED)
                        .query(String.class)
                        .list())
                .isEmpty();
    }

    @Test
    void rare_parts_of_payments_are_kept() {
        Payment surplus = payments.find(SURPLUS).orElseThrow();
        assertThat(surplus.captures()).extracting(Capture::surplus).containsExactly(false, true);
        assertThat(surplus.refunds()).extracting(Refund::failure).containsExactly("refused");
        assertThat(surplus.inquiries()).hasSize(1);
        assertThat(open(SURPLUS)).containsExactly("answer", "surplus");
        assertThat(payments.find(RETURNED).orElseThrow().refunds())
                .extracting(Refund::returned)
                .containsExactly(true);
        assertThat(open(RETURNED)).isEmpty();
        assertThat(payments.find(PARTLY).orElseThrow().transfers())
                .extracting(Transfer::booked)
                .containsExactly(false);
        Payment unasked = payments.find(UNASKED).orElseThrow();
        assertThat(unasked.request()).isNull();
        assertThat(unasked.captures()).hasSize(1);
        assertThat(open(UNASKED)).containsExactly("answer");
    }

    private List<String> open(UUID id) {
        return jdbc.sql("select what from payment_open where registration_id = ? order by what")
                .param(id)
                .query(String.class)
                .list();
    }

    @Test
    void earlier_version_writes_no_payment() {
        assertThatThrownBy(() -> jdbc.sql("insert into payment (registration_id) values (?) on conflict do nothing")
                        .param(UUID.randomUUID())
                        .update())
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() ->
                        jdbc.sql("update payment_session set next_at = now()").update())
                .isInstanceOf(DataAccessException.class);
    }

    private List<String> numbers(UUID id) {
        return jdbc.sql("select number from issued_document where registration_id = ? order by number")
                .param(id)
                .query(String.class)
                .list();
    }

    @Test
    void killed_migration_goes_on_after_its_last_commit(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, LATER);
        JdbcClient rows = rows(database);
        rows.sql("""
                insert into payment (registration_id, revision, request, requested_at)
                select gen_random_uuid(), 1, '{"conference": "c"}', now() from generate_series(1, ?)
                """).param(MANY).update();
        flyway(database, "1014").migrate();
        beforeEachRow(rows, "perform pg_sleep(0.002)");

        CompletableFuture<Void> killed =
                CompletableFuture.runAsync(() -> flyway(database, "1015").migrate());
        await().atMost(SOON).until(() -> documents(rows) > 0);
        rows.sql("""
                select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                """).query().listOfRows();
        assertThat(killed).failsWithin(SOON);
        assertThat(documents(rows)).isBetween(1_000L, MANY - 1L);

        beforeEachRow(rows, """
                if exists (select from payment where registration_id = new.registration_id) then raise 'again'; end if
                """);
        flyway(database, "1016").migrate();

        assertThat(documents(rows)).isEqualTo(MANY);
    }

    private static long documents(JdbcClient rows) {
        return rows.sql("select count(*) from payment").query(Long.class).single();
    }

    private static Flyway flyway(String database, String target) {
        return TestInfrastructure.migrations(database)
                .locations("classpath:db/messaging", "classpath:db/migration")
                .outOfOrder(true)
                .target(target)
                .load();
    }
}
