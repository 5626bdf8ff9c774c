package org.openingminute.payment;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the service asks its database while nobody asks the service. */
@PaymentServiceTest(surroundings = IdleIT.AsDeployed.class)
class IdleIT {

    /** Books and providers are asked as seldom as in a deployment. */
    static final class AsDeployed extends ServiceFixture.Surroundings {

        AsDeployed() {
            super("BOOKS_CHECKED_EVERY=60s", "PROVIDERS_ASKED_EVERY=15s");
        }
    }

    @Autowired
    private JdbcClient jdbc;

    @Test
    void idle_service_sends_few_statements() {
        StatementCounts.of(jdbc).awaitIdle(4);
    }
}
