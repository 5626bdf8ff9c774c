package org.openingminute.payment;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that an idle service sends few statements, counted by a real database at a deployment's polling intervals. */
@PaymentServiceTest(surroundings = IdleIT.AsDeployed.class)
class IdleIT {

    /** Reconciles and polls providers at a deployment's intervals. */
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
