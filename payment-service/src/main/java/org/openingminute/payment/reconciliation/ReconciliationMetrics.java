package org.openingminute.payment.reconciliation;

import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Metrics of the differences found, and of the age of the last checks, whichever instance made them. */
@Component
final class ReconciliationMetrics {

    private final JdbcClient jdbc;

    ReconciliationMetrics(@Browse JdbcClient jdbc, PolledGauges metrics) {
        this.jdbc = jdbc;
        metrics.of("reconciliation", this::now)
                .gauge(
                        "payment.reconciliation.differences",
                        "Differences between ledger, state, documents and a provider's own list, in three checks in a row",
                        null,
                        Reconciliation::differences)
                .gauge(
                        "payment.reconciliation.age.seconds",
                        "Since the last check of all new payments",
                        "seconds",
                        Reconciliation::age)
                .gauge(
                        "payment.reconciliation.whole.age.seconds",
                        "Since the last check of all payments",
                        "seconds",
                        Reconciliation::wholeAge);
    }

    private record Reconciliation(double differences, double age, double wholeAge) {}

    private Reconciliation now() {
        return jdbc.sql("""
                select (select count(*) from books_differing) as differences,
                       extract(epoch from clock_timestamp() - checked_at) as age,
                       extract(epoch from clock_timestamp() - whole_at) as whole_age
                  from books_check
                """).query(Reconciliation.class).single();
    }
}
