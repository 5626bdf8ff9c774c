package org.openingminute.registration.registrations;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets first answers that nobody may ask for any more: they are kept for a day, and an hour for good measure. */
@Component
class HousekeepingJob {

    private static final Logger log = LoggerFactory.getLogger(HousekeepingJob.class);

    private final JdbcClient jdbc;

    HousekeepingJob(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 60_000)
    void forgetOldAnswers() {
        try {
            jdbc.sql("delete from idempotency where created_at < clock_timestamp() - interval '25 hours'")
                    .update();
        } catch (DataAccessException e) {
            log.warn("Old answers could not be forgotten and are tried again: {}", e.toString());
        }
    }
}
