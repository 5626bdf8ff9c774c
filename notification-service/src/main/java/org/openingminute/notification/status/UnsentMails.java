package org.openingminute.notification.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How late mails are. Safe for all threads. */
@Component
class UnsentMails {

    private final JdbcClient jdbc;
    private final Clock clock;

    UnsentMails(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.clock = clock;
        Gauge.builder("mails.oldest.unsent", this, UnsentMails::oldestSeconds)
                .baseUnit("seconds")
                .description("How long the longest waiting mail could have been sent by now")
                .register(meters);
    }

    /** In seconds; 0 where none waits. */
    double oldestSeconds() {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.sql("""
                select coalesce(extract(epoch from cast(:now as timestamptz) - min(owed_from)), 0)::double precision
                  from mail where state = 'waiting' and owed_from <= :now
                """).param("now", now).query(Double.class).single();
    }
}
