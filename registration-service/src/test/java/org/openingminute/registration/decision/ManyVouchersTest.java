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

/** What a batch costs under the lock does not depend on how many vouchers reserve. */
class ManyVouchersTest {

    private static final int VOUCHERS = 5_000;
    private static final int HOLDS = 256;
    private static final int ROUNDS = 40;
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");

    private final Decisions decisions = TestDecisions.decisions();
    private final Availabilities availabilities = new Availabilities();
    private final Conference conference = conference();
    private final Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
    private final Map<UUID, Registration> held = new HashMap<>();

    @Test
    void ended_holds_and_a_registration_take_moments() {
        SaleState begun = sale(NOW);
        for (int i = 0; i < HOLDS; i++) {
            assertThat(decisions.decide(begun, register("V" + i))).isInstanceOf(Result.Done.class);
        }
        begun.created().forEach(one -> held.put(one.id(), one));
        begun.inventory()
                .changed()
                .forEach((key, count) -> quotas.put(key, new Inventory.Allocated(count.held(), count.sold(), null)));
        Command one = decisions.prepare(conference, register(null), NOW);
        Instant ended = NOW.plus(Duration.ofHours(1));

        Duration holds = fastest(() -> {
            SaleState sale = sale(ended);
            held.keySet().forEach(id -> decisions.decide(sale, new Command.HoldEnded("small-1", id)));
            assertThat(sale.changed()).hasSize(HOLDS);
            assertThat(sale.inventory().allocated(new QuotaKey.Capacity()).held())
                    .isZero();
        });
        Duration registration = fastest(() -> decisions.decide(sale(NOW), one));

        System.out.printf(
                "%d reserving vouchers: %d ended holds %d µs, a registration %d µs%n",
                VOUCHERS, HOLDS, holds.toNanos() / 1_000, registration.toNanos() / 1_000);
        assertThat(holds).isLessThan(Duration.ofMillis(20));
        assertThat(registration).isLessThan(Duration.ofMillis(1));
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

    /** As a batch reads it. */
    private SaleState sale(Instant now) {
        return new SaleState(
                new SaleState.Read(now, now, 0, conference, quotas, held, Map.of(), Set.of(), HOLDS),
                availabilities.of(conference.definition(), now));
    }

    private Command.Register register(String voucher) {
        return new Command.Register(
                "small-1",
                new IdempotencyKey("register:small-1", UUID.randomUUID().toString()),
                new RequestHash(""),
                Examples.seats(1, "a", voucher));
    }

    private static Conference conference() {
        ObjectNode source = (ObjectNode) Examples.json(Examples.small(""));
        ObjectNode terms = source.withObject("registration").put("capacity", 3 * VOUCHERS);
        ArrayNode categories = terms.putArray("categories");
        for (String code : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            categories
                    .addObject()
                    .put("code", code)
                    .put("name", code)
                    .put("quota", 3 * VOUCHERS)
                    .putObject("amounts")
                    .put("only", 1001);
        }
        ArrayNode vouchers = terms.putArray("vouchers");
        for (int i = 0; i < VOUCHERS; i++) {
            vouchers.addObject().put("code", "V" + i).put("uses", 2).put("reserves", true);
        }
        return new Conference("small-1", 1, Examples.read(source), source, true, null);
    }
}
