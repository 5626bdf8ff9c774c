package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Standstills;

/**
 * Proves that the sale goes on at one instance of registration-service while the process of the other is suspended in the middle of a
 * batch, with the sale's lock held. PostgreSQL is real.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(600)
@Tag("admission")
@Tag("measured")
class PausedInstanceIT {

    private static final Duration STANDS_STILL = Duration.ofSeconds(TwoInstances.FULL ? 30 : 8);
    private static final int TIMES = TwoInstances.FULL ? 3 : 1;
    private static final Duration LONGEST_GAP = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_EACH = 16;
    private static final int PLENTY = 500_000;
    private static final int PAUSED = 1;
    private static final int OTHER = 0;
    private static final TwoInstances.Route ONLY_OTHER = new TwoInstances.Route(OTHER, OTHER, TwoInstances.LIMIT);

    private final TwoInstances instances;
    private final String slug = Offer.newSlug("paused");
    private final RegistrantClient registrants;
    private final DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger answeredByPaused = new AtomicInteger();
    private final ConcurrentSkipListSet<Long> sold = new ConcurrentSkipListSet<>();

    PausedInstanceIT(TwoInstances instances) {
        this.instances = instances;
        this.registrants = new RegistrantClient(instances, slug);
    }

    @Test
    void a_paused_instance_stops_the_other_for_three_seconds_at_most() throws Exception {
        Offer.Limits limits = new Offer.Limits(PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, 0, 0, 0, 0);
        instances
                .define(0, new Offer(slug, instances.now().minusSeconds(60), 1, Duration.ofDays(365), 86_400, limits))
                .has(201);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> atOther = people(ended, _ -> {
            registrants.order(ONLY_OTHER, body(), TwoInstances.newKey()).has(201);
            sold.add(System.nanoTime());
        });
        CompletableFuture<Void> atPaused = people(ended, _ -> {
            registrants.order(PAUSED, body(), TwoInstances.newKey()).has(201);
            answeredByPaused.incrementAndGet();
        });
        try {
            for (int i = 0; i < TIMES; i++) {
                standStill();
            }
        } finally {
            ended.set(true);
            instances.processes().resume(PAUSED);
        }
        CompletableFuture.allOf(atOther, atPaused).join();
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
        }
        System.out.printf(
                "paused: %s, repeated=%d, none lost, none double%n", registrants.answers(), registrants.repeated());
    }

    private void standStill() throws Exception {
        try (Connection connection = instances.connect()) {
            pauseInTheMiddleOfABatch(connection);
            long begin = Standstills.now();
            long lockLeft = 0;
            while (System.nanoTime() - begin < STANDS_STILL.toNanos()) {
                if (lockLeft == 0 && !holdsTheLock(connection)) {
                    lockLeft = System.nanoTime();
                }
                TwoInstances.sleep(Duration.ofMillis(50));
            }
            long end = System.nanoTime();
            int before = answeredByPaused.get();
            instances.processes().resume(PAUSED);
            await().atMost(PATIENCE).until(() -> answeredByPaused.get() >= before + 2 * AT_EACH);

            Duration gap = longestGap(begin, end);
            int meanwhile = sold.subSet(begin, end).size();
            System.out.printf(
                    "paused: one instance stood still for %d s in the middle of a batch; the server took the lock from it"
                            + " after %.1f s; the other sold %,d meanwhile, longest gap %.2f s%n",
                    STANDS_STILL.toSeconds(), (lockLeft - begin) / 1e9, meanwhile, gap.toMillis() / 1000.0);
            assertThat(lockLeft).as("when the lock was free again").isPositive();
            assertThat(meanwhile).isPositive();
            assertThat(gap).isLessThan(LONGEST_GAP);
        }
    }

    /** Suspends the instance repeatedly until it holds the lock while the server waits for its next statement. */
    private void pauseInTheMiddleOfABatch(Connection connection) {
        await("an instance that stands in the middle of a batch")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(7))
                .until(() -> {
                    instances.processes().pause(PAUSED);
                    // By now the server has answered its last statement.
                    TwoInstances.sleep(Duration.ofMillis(100));
                    if (holdsTheLock(connection)) {
                        return true;
                    }
                    instances.processes().resume(PAUSED);
                    return false;
                });
    }

    private boolean holdsTheLock(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid
                 where a.application_name = ? and a.state = 'idle in transaction'
                   and l.relation = 'inventory'::regclass and l.mode = 'RowShareLock' and l.granted
                """)) {
            query.setString(1, instances.processes().application(PAUSED));
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1) > 0;
            }
        }
    }

    private Duration longestGap(long begin, long end) {
        List<Duration> gaps = new ArrayList<>();
        long last = begin;
        for (long at : sold.subSet(begin, end)) {
            gaps.add(Standstills.timeBetween(last, at));
            last = at;
        }
        gaps.add(Standstills.timeBetween(last, end));
        return Collections.max(gaps);
    }

    private static CompletableFuture<Void> people(AtomicBoolean ended, LoadClients.Client client) {
        return LoadClients.runMeanwhile(AT_EACH, number -> {
            while (!ended.get()) {
                client.run(number);
            }
        });
    }

    private String body() {
        int number = numbers.getAndIncrement();
        return Orders.single(number, List.of("industry", "academic", "student").get(number % 3), null);
    }
}
