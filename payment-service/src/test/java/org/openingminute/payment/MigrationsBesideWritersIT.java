package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.messaging.testing.Writers;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that migrations do not block writers for long: they run on a real database with many rows while other connections write. Covers
 * every migration after V0005 and V1016; up to these the service is stopped for an upgrade.
 */
class MigrationsBesideWritersIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int PAYMENTS = FULL ? 2_000_000 : 20_000;
    /** With few payments no migration takes so long on a slow machine either. */
    private static final Duration LONGEST = Duration.ofSeconds(FULL ? 2 : 10);

    /** Waits for no lock, so that it takes longer only by a pause of the machine. */
    private static final String UNLOCKED = "select pg_sleep(0.01)";

    /** The id of the payment with a given number, the same in all tables. */
    private static final String ID = "md5((?::bigint %% %d)::text)::uuid".formatted(PAYMENTS);

    private static final String[] PAID = {
        "update payment set sequence = sequence + 1, changed_at = now() where registration_id = " + ID,
        """
        insert into webhook_event (provider, event_id, body, received_at, next_at)
        values ('sandbox', gen_random_uuid() || ?, '{}', now(), now())
        """,
        "update webhook_event set tries = tries + 1 where provider = 'sandbox' and event_id = " + ID + "::text",
        """
        insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
        values (now(), %s, 'capture', 'one', 'other', 100, 'USD', gen_random_uuid())
        """.formatted(ID),
        """
        insert into payment_open (registration_id, id, what, since)
        values (%s, gen_random_uuid(), 'answer', now())
        """.formatted(ID),
        """
        insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
        values (%s, 'receipt', gen_random_uuid()::text, 100, 'USD', now(), '{}')
        """.formatted(ID)
    };

    @Test
    void no_writer_waits_two_seconds_for_a_migration(@TempDir Path folder) throws Exception {
        String database = EarlierDatabase.without(folder, "V0006", "V1017");
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        fill(jdbc);
        Flyway flyway = TestInfrastructure.migrations(database)
                .locations("classpath:db/messaging", "classpath:db/migration")
                .outOfOrder(true)
                .load();
        List<String> pending = Arrays.stream(flyway.info().pending())
                .map(MigrationInfo::getScript)
                .toList();
        Duration longest;
        try (Writers unlocked = Writers.start(database, 2, UNLOCKED);
                Writers writers = Writers.start(database, 4, PAID)) {
            await().atMost(SOON).until(() -> writers.written() > 1_000 && unlocked.written() > 0);
            long before = writers.written();
            flyway.migrate();
            await().atMost(SOON).until(() -> writers.written() > before + 1_000);
            longest = writers.longestWait().minus(unlocked.longestWait());
        }
        System.out.printf(
                "%d payments, %s: longest wait of a writer for a lock %d ms%n", PAYMENTS, pending, longest.toMillis());
        assertThat(longest).isLessThan(LONGEST);
        assertThat(jdbc.sql("select exists (select from pg_index where not indisvalid)")
                        .query(Boolean.class)
                        .single())
                .isFalse();
    }

    private static void fill(JdbcClient jdbc) {
        String ids = "(select md5(n::text)::uuid as id, n from generate_series(0, %d) as n) as payment"
                .formatted(PAYMENTS - 1);
        for (String rows : List.of(
                """
                insert into payment (registration_id, conference, request, sequence, changed_at, document)
                select id, 'mlsys-2026', repeat('{"a request": 1}', 30), 1, now(), repeat('{"a document": 1}', 60) from %s
                """,
                """
                insert into webhook_event (provider, event_id, body, received_at, next_at, state)
                select 'sandbox', id::text, repeat('{"a body": 1}', 60)::bytea, now(), now(), 'applied' from %s
                """,
                """
                insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                select now(), id, 'capture', 'one', 'other', 100, 'USD', id from %s
                """,
                """
                insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
                select id, 'receipt', n::text, 100, 'USD', now(), '{}' from %s
                """,
                "insert into provider_payment (provider, name, registration_id, captured_at) select 'sandbox', n::text, id, now() from %s",
                "insert into command_done (id) select id from %s",
                "insert into inbox (topic, message_key, sequence) select 'registration.events.v1', id::text, 1 from %s")) {
            jdbc.sql(rows.formatted(ids)).update();
        }
        jdbc.sql("analyze").update();
    }
}
