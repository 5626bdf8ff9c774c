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
        figures.of("books", this::now)
                .gauge(
                        "payment.books.differences",
                        "What ledger, state and a provider's own list say differently, in three looks in a row",
                        null,
                        Books::differences)
                .gauge(
                        "payment.books.age.seconds",
                        "Since what is new was last looked at, all of it",
                        "seconds",
                        Books::age)
                .gauge(
                        "payment.books.whole.age.seconds",
                        "Since everything that there is was last looked at",
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
