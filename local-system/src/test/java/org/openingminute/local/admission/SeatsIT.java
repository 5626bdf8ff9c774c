package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that no seat is oversold when ten times as many people want seats as there are, while prices change and one of two real instances
 * of registration-service is killed.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(900)
@Tag("admission")
class SeatsIT {

    private static final int ATTEMPTS = TwoInstances.FULL ? 100_000 : 4_000;
    private static final int PLACES = TwoInstances.FULL ? 10_000 : 400;
    private static final int AT_ONCE = TwoInstances.FULL ? 256 : 64;
    private static final int PHASES = 5;
    private static final int CANCEL_EVERY = 20;
    private static final List<String> SEATED = List.of("industry", "academic", "student");
    private static final int VICTIM = 1;
    private static final int SURVIVOR = 0;
    /** The time before a phase boundary at which the clock is set, so that it passes under load. */
    private static final Duration BEFORE = Duration.ofMillis(200);

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TwoInstances instances;
    private final long seed = TwoInstances.seed();
    private final Orders orders = new Orders(seed);
    private final String slug = Offer.newSlug("seats");
    private final RegistrantClient registrants;
    private final DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);

    SeatsIT(TwoInstances instances) {
        this.instances = instances;
        this.registrants = new RegistrantClient(instances, slug);
    }

    @Test
    void every_seat_sells_once_at_its_price_and_none_is_left() throws Exception {
        System.out.printf("seats: seed=%d%n", seed);
        Offer offer = offer(instances.now().minusSeconds(60));
        instances.define(SURVIVOR, offer).has(201);
        long begin = System.nanoTime();
        int looks;
        try (InvariantObserver observer = new InvariantObserver(instances, snapshot, LOOK)) {
            LoadClients.run(0, ATTEMPTS, AT_ONCE, number -> person(offer, number));
            instances.processes().awaitReady();
            sellTheRest();
            looks = observer.looks();
        }
        double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;

        try (Connection connection = instances.connect()) {
            Map<String, Integer> phases = snapshot.check(connection, registrants.made());
            assertThat(phases).hasSize(PHASES);
            DatabaseSnapshot.Sheet sheet = snapshot.sheet(connection);
            assertThat(sheet.taken("capacity")).isEqualTo(PLACES);
            System.out.printf(
                    "seats: seed=%d, %,d attempts, %,d places: %s, repeated=%d, cancelled=%,d, killed=1, phases=%s,"
                            + " looked at %d times, held=%,d, sold=%,d, %.1f s%n",
                    seed,
                    ATTEMPTS,
                    PLACES,
                    registrants.answers(),
                    registrants.repeated(),
                    registrants.cancelled(),
                    phases,
                    looks,
                    sheet.held("capacity"),
                    sheet.sold("capacity"),
                    seconds);
        }
        askAgain();
    }

    /** The quotas add up to more than the capacity, so that all places can be sold. */
    private Offer offer(Instant from) {
        return new Offer(
                slug,
                from,
                PHASES,
                Duration.ofHours(1),
                (int) Duration.ofDays(30).toSeconds(),
                new Offer.Limits(
                        PLACES,
                        PLACES * 6 / 10,
                        PLACES * 5 / 10,
                        PLACES * 3 / 10,
                        PLACES * 2 / 10,
                        PLACES / 10,
                        PLACES / 8,
                        PLACES / 20,
                        PLACES / 20));
    }

    private void person(Offer offer, int number) {
        int leg = ATTEMPTS / PHASES;
        if (number > 0 && number % leg == 0) {
            awaitSaleIn("p" + (number / leg - 1), number);
            instances.moveClock(offer.start(number / leg).minus(BEFORE));
        }
        if (number == ATTEMPTS / 2) {
            instances.processes().kill(VICTIM);
        }
        registrants.order(number % 2, orders.order(number), TwoInstances.newKey());
        if (number % CANCEL_EVERY == 0) {
            registrants
                    .cancelOne(number / CANCEL_EVERY % 2, orders.about(number))
                    .ifPresent(reply -> reply.has(200));
        }
    }

    /** Ensures that each phase has a sale, however fast the clients are. */
    private void awaitSaleIn(String phase, int number) {
        SplittableRandom random = orders.about(-number);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; !registrants.hasSoldIn(phase); i++) {
            assertThat(System.nanoTime()).as("nothing is sold in " + phase).isLessThan(deadline);
            registrants.cancelOne(SURVIVOR, random).ifPresent(reply -> reply.has(200));
            TwoInstances.sleep(LOOK);
            registrants.order(SURVIVOR, Orders.single(number, SEATED.get(i % 3), null), TwoInstances.newKey());
        }
    }

    /** Registers single people until no place is left, and asserts that later orders are refused. */
    private void sellTheRest() throws Exception {
        int number = ATTEMPTS;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (taken() < PLACES) {
            assertThat(System.nanoTime()).as("places are left").isLessThan(deadline);
            LoadClients.run(number, 64, 16, this::single);
            number += 64;
        }
        Set<String> late = new HashSet<>();
        LoadClients.run(number, 40, 16, one -> {
            String kind = single(one).kind();
            synchronized (late) {
                late.add(kind);
            }
        });
        assertThat(late).isSubsetOf("409 sold-out", "422 voucher-invalid");
    }

    private Reply single(int number) {
        String category = SEATED.get(number % 3);
        String voucher = number % 6 == 0 ? Offer.SPONSOR : null;
        return registrants.order(number % 2, Orders.single(number, category, voucher), TwoInstances.newKey());
    }

    private int taken() throws Exception {
        try (Connection connection = instances.connect()) {
            return snapshot.sheet(connection).taken("capacity");
        }
    }

    /** Repeats some successful orders with their keys, at either instance. */
    private void askAgain() throws Exception {
        List<Map.Entry<String, DatabaseSnapshot.Made>> all =
                List.copyOf(registrants.made().entrySet());
        SplittableRandom random = new SplittableRandom(seed);
        List<Map.Entry<String, DatabaseSnapshot.Made>> some =
                random.ints(100, 0, all.size()).mapToObj(all::get).toList();
        LoadClients.run(0, some.size(), 16, number -> {
            Map.Entry<String, DatabaseSnapshot.Made> one = some.get(number);
            registrants.order(number % 2, one.getValue().body(), one.getKey()).has(201);
        });
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
        }
    }
}
