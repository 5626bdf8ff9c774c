package org.openingminute.notification.announcement;

import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.Browse;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Metrics of announcements whose fan-out is not complete. */
@Component
class AnnouncementMetrics {

    private final JdbcClient jdbc;

    AnnouncementMetrics(@Browse JdbcClient jdbc, PolledGauges metrics) {
        this.jdbc = jdbc;
        metrics.of("announcements", () -> new WaitingAnnouncementMails(mails(), fanningOut()))
                .gauge(
                        "announcements.mails.waiting",
                        "Mails of announcements that are written down and not sent",
                        null,
                        WaitingAnnouncementMails::mails)
                .gauge(
                        "announcements.fanning.out",
                        "Announcements that have not come to all their readers",
                        null,
                        WaitingAnnouncementMails::fanningOut);
    }

    private record WaitingAnnouncementMails(double mails, double fanningOut) {}

    private double mails() {
        // The conditions match those of the lanes' indexes, so that these are used.
        return jdbc.sql("""
                select (select count(*) from mail
                         where kind = any(:kinds) and copy = 0 and requested_by is null and state = 'waiting')
                     + (select count(*) from mail
                         where kind = any(:kinds) and (copy > 0 or requested_by is not null) and state = 'waiting')
                """)
                .param("kinds", SubscriptionMail.announced())
                .query(Double.class)
                .single();
    }

    private double fanningOut() {
        return jdbc.sql("select count(*) from announcement where spread_at is null")
                .query(Double.class)
                .single();
    }
}
