package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.inventory.Availabilities;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves that a batch's time under the lock does not grow with the number of reserving vouchers, in memory. */
class ManyVouchersTest {

    private static final int FEW = 50;
    private static final int MANY = 5_000;
    private static final int HOLDS = 256;
    private static final int ROUNDS = 40;
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");

    private final Decisions decisions = TestDecisions.decisions();

    @Test
    void ended_holds_and_a_registration_take_as_long_with_a_hundred_times_the_vouchers() {
        Took few = new Batches(FEW).took();
        Took many = new Batches(MANY).took();

        System.out.printf("with %d and %d reserving vouchers: %s, %s%n", FEW, MANY, few, many);
        assertThat(many.endedHolds()).isLessThan(few.endedHolds().multipliedBy(10));
        assertThat(many.registration()).isLessThan(few.registration().multipliedBy(10));
    }

    private record Took(Duration endedHolds, Duration registration) {}

    /** A sale with reserving vouchers and holds that use some of them. */
    private final class Batches {

        private final Availabilities availabilities = new Availabilities();
        private final Conference conference;
        private final Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        private final Map<UUID, Registration> held = new HashMap<>();

        Batches(int vouchers) {
            conference = conference(vouchers);
            SaleState begun = sale(NOW);
            for (int i = 0; i < HOLDS; i++) {
                assertThat(decisions.decide(begun, register("V" + i % FEW))).isInstanceOf(Result.Done.class);
            }
            begun.created().forEach(one -> held.put(one.id(), one));
            begun.inventory()
                    .changed()
                    .forEach(
                            (key, count) -> quotas.put(key, new Inventory.Allocated(count.held(), count.sold(), null)));
        }

        Took took() {
            Command one = decisions.prepare(conference, register(null), NOW);
            Instant ended = NOW.plus(Duration.ofHours(1));
            Duration holds = fastest(() -> {
                SaleState sale = sale(ended);
                held.keySet().forEach(id -> decisions.decide(sale, new Command.HoldEnded("small-1", id)));
                assertThat(sale.changed()).hasSize(HOLDS);
                assertThat(sale.inventory().allocated(new QuotaKey.Capacity()).held())
                        .isZero();
            });
            return new Took(holds, fastest(() -> decisions.decide(sale(NOW), one)));
        }

        /** Returns the sale as a batch reads it. */
        private SaleState sale(Instant now) {
            return new SaleState(
                    new SaleState.Read(now, now, 0, conference, quotas, held, Map.of(), Set.of(), HOLDS),
                    availabilities.of(conference.definition(), now));
        }
    }

    private static Duration fastest(Runnable work) {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            work.run();
            took.add(Duration.ofNanos(System.nanoTime() - began));
        }
        return took.stream().min(Duration::compareTo).orElseThrow();
    }

    private static Command.Register register(String voucher) {
        return new Command.Register(
                "small-1",
                new IdempotencyKey("register:small-1", UUID.randomUUID().toString()),
                new RequestHash(""),
                Examples.seats(1, "a", voucher));
    }

    private static Conference conference(int vouchers) {
        ObjectNode source = (ObjectNode) Examples.json(Examples.small(""));
        ObjectNode terms = source.withObject("registration").put("capacity", 10 * vouchers);
        ArrayNode categories = terms.putArray("categories");
        for (String code : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            categories
                    .addObject()
                    .put("code", code)
                    .put("name", code)
                    .put("quota", 10 * vouchers)
                    .putObject("amounts")
                    .put("only", 1001);
        }
        ArrayNode codes = terms.putArray("vouchers");
        for (int i = 0; i < vouchers; i++) {
            codes.addObject().put("code", "V" + i).put("uses", HOLDS / FEW + 1).put("reserves", true);
        }
        return new Conference("small-1", 1, Examples.read(source), source, true, null);
    }
}
