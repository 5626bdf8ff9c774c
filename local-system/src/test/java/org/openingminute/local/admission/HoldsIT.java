package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Standstills;

/**
 * Proves, with two real instances of registration-service, that each hold ends once, and that money which arrives at that moment becomes a
 * seat or a refund.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(300)
@Tag("admission")
class HoldsIT {

    private static final int HOLD_SECONDS = TwoInstances.FULL ? 30 : 3;
    /** A hold that ends only when the clock is moved. */
    private static final int LONG_HOLD_SECONDS = 600;

    private static final int SEATS = 30;
    private static final Duration FREE_AGAIN = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** Captures are reported from this long before the end of a hold. */
    private static final int EARLY_MILLIS = 2_000;

    private static final int LATE_MILLIS = 2_500;

    /** The number of captures that are reported only after another registrant has one of the seats. */
    private static final int TOO_LATE = 5;

    private final TwoInstances instances;
    private final String slug = Offer.newSlug("holds");
    private final RegistrantClient registrants;
    private final DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);

    HoldsIT(TwoInstances instances) {
        this.instances = instances;
        this.registrants = new RegistrantClient(instances, slug);
    }

    @Test
    @Tag("measured")
    void a_seat_is_sold_again_within_five_seconds_of_its_holds_end_and_once() throws Exception {
        Standstills.watch();
        Instant from = instances.now().minusSeconds(60);
        List<Reply> first = allHeld(from, HOLD_SECONDS);
        // Whoever buys one of these seats keeps it, so that each is sold again once.
        define(from, LONG_HOLD_SECONDS).has(200);
        Instant lastEnd = Collections.max(first.stream().map(HoldsIT::end).toList());
        Instant firstEnd = Collections.min(first.stream().map(HoldsIT::end).toList());
        List<Instant> sold = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger number = new AtomicInteger(1000);
        await().atMost(PATIENCE.plusSeconds(HOLD_SECONDS)).pollInterval(PAUSE).until(() -> {
            LoadClients.run(number.getAndAdd(8), 8, 8, one -> {
                if (single(one).status() == 201) {
                    sold.add(instances.now());
                }
            });
            return sold.size() >= SEATS;
        });
        Duration slowest = Standstills.timeBetween(nanoTime(lastEnd), nanoTime(Collections.max(sold)));
        System.out.printf(
                "holds: %d holds of %d s ended under 2 instances; the first seat was sold again %.1f s after the first end,"
                        + " the last %.1f s after the last%n",
                SEATS,
                HOLD_SECONDS,
                Duration.between(firstEnd, Collections.min(sold)).toMillis() / 1000.0,
                slowest.toMillis() / 1000.0);

        assertThat(Collections.min(sold)).isAfterOrEqualTo(firstEnd);
        assertThat(slowest).isLessThan(FREE_AGAIN);
        assertThat(sold).hasSize(SEATS);
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
            Map<String, Integer> ended = ends(connection);
            for (Reply one : first) {
                assertThat(ended).as("how often a hold was ended").containsEntry(one.at("/id"), 1);
            }
        }
    }

    @Test
    void money_at_the_end_of_a_hold_is_a_seat_or_a_refund() throws Exception {
        List<Reply> held = allHeld(instances.now().minusSeconds(60), LONG_HOLD_SECONDS);
        // One payer is in time, however slow the machine is.
        capture(held.getFirst());
        awaitAnswers(held.subList(0, 1));
        instances.moveClock(end(held.get(1)).minusMillis(2 * EARLY_MILLIS));
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean soldAgain = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger(1000);
        CompletableFuture<Void> rivals = LoadClients.runMeanwhile(4, _ -> {
            while (!ended.get()) {
                if (single(number.getAndIncrement()).status() == 201) {
                    soldAgain.set(true);
                }
                TwoInstances.sleep(PAUSE);
            }
        });
        Map<String, List<String>> commands;
        try {
            Duration offset = Duration.between(Instant.now(), instances.now());
            for (int i = 1; i < SEATS; i++) {
                Reply one = held.get(i);
                long millis = -EARLY_MILLIS + (long) i * (EARLY_MILLIS + LATE_MILLIS) / (SEATS - 1);
                Instant when = end(one).minus(offset).plusMillis(millis);
                Duration left = Duration.between(Instant.now(), when);
                if (left.isPositive()) {
                    TwoInstances.sleep(left);
                }
                if (i >= SEATS - TOO_LATE) {
                    await().atMost(PATIENCE).untilTrue(soldAgain);
                }
                capture(one);
            }
            commands = awaitAnswers(held);
        } finally {
            ended.set(true);
        }
        rivals.join();

        Map<String, Integer> outcomes = new TreeMap<>();
        try (Connection connection = instances.connect()) {
            snapshot.check(connection, registrants.made());
            var registrations = snapshot.registrations(connection);
            for (Reply one : held) {
                String outcome = registrations.get(one.at("/id")).status().wireName() + " " + answers(commands, one);
                outcomes.merge(outcome, 1, Integer::sum);
            }
        }
        System.out.printf(
                "holds: %d captures told from %d ms before to %d ms after the end of the hold, the last %d when a seat was sold again: %s%n",
                SEATS, EARLY_MILLIS, LATE_MILLIS, TOO_LATE, outcomes);
        assertThat(outcomes).containsOnlyKeys("confirmed [payment.keep.v1]", "expired [payment.refund.v1]");
    }

    /** Holds every seat of a new conference. */
    private List<Reply> allHeld(Instant from, int holdSeconds) {
        define(from, holdSeconds).has(201);
        List<Reply> held = Collections.synchronizedList(new ArrayList<>());
        LoadClients.run(0, SEATS, SEATS, number -> held.add(single(number).has(201)));
        return held.stream()
                .sorted((one, other) -> end(one).compareTo(end(other)))
                .toList();
    }

    private Reply define(Instant from, int holdSeconds) {
        Offer.Limits limits = new Offer.Limits(SEATS, SEATS, SEATS, SEATS, 0, 0, 0, 0, 0);
        return instances.define(0, new Offer(slug, from, 1, Duration.ofDays(365), holdSeconds, limits));
    }

    /** Reports that the whole amount due was captured. */
    private void capture(Reply held) {
        long due = held.json().at("/total/amount").asLong();
        instances.payments().captured(held.at("/id"), due, UUID.randomUUID());
    }

    /** Waits until the captures of these registrations are answered. Returns all commands. */
    private Map<String, List<String>> awaitAnswers(List<Reply> captured) {
        Map<String, List<String>> commands = new HashMap<>();
        await().atMost(PATIENCE).untilAsserted(() -> {
            commands.putAll(instances.payments().commands());
            assertThat(captured)
                    .allSatisfy(one -> assertThat(answers(commands, one)).isNotEmpty());
        });
        return commands;
    }

    /** Converts an instant of business time to one of {@link System#nanoTime}. */
    private long nanoTime(Instant business) {
        Duration ago = Duration.between(business, instances.now());
        return System.nanoTime() - ago.toNanos();
    }

    private Reply single(int number) {
        return registrants.order(number % 2, Orders.single(number, "industry", null), TwoInstances.newKey());
    }

    private static Instant end(Reply reply) {
        return Instant.parse(reply.at("/holdExpiresAt"));
    }

    private static List<String> answers(Map<String, List<String>> commands, Reply one) {
        return commands.getOrDefault(one.at("/id"), List.of()).stream()
                .filter(type -> type.equals("payment.keep.v1") || type.equals("payment.refund.v1"))
                .toList();
    }

    /** How often the timeline of each registration contains its expiry. */
    private Map<String, Integer> ends(Connection connection) throws SQLException {
        Map<String, Integer> ends = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement("""
                select t.registration_id, count(*) as times
                  from timeline t join registration r on r.id = t.registration_id
                 where r.conference = ? and t.what = 'Expired' group by 1
                """)) {
            query.setString(1, slug);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ends.put(rows.getString("registration_id"), rows.getInt("times"));
                }
            }
        }
        return ends;
    }
}
