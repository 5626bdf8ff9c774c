package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves the rules of a sale on many small sales with random limits, orders, cancellations and changes of limits. Two real instances of
 * registration-service run.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(1800)
@Tag("admission")
class SeedsIT {

    private static final int SEEDS = TwoInstances.FULL ? 200 : 4;
    private static final int ATTEMPTS = 150;
    private static final int AT_ONCE = 12;
    /** The test moves the clock over them. They are long, so that no hold ends by itself on a slow machine. */
    private static final int HOLD_SECONDS = 600;

    private static final int PHASE_SECONDS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration MEMORY = Duration.ofSeconds(30);

    private final TwoInstances instances;

    SeedsIT(TwoInstances instances) {
        this.instances = instances;
    }

    @Test
    void random_histories_keep_every_limit_and_promise() throws Exception {
        long first = TwoInstances.seed();
        Map<String, Integer> answers = new TreeMap<>();
        Map<String, Integer> states = new TreeMap<>();
        long begin = System.nanoTime();
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                LittleSale sale = new LittleSale(seed);
                sale.run();
                sale.registrants.answers().forEach((kind, count) -> answers.merge(kind, count, Integer::sum));
                sale.states.forEach((state, count) -> states.merge(state, count, Integer::sum));
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " (-Dseed=" + seed + " repeats it): " + e.getMessage(), e);
            }
        }
        System.out.printf(
                "seeds: seed=%d, %d sales of %d attempts: %s, in the end %s, %.1f s each%n",
                first,
                SEEDS,
                ATTEMPTS,
                answers,
                states,
                Duration.ofNanos((System.nanoTime() - begin) / SEEDS).toMillis() / 1000.0);
        assertThat(states).containsKeys("expired", "cancelled", "confirmed", "pending-payment");
        assertThat(answers).containsKeys("409 sold-out", "422 voucher-invalid", "422 idempotency-key-reused");
    }

    /** The sale of one seed. */
    private final class LittleSale {

        private final SplittableRandom random;
        private final Orders orders;
        private final String slug = Offer.newSlug("seed");
        private final RegistrantClient registrants = new RegistrantClient(instances, slug);
        private final DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);
        private final Map<Integer, String> keys = new ConcurrentHashMap<>();
        private final AtomicInteger limitsChanged = new AtomicInteger();
        private final Map<String, Integer> states = new TreeMap<>();
        private final Offer offer;

        LittleSale(long seed) {
            random = new SplittableRandom(seed);
            orders = new Orders(seed);
            offer = new Offer(
                    slug,
                    instances.now().minusSeconds(PHASE_SECONDS - HOLD_SECONDS * 2 / 3),
                    2,
                    Duration.ofSeconds(PHASE_SECONDS),
                    HOLD_SECONDS,
                    limits(random, 10, 40));
        }

        void run() throws Exception {
            instances.define(0, offer).has(201);
            try (InvariantObserver _ = new InvariantObserver(instances, snapshot, LOOK)) {
                LoadClients.run(0, ATTEMPTS / 3, AT_ONCE, this::person);
                // The second phase begins under load.
                instances.moveClock(offer.start(1).minusMillis(100));
                LoadClients.run(ATTEMPTS / 3, ATTEMPTS / 3, AT_ONCE, this::person);
                // Ends the holds of the first third, but not those of the second.
                Instant moved = instances.now().plusSeconds(HOLD_SECONDS * 2 / 3);
                instances.moveClock(moved);
                awaitNoneHeldBefore(moved);
                LoadClients.run(ATTEMPTS * 2 / 3, ATTEMPTS / 3, AT_ONCE, this::person);
                sellTheRest();
            }
            try (Connection connection = instances.connect()) {
                snapshot.check(connection, registrants.made());
                snapshot.registrations(connection)
                        .values()
                        .forEach(one -> states.merge(one.status().wireName(), 1, Integer::sum));
            }
        }

        private void person(int number) {
            SplittableRandom drawn = orders.about(number);
            String key = keys.computeIfAbsent(number, _ -> TwoInstances.newKey());
            int instance = drawn.nextInt(2);
            switch (drawn.nextInt(20)) {
                case 0, 1 -> registrants.cancelOne(instance, drawn).ifPresent(SeedsIT::isCancelledOrOver);
                case 2 -> changeLimits(instance, drawn);
                case 3, 4 -> repeat(instance, number, drawn);
                default -> registrants.order(instance, orders.order(number), key);
            }
        }

        /** Repeats another client's order at the other instance, while it runs or later, and once with another body. */
        private void repeat(int instance, int number, SplittableRandom drawn) {
            int other = Math.max(0, number - drawn.nextInt(1, AT_ONCE));
            @Nullable String key = keys.get(other);
            if (key == null) {
                return;
            }
            registrants.order(instance, orders.order(other), key);
            if (registrants.made().containsKey(key)) {
                String another = orders.order(other + 1_000_000);
                Reply reused = registrants.order(1 - instance, another, key);
                // An instance whose cache says "sold out" may not yet know the key of another order. The answer is
                // correct for the seats, but not for the key; after a second the instance knows it.
                long deadline = System.nanoTime() + MEMORY.toNanos();
                while (reused.kind().equals("409 sold-out") && System.nanoTime() < deadline) {
                    TwoInstances.sleep(LOOK);
                    reused = registrants.order(1 - instance, another, key);
                }
                assertThat(reused.kind()).isEqualTo("422 idempotency-key-reused");
            }
        }

        /** Sets random limits; limits below the allocations are refused. */
        private void changeLimits(int instance, SplittableRandom drawn) {
            Reply reply = instances.define(instance, offer.with(limits(drawn, 5, 45)));
            assertThat(reply.kind()).isIn("200", "422 invalid");
            if (reply.status() == 200) {
                limitsChanged.incrementAndGet();
            }
        }

        /** Orders what the rules would accept, until they accept nothing more. */
        private void sellTheRest() throws Exception {
            List<String> wishes = new ArrayList<>();
            for (String category : List.of("industry", "academic", "student", "online")) {
                wishes.add(Orders.single(0, category, null));
            }
            wishes.add(Orders.single(0, "industry", Offer.SPONSOR));
            wishes.add(Orders.single(0, "student", Offer.FLAT));
            wishes.add(Orders.single(0, "academic", Offer.TEN_OFF));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int number = 0;
            List<String> left = givenNow(wishes);
            while (!left.isEmpty()) {
                assertThat(System.nanoTime()).as("free but refused: " + left).isLessThan(deadline);
                List<String> now = left;
                LoadClients.run(
                        number,
                        now.size() * 4,
                        AT_ONCE,
                        one -> registrants.order(one % 2, now.get(one % now.size()), TwoInstances.newKey()));
                number += now.size() * 4;
                left = givenNow(wishes);
            }
            for (String wish : wishes) {
                assertThat(registrants.order(0, wish, TwoInstances.newKey()).kind())
                        .as(wish)
                        .isIn("409 sold-out", "422 voucher-invalid");
            }
        }

        private List<String> givenNow(List<String> wishes) throws SQLException {
            Instant now = instances.now();
            try (Connection connection = instances.connect()) {
                DatabaseSnapshot.Sheet sheet = snapshot.sheet(connection);
                return wishes.stream().filter(wish -> sheet.gives(wish, now)).toList();
            }
        }

        private void awaitNoneHeldBefore(Instant end) throws SQLException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            try (Connection connection = instances.connect();
                    PreparedStatement query = connection.prepareStatement("""
                            select count(*) from registration where conference = ? and hold_expires_at <= ?::timestamptz
                            """)) {
                query.setString(1, slug);
                query.setString(2, end.toString());
                while (count(query) > 0) {
                    assertThat(System.nanoTime()).as("holds do not end").isLessThan(deadline);
                    TwoInstances.sleep(Duration.ofMillis(50));
                }
            }
        }
    }

    private static void isCancelledOrOver(Reply reply) {
        // Its hold may have ended before.
        assertThat(reply.kind()).isIn("200", "409 not-allowed-now");
    }

    private static int count(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Offer.Limits limits(SplittableRandom random, int from, int to) {
        int capacity = random.nextInt(from, to);
        int industry = random.nextInt(1, capacity + 1);
        return new Offer.Limits(
                capacity,
                industry,
                random.nextInt(1, capacity + 1),
                random.nextInt(1, capacity + 1),
                random.nextInt(0, 10),
                random.nextInt(0, 6),
                random.nextInt(0, 4),
                random.nextInt(0, 3),
                random.nextInt(0, Math.min(4, industry)));
    }
}
