package org.openingminute.payment.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Proves that reconciliation finds every wrong posting at bounded cost, on a real database with many payments. */
class ReconciliationRepositoryIT {

    private static final int PAYMENTS = 20_000;

    @Test
    void comparison_of_some_payments_does_not_read_the_whole_ledger() {
        try (SingleConnectionDataSource database =
                new SingleConnectionDataSource(TestInfrastructure.newDatabase("plans"), "postgres", "postgres", true)) {
            JdbcClient jdbc = JdbcClient.create(database);
            fill(jdbc);
            jdbc.sql("set plan_cache_mode = 'force_custom_plan'").update();

            String plan = String.join(
                    "\n",
                    jdbc.sql("explain "
                                    + ReconciliationRepository.comparedLedger(
                                            ReconciliationRepository.CHANGED_SINCE, "true"))
                            .param("since", OffsetDateTime.now().minusMinutes(30))
                            .param("some", ReconciliationRepository.SOME)
                            .query(String.class)
                            .list());

            assertThat(plan).contains("ledger_about_act_key").doesNotContain("Seq Scan on ledger");
        }
    }

    @Test
    void wrong_posting_is_found_wherever_it_is_and_no_statement_takes_long() {
        try (SingleConnectionDataSource database =
                new SingleConnectionDataSource(TestInfrastructure.newDatabase("pages"), "postgres", "postgres", true)) {
            JdbcClient jdbc = JdbcClient.create(database);
            fill(jdbc);
            jdbc.sql("set plan_cache_mode = 'force_custom_plan'").update();
            ReconciliationRepository repository = new ReconciliationRepository(jdbc);
            long begun = System.nanoTime();
            assertThat(repository.ledgerAgainstState()).isEmpty();
            // A single statement about all payments would take as long as these together, on a machine of any speed.
            long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            jdbc.sql("set statement_timeout = " + Math.max(1_000, millis / 4)).update();

            UUID second = nth(jdbc, ReconciliationRepository.PAGE + 1);
            UUID last = nth(jdbc, PAYMENTS);
            // Disables the trigger that forbids changes to the ledger.
            jdbc.sql("set session_replication_role = replica").update();
            jdbc.sql("update ledger set amount = 99 where registration_id = any(?) and act = 'capture'")
                    .param(new UUID[] {second, last})
                    .update();
            UUID unknown = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");
            jdbc.sql("""
                    insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                    values (now() - interval '30 days', ?, 'capture', 'one', 'other', 100, 'USD', ?)
                    """).param(unknown).param(unknown).update();

            assertThat(inTime(repository::ledgerAgainstState))
                    .extracting(Comparison.Difference::registration)
                    .containsExactly(second, last, unknown);

            assertThat(inTime(repository::documentsAgainstMoney)).isEmpty();
            jdbc.sql("""
                    update payment
                       set document = json_build_object('captures', json_build_array(json_build_object(
                                      'id', registration_id, 'amount', json_build_object('amount', 100, 'currency', 'USD'),
                                      'answer', 'KEPT', 'surplus', false)))::text
                     where registration_id = ?
                    """).param(second).update();
            assertThat(inTime(repository::documentsAgainstMoney))
                    .extracting(Comparison.Difference::registration)
                    .containsExactly(second);
        }
    }

    /** Returns a comparison of which no statement took too long. A pause of the machine may take the time of one, but not of each. */
    private static List<Comparison.Difference> inTime(Callable<List<Comparison.Difference>> comparison) {
        return await().atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(comparison, _ -> true);
    }

    private static UUID nth(JdbcClient jdbc, int place) {
        return jdbc.sql("select registration_id from payment order by registration_id offset ? limit 1")
                .param(place - 1)
                .query(UUID.class)
                .single();
    }

    /** Inserts one payment a minute, each captured and refunded. */
    private static void fill(JdbcClient jdbc) {
        jdbc.sql(
                        "create temporary table paid as select n, gen_random_uuid() as id, gen_random_uuid() as refund from generate_series(1, ?) n")
                .param(PAYMENTS)
                .update();
        jdbc.sql("""
                insert into payment (registration_id, sequence, changed_at, document)
                select id, 2, now() - n * interval '1 minute',
                       json_build_object('refunds', json_build_array(json_build_object('id', refund, 'state', 'DONE', 'amount', amount)),
                                         'captures', json_build_array(json_build_object('id', id, 'amount', amount)))::text
                  from paid cross join (select json_build_object('amount', 100, 'currency', 'USD') as amount) as whole
                """).update();
        jdbc.sql("""
                insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                select now() - n * interval '1 minute', id, act, 'one', 'other', 100, 'USD', about
                  from paid cross join lateral (values ('capture', id), ('refund', refund)) as posted (act, about)
                """).update();
        jdbc.sql("vacuum analyze payment, ledger").update();
    }
}
