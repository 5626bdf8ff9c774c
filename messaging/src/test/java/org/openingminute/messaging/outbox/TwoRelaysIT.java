package org.openingminute.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.TestInfrastructure;

/**
 * Proves, with relay processes that are killed, paused and resumed, that a key's messages arrive in order and none is lost. PostgreSQL and
 * the broker are real.
 */
class TwoRelaysIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int KEYS_TOGETHER = 100;
    private static final Duration LONG = Duration.ofMinutes(FULL ? 5 : 1);

    @TempDir
    private Path folder;

    private final String topic = "relayed-" + UUID.randomUUID();
    private final String database = TestInfrastructure.newDatabase("relays");
    private final List<RelayProcess> relays = new ArrayList<>();
    private final Set<UUID> written = Collections.synchronizedSet(new HashSet<>());
    private final Map<String, AtomicInteger> sequences = new ConcurrentHashMap<>();
    private Writer writer;

    @BeforeEach
    void aDatabase() {
        writer = new Writer(database, topic);
    }

    @AfterEach
    void end() throws Exception {
        for (RelayProcess relay : relays) {
            relay.close();
        }
        writer.close();
    }

    @Test
    void a_killed_and_a_paused_relay_lose_and_reorder_nothing() throws Exception {
        int groups = FULL ? 500 : 20;
        Duration pause = Duration.ofSeconds(FULL ? 30 : 6);
        long seed = System.nanoTime();
        RelayProcess first = startRelay();
        awaitOwner();
        RelayProcess second = startRelay();
        awaitStandby();

        AtomicInteger transactions = new AtomicInteger();
        AtomicBoolean isKilled = new AtomicBoolean();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> writeUntil(isKilled, groups, 4, new Random(seed), transactions));
        await().atMost(LONG).until(() -> transactions.get() > groups);
        first.kill();
        String killedAt = now();
        isKilled.set(true);
        writing.join();
        awaitOwnerSince(killedAt);
        startRelay();
        awaitStandby();

        int before = transactions.get();
        AtomicBoolean isPaused = new AtomicBoolean();
        writing = CompletableFuture.runAsync(() -> writeUntil(isPaused, groups, 5, new Random(seed), transactions));
        await().atMost(LONG).until(() -> transactions.get() > before + groups);
        second.pause();
        long paused = System.nanoTime();
        String pausedAt = now();
        isPaused.set(true);
        awaitOwnerSince(pausedAt);
        double taken = (System.nanoTime() - paused) / 1e9;
        writing.join();
        try (Deliveries deliveries = new Deliveries(topic)) {
            // The standby takes over without waiting for the paused relay.
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().size() == written.size()))
                    .isTrue();
            double gap = (System.nanoTime() - paused) / 1e9;
            assertThat(deliveries.readUntil(pause.minusNanos(System.nanoTime() - paused), () -> false))
                    .isFalse();
            second.goOn();
            writeAll(groups, 1, new Random(seed), transactions);
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().size() == written.size()))
                    .isTrue();
            awaitStandby();
            deliveries.readUntil(Duration.ofSeconds(3), () -> false);

            System.out.printf(
                    "relays: seed=%d, %,d keys, %,d events; one killed, one paused for %d s: all arrived, out of order=%d,"
                            + " copies=%,d; taken over %.1f s and all had arrived %.1f s after the pause began%n",
                    seed,
                    groups * KEYS_TOGETHER,
                    written.size(),
                    pause.toSeconds(),
                    deliveries.outOfOrder(),
                    deliveries.copies(),
                    taken,
                    gap);
            assertThat(deliveries.outOfOrder()).isZero();
            assertThat(deliveries.seen()).isEqualTo(written);
        }
    }

    @Test
    void a_stopping_relay_hands_over_without_copies() throws Exception {
        startRelay();
        awaitOwner();
        try (Deliveries deliveries = new Deliveries(topic)) {
            int copies;
            int disturbed;
            int handOvers = 0;
            // On a busy machine a relay may lose its lease before it stops, or wait for a broker for too long; such a
            // round
            // proves nothing and is repeated.
            do {
                assertThat(handOvers).as("hand-overs that were disturbed").isLessThan(3);
                startRelay();
                awaitStandby();
                copies = deliveries.copies();
                disturbed = disturbances();
                AtomicInteger transactions = new AtomicInteger();
                CompletableFuture<Void> writing =
                        CompletableFuture.runAsync(() -> writeAll(20, 10, new Random(1), transactions));
                await().atMost(LONG).until(() -> transactions.get() > 50);
                relays.get(handOvers++).close();
                writing.join();
                assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().size() == written.size()))
                        .isTrue();
                assertThat(deliveries.outOfOrder()).isZero();
                copies = deliveries.copies() - copies;
            } while (disturbances() > disturbed);
            assertThat(copies).isZero();
        }
    }

    @Test
    void an_open_early_transaction_holds_back_later_messages() throws Exception {
        Duration held = Duration.ofSeconds(FULL ? 10 : 2);
        int later = FULL ? 10_000 : 500;
        startRelay();
        awaitOwner();
        try (Deliveries deliveries = new Deliveries(topic)) {
            List<UUID> early = writer.transaction().execute(_ -> {
                List<UUID> ids = writer.append(writer.locks().takeFor("early"), List.of("early"), 1);
                long began = System.nanoTime();
                for (int i = 0; i < later; i++) {
                    String key = "later-" + i % 50;
                    int sequence = i / 50 + 1;
                    written.addAll(CompletableFuture.supplyAsync(() -> writer.write(key, List.of(key), sequence))
                            .join());
                }
                deliveries.readUntil(held.minusNanos(System.nanoTime() - began), () -> false);
                assertThat(deliveries.seen()).isEmpty();
                return ids;
            });
            written.addAll(early);
            assertThat(deliveries.readUntil(LONG, () -> deliveries.seen().size() == written.size()))
                    .isTrue();
            System.out.printf("held open: %d s, %,d later transactions: all arrived%n", held.toSeconds(), later);
            assertThat(deliveries.outOfOrder()).isZero();
        }
    }

    /** How often a relay has logged that it lost its lease, or that it begins again because no broker acknowledged. */
    private int disturbances() throws IOException {
        int disturbances = 0;
        for (int relay = 0; relay < relays.size(); relay++) {
            Path file = folder.resolve("relay-" + relay + ".log");
            // Any bytes are text in this charset, also if a line is being written.
            String log = Files.readString(file, StandardCharsets.ISO_8859_1);
            disturbances += log.split("relays the outbox from now on|The outbox relay failed", -1).length - 1;
        }
        return disturbances;
    }

    private RelayProcess startRelay() throws Exception {
        RelayProcess relay = RelayProcess.start(database, topic, folder.resolve("relay-" + relays.size() + ".log"));
        relays.add(relay);
        return relay;
    }

    /** The time of the database. */
    private String now() {
        return writer.jdbc()
                .sql("select clock_timestamp()::text")
                .query(String.class)
                .single();
    }

    /** Waits for an owner whose lease began later, whichever of the relays it is: on a busy machine, one may lose its lease at any time. */
    private void awaitOwnerSince(String instant) {
        awaitCursor("owner is not null and leased_until > '%s'::timestamptz + interval '%d ms'"
                .formatted(instant, RelayCursor.LEASE.toMillis()));
    }

    private void awaitOwner() {
        awaitCursor("owner is not null and leased_until > clock_timestamp()");
    }

    /** Waits for an owner and a standby. */
    private void awaitStandby() {
        awaitCursor("owner is not null and leased_until > clock_timestamp() and standby_until > clock_timestamp()");
    }

    private void awaitCursor(String condition) {
        await().atMost(LONG)
                .until(() -> writer.jdbc()
                        .sql("select coalesce(" + condition + ", false) from outbox_cursor")
                        .query(Boolean.class)
                        .single());
    }

    /** Writes some rounds, and more until {@code done} is set. */
    private void writeUntil(AtomicBoolean done, int groups, int rounds, Random random, AtomicInteger transactions) {
        writeAll(groups, rounds, random, transactions);
        while (!done.get()) {
            writeAll(groups, 1, random, transactions);
        }
    }

    /** Writes some rounds of one message per key. The keys of a group share a lock. */
    private void writeAll(int groups, int rounds, Random random, AtomicInteger transactions) {
        List<Integer> order = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            IntStream.range(0, groups).forEach(order::add);
        }
        Collections.shuffle(order, random);
        order.stream().parallel().forEach(group -> {
            String lock = "group-" + group;
            List<String> keys = IntStream.range(0, KEYS_TOGETHER)
                    .mapToObj(i -> lock + "-" + i)
                    .toList();
            written.addAll(writer.transaction().execute(_ -> {
                OrderLock held = writer.locks().takeFor(lock);
                return writer.append(
                        held,
                        keys,
                        sequences
                                .computeIfAbsent(lock, _ -> new AtomicInteger())
                                .incrementAndGet());
            }));
            transactions.incrementAndGet();
            if (!FULL) {
                // Without a pause, the few messages would all be written before the relay is disturbed.
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        });
    }
}
