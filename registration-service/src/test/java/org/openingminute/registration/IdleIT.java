package org.openingminute.registration;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.ServiceFixture.Alone;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that an idle service sends few statements, counted by a real database. */
@RegistrationServiceTest
@Import(Alone.class)
class IdleIT {

    @Autowired
    private JdbcClient jdbc;

    @Test
    void idle_service_sends_few_statements() {
        StatementCounts.of(jdbc).awaitIdle(3);
    }
}
