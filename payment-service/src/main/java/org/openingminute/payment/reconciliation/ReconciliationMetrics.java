package org.openingminute.payment.reconciliation;

import org.openingminute.kit.runtime.PolledGauges;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the looks at the books found, and how long ago they were, whichever instance made them. */
@Component
final class ReconciliationMetrics {

    private final JdbcClient jdbc;

    ReconciliationMetrics(JdbcClient jdbc, PolledGauges figures) {
        this.jdbc = jdbc;
        figures.of("reconciliation", this::now)
                .gauge(
                        "payment.reconciliation.differences",
                        "Differences between ledger, state and a provider's own list, in three checks in a row",
                        null,
                        Books::differences)
                .gauge(
                        "payment.reconciliation.age.seconds",
                        "Since the last check of all new payments",
                        "seconds",
                        Books::age)
                .gauge(
                        "payment.reconciliation.whole.age.seconds",
                        "Since the last check of all payments",
                        "seconds",
                        Books::wholeAge);
    }

    private record Books(double differences, double age, double wholeAge) {}

    private Books now() {
        return jdbc.sql("""
                select (select count(*) from books_differing) as differences,
                       extract(epoch from clock_timestamp() - checked_at) as age,
                       extract(epoch from clock_timestamp() - whole_at) as whole_age
                  from books_check
                """).query(Books.class).single();
    }
}
