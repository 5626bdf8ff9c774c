package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.Property;
import org.openingminute.registration.admission.RefusalCache.KeyHashes;
import org.openingminute.registration.admission.RefusalCache.SeenSale;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.decision.TestDecisions;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves by random batches that no admitted command would have been refused at that moment from an instance's cache. Instances read the
 * sale at any time; so nobody is refused while a later request is admitted.
 */
class CachedRefusalPropertiesTest {

    private static final Instant START = Instant.parse("2026-02-02T17:00:00Z");
    private static final int BATCHES = 60;
    private static final List<String> CATEGORIES = List.of("a", "b", "v");

    private final Decisions decisions = TestDecisions.decisions();

    /** What an instance has read, and when. */
    private record Snapshot(Instant readAt, SeenSale seen) {}

    @Test
    void nobody_is_admitted_whom_another_instance_refuses_from_its_cache() {
        int[] admitted = {0};
        long[] cachedRefusals = {0};
        Property.holds(300, random -> {
            World world = new World(random);
            for (int i = 0; i < BATCHES; i++) {
                world.pass(random.nextInt(4) == 0 ? 400 : 60);
                world.read();
                List<Command.Register> done = world.batch();
                for (Command.Register command : done) {
                    assertThat(world.refusing(command)).as(command.toString()).isZero();
                }
                admitted[0] += done.size();
                cachedRefusals[0] += world.refusing(world.seats());
            }
        });
        assertThat(admitted[0]).as("enough commands were admitted").isGreaterThan(1_000);
        assertThat(cachedRefusals[0]).isGreaterThan(1_000);
    }

    /** A database and its clock, and the instances' snapshots of it. */
    private final class World {

        private final RandomGenerator random;
        private Instant real = START;
        private Duration clockAhead = Duration.ZERO;

        private Instant judgedAt = START;
        private Conference conference;
        private final Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        private final Map<UUID, Registration> registrations = new HashMap<>();
        private List<Snapshot> snapshots = new ArrayList<>();

        World(RandomGenerator random) {
            this.random = random;
            if (random.nextBoolean()) {
                clockAhead = Duration.ofMillis(random.nextInt(20_000));
            }
            ObjectNode source = source();
            conference = new Conference("small-1", 1, Examples.read(source), source, true, null);
        }

        /** Returns a sale with few seats, ending reservations and close limits in time, so that many commands are refused. */
        private ObjectNode source() {
            ObjectNode source = (ObjectNode) Examples.json(Examples.small("""
                    "vouchers": [{"code": "K", "uses": %d, "reserves": true, "until": "%s"},
                                 {"code": "H", "percentOff": 50}]""".formatted(random.nextInt(3), soon(5))));
            ObjectNode terms = (ObjectNode) source.get("registration");
            int capacity = random.nextInt(2, 6);
            terms.put("capacity", capacity);
            ((ObjectNode) terms.at("/categories/1")).putNull("quota");
            ObjectNode phase = (ObjectNode) terms.at("/phases/0");
            switch (random.nextInt(8)) {
                case 0 -> phase.put("from", soon(3));
                case 1 -> phase.put("until", soon(3));
                case 2 -> phase.put("until", "2026-02-01T00:00:00Z");
                default -> {} // The phase stays open.
            }
            ObjectNode category = (ObjectNode) terms.at("/categories/" + random.nextInt(3));
            category.put("quota", random.nextInt(capacity));
            category.put("countsAgainstCapacity", random.nextBoolean());
            return source;
        }

        private String soon(int seconds) {
            return Instant.ofEpochSecond(real.getEpochSecond() + random.nextInt(1, seconds + 1))
                    .toString();
        }

        void pass(int atMostMillis) {
            real = real.plusNanos(random.nextLong(1, atMostMillis * 1_000_000L));
        }

        private Instant clock() {
            return real.plus(clockAhead);
        }

        /** Polls the committed sale as an instance does, and drops expired snapshots. */
        void read() {
            Map<QuotaKey, Integer> sums = new HashMap<>();
            quotas.forEach((key, count) -> sums.put(key, count.sum()));
            Instant business = SaleState.BatchTime.after(judgedAt, clock()).machine();
            SaleReader.SalePoll poll = new SaleReader.SalePoll(
                    business, judgedAt, conference.revision(), 0, sums, List.of(), business, true);
            snapshots.add(new Snapshot(real, SeenSale.of(0, poll, conference, KeyHashes.NONE)));
            snapshots = new ArrayList<>(snapshots.stream()
                    .filter(snapshot ->
                            snapshot.readAt().plus(Inventory.SOLD_AGAIN_AFTER).isAfter(real))
                    .toList());
        }

        /** Runs a batch of commands while other instances read; returns the admitted requests without a voucher. */
        List<Command.Register> batch() {
            if (random.nextInt(10) == 0) {
                clockAhead = clockAhead.minusMillis(random.nextInt(8_000));
            }
            SaleState.BatchTime time = SaleState.BatchTime.after(judgedAt, clock());
            SaleState sale = TestDecisions.sale(new SaleState.Read(
                    time.machine(), time.machine(), 1, conference, quotas, registrations, Map.of(), Set.of(), 0));
            if (time.clockSetBack()) {
                sale.noteClockSetBack(judgedAt);
            }
            List<Command.Register> admitted = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                Command command = command();
                if (decisions.decide(sale, command) instanceof Result.Done
                        && command instanceof Command.Register register
                        && register.request().voucher() == null) {
                    admitted.add(register);
                }
            }
            pass(30);
            read();
            pass(5);
            commit(sale);
            return admitted;
        }

        private void commit(SaleState sale) {
            judgedAt = sale.machineNow();
            conference = requireNonNull(sale.conference());
            quotas.putAll(sale.inventory().changed());
            sale.created().forEach(one -> registrations.put(one.id(), one));
            sale.changed().forEach(one -> registrations.put(one.id(), one));
        }

        private Command command() {
            return switch (random.nextInt(12)) {
                case 0 -> define();
                case 1, 2, 3 -> cancel();
                default -> seats();
            };
        }

        private Command define() {
            ObjectNode source = source();
            return new Command.Define(key("define"), RequestHash.of(source), Examples.read(source), source, null, OLGA);
        }

        private Command cancel() {
            if (registrations.isEmpty()) {
                return seats();
            }
            List<UUID> ids = registrations.keySet().stream().sorted().toList();
            UUID id = ids.get(random.nextInt(ids.size()));
            return new Command.Cancel("small-1", id, key("cancel"), new RequestHash(""), null, null);
        }

        Command.Register seats() {
            String voucher = random.nextInt(5) == 0 ? "K" : null;
            return new Command.Register(
                    "small-1",
                    key("register"),
                    new RequestHash(""),
                    Examples.seats(random.nextInt(1, 3), CATEGORIES.get(random.nextInt(3)), voucher));
        }

        private IdempotencyKey key(String call) {
            return new IdempotencyKey(call + ":small-1", UUID.randomUUID().toString());
        }

        /** Counts the instances whose caches refuse the request at this moment. */
        long refusing(Command.Register command) {
            return snapshots.stream()
                    .filter(snapshot ->
                            snapshot.readAt().plus(Inventory.SOLD_AGAIN_AFTER).isAfter(real))
                    .filter(snapshot -> snapshot.seen()
                            .refusal(
                                    command, snapshot.seen().business().plus(Duration.between(snapshot.readAt(), real)))
                            .isPresent())
                    .count();
        }
    }
}
