package org.openingminute.notification.ops;

import java.sql.Timestamp;
import java.time.Clock;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Metrics of mails that are due and not sent. */
@Component
class UnsentMails {

    private final JdbcClient jdbc;
    private final Clock clock;

    UnsentMails(@Browse JdbcClient jdbc, Clock clock, PolledGauges metrics) {
        this.jdbc = jdbc;
        this.clock = clock;
        metrics.of("mails", this::waiting)
                .gauge("mails.waiting", "Mails that are due by now and not sent", null, WaitingMails::mails)
                .gauge(
                        "mails.oldest.unsent",
                        "How long the longest waiting mail could have been sent by now",
                        "seconds",
                        WaitingMails::oldestSeconds);
    }

    /** Returns how long the oldest mail has been overdue, in seconds; 0 if none is waiting. */
    double oldestSeconds() {
        return waiting().oldestSeconds();
    }

    private record WaitingMails(long mails, double oldestSeconds) {}

    private WaitingMails waiting() {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.sql("""
                select count(*) as mails,
                       coalesce(extract(epoch from cast(:now as timestamptz) - min(since)), 0)::double precision
                           as oldest_seconds
                  from (select due_since from mail where state = 'waiting'
                        union all select due_at from mail_due) as unsent (since)
                 where since <= :now
                """).param("now", now).query(WaitingMails.class).single();
    }
}
