package org.openingminute.notification.announcement;

import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How much is still to be said. Safe for all threads. */
@Component
class AnnouncementMetrics {

    private final JdbcClient jdbc;

    AnnouncementMetrics(JdbcClient jdbc, PolledGauges figures) {
        this.jdbc = jdbc;
        figures.of("announcements", () -> new Waiting(mails(), spreading()))
                .gauge(
                        "announcements.mails.waiting",
                        "Mails of announcements that are written down and not sent",
                        null,
                        Waiting::mails)
                .gauge(
                        "announcements.spreading",
                        "Announcements that have not come to all their readers",
                        null,
                        Waiting::spreading);
    }

    private record Waiting(double mails, double spreading) {}

    private double mails() {
        // In the form of the index of lanes, which has all that is asked for.
        return jdbc.sql("select count(*) from mail where kind = any(?) and copy = 0 and state = 'waiting'")
                .param(SubscriptionMail.announced())
                .query(Double.class)
                .single();
    }

    private double spreading() {
        return jdbc.sql("select count(*) from announcement where spread_at is null")
                .query(Double.class)
                .single();
    }
}
