package org.openingminute.payment.books;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the looks at the books found, and how long ago they were, whichever instance made them. */
@Component
final class BooksFigure implements MeterBinder {

    private final JdbcClient jdbc;

    BooksFigure(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("payment.books.differences", () -> number("select count(*) from books_differing"))
                .description("What ledger, state and a provider's own list say differently, in three looks in a row")
                .register(registry);
        age(registry, "payment.books.age.seconds", "checked_at", "Since what is new was last looked at, all of it");
        age(
                registry,
                "payment.books.whole.age.seconds",
                "whole_at",
                "Since everything that there is was last looked at");
    }

    private void age(MeterRegistry registry, String name, String column, String description) {
        String sql = "select extract(epoch from clock_timestamp() - " + column + ") from books_check";
        Gauge.builder(name, () -> number(sql)).description(description).register(registry);
    }

    private Number number(String sql) {
        return jdbc.sql(sql).query(Double.class).single();
    }
}
