package org.openingminute.notification;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that an idle service sends few statements, counted by a real database. */
@NotificationServiceApplicationTest
class IdleIT {

    @Autowired
    private JdbcClient jdbc;

    @Test
    @DisturbsOthers
    void idle_service_sends_few_statements() {
        // Mails that other tests have left would be tried again and again.
        jdbc.sql("delete from mail_due").update();
        jdbc.sql("update mail set state = 'superseded' where state = 'waiting'").update();

        StatementCounts.of(jdbc).awaitIdle(3);
    }
}
