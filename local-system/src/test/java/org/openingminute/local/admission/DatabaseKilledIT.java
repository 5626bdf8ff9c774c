package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that admission loses and repeats nothing when all processes of the database are killed. Two real instances of registration-service
 * and a real PostgreSQL run.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(600)
@Tag("admission")
class DatabaseKilledIT {

    private static final int ATTEMPTS = TwoInstances.FULL ? 20_000 : 1_200;
    private static final int KILLS = TwoInstances.FULL ? 3 : 1;
    private static final int AT_ONCE = 128;
    private static final int PLENTY = 500_000;
    /** Shorter than the restart of the database, so that clients repeat requests whose first attempt may still be running. */
    private static final Duration SOON = Duration.ofMillis(1_000);

    private final TwoInstances instances;
    private final long seed = TwoInstances.seed();
    private final Orders orders = new Orders(seed);
    private final String slug = Offer.newSlug("killed");
    private final RegistrantClient registrants;
    private final DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);

    DatabaseKilledIT(TwoInstances instances) {
        this.instances = instances;
        this.registrants = new RegistrantClient(instances, slug);
    }

    @Test
    void answered_requests_persist_and_repeats_are_done_once() throws Exception {
        System.out.printf("database killed: seed=%d%n", seed);
        Offer.Limits limits = new Offer.Limits(PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, 50, 200, 50, 100);
        instances
                .define(0, new Offer(slug, instances.now().minusSeconds(60), 1, Duration.ofDays(365), 86_400, limits))
                .has(201);
        double failuresBefore = instances.batchFailures();
        AtomicInteger answeredBefore = new AtomicInteger();
        LoadClients.run(0, ATTEMPTS, AT_ONCE, number -> {
            if (number > 0 && number % (ATTEMPTS / (KILLS + 1)) == 0) {
                answeredBefore.set(registrants.made().size());
                instances.processes().killDatabase();
            }
            registrants.order(
                    new TwoInstances.Route(number % 2, 1 - number % 2, SOON),
                    orders.order(number),
                    TwoInstances.newKey());
        });
        instances.processes().awaitReady();

        assertThat(instances.batchFailures())
                .as("batches that the kill aborted")
                .isGreaterThan(failuresBefore);
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
        }
        // Clients repeat their requests, and none of them gets a second registration.
        var all = registrants.made().entrySet().stream().limit(500).toList();
        LoadClients.run(
                0,
                all.size(),
                AT_ONCE,
                number -> registrants
                        .order(
                                number % 2,
                                all.get(number).getValue().body(),
                                all.get(number).getKey())
                        .has(201));
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
        }
        System.out.printf(
                "database killed: seed=%d, %,d attempts, killed=%d, answered before the last kill=%,d, repeated=%d: %s%n",
                seed, ATTEMPTS, KILLS, answeredBefore.get(), registrants.repeated(), registrants.answers());
    }
}
