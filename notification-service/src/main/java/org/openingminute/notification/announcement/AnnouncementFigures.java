package org.openingminute.notification.announcement;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.openingminute.notification.interest.NewsKind;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How much is still to be said. Safe for all threads. */
@Component
class AnnouncementFigures {

    private final JdbcClient jdbc;

    AnnouncementFigures(JdbcClient jdbc, MeterRegistry meters) {
        this.jdbc = jdbc;
        Gauge.builder("announcements.mails.waiting", this, AnnouncementFigures::mails)
                .description("Mails of announcements that are written down and not sent")
                .register(meters);
        Gauge.builder("announcements.spreading", this, AnnouncementFigures::spreading)
                .description("Announcements that have not come to all their readers")
                .register(meters);
    }

    private double mails() {
        // In the form of the index of lanes, which has all that is asked for.
        return jdbc.sql("select count(*) from mail where kind = any(?) and copy = 0 and state = 'waiting'")
                .param(NewsKind.announced())
                .query(Double.class)
                .single();
    }

    private double spreading() {
        return jdbc.sql("select count(*) from announcement where spread_at is null")
                .query(Double.class)
                .single();
    }
}
