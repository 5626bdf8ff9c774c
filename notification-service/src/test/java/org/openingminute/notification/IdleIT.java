package org.openingminute.notification;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the service asks its database while nobody asks the service. */
@NotificationServiceApplicationTest
class IdleIT {

    @Autowired
    private JdbcClient jdbc;

    @Test
    @DisturbsOthers
    void idle_service_sends_few_statements() {
        // Other tests have left mails that no server takes.
        jdbc.sql("delete from mail_due").update();
        jdbc.sql("update mail set state = 'superseded' where state = 'waiting'").update();

        StatementCounts.of(jdbc).awaitIdle(3);
    }
}
