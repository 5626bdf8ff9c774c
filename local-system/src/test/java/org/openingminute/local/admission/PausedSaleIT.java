package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Standstills;

/** Proves, with two real instances of registration-service, that a sale which is paused or opened at one instance is so at the other. */
@ExtendWith(TwoInstances.Running.class)
@Timeout(120)
@Tag("admission")
@Tag("measured")
class PausedSaleIT {

    private static final Duration PROMISED = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Integer> INSTANCES = List.of(0, 1);
    private static final Duration BETWEEN = Duration.ofMillis(20);
    private static final int AT_EACH = 2;
    private static final int ENOUGH = 20;
    private static final int PLENTY = 500_000;

    private final TwoInstances instances;
    private final String slug = Offer.newSlug("paused-sale");
    private final AtomicInteger numbers = new AtomicInteger();
    private final ConcurrentLinkedQueue<Order> orders = new ConcurrentLinkedQueue<>();

    /** An answered order. {@code sentAt} is a {@link System#nanoTime}. */
    private record Order(int instance, long sentAt, String answer) {}

    PausedSaleIT(TwoInstances instances) {
        this.instances = instances;
    }

    @Test
    void a_paused_sale_refuses_buyers_at_every_instance_within_two_seconds() {
        instances
                .define(
                        0,
                        new Offer(
                                slug,
                                instances.now().minusSeconds(60),
                                1,
                                Duration.ofDays(365),
                                86_400,
                                new Offer.Limits(PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, 0, 0, 0, 0)))
                .has(201);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> buyers = LoadClients.runMeanwhile(INSTANCES.size() * AT_EACH, number -> {
            while (!ended.get()) {
                buy(number % INSTANCES.size());
                TwoInstances.sleep(BETWEEN);
            }
        });
        try {
            awaitAtEach("201", System.nanoTime());

            instances.setSale(0, slug, "paused").has(200);
            long paused = Standstills.now();
            Duration told = awaitTold("paused", paused);
            awaitAtEach("409 paused", System.nanoTime());
            long lastSold = orders.stream()
                    .filter(order -> order.answer().equals("201"))
                    .mapToLong(Order::sentAt)
                    .max()
                    .orElseThrow();
            System.out.printf(
                    "paused sale: at both instances told after %d ms; the last buyer was let in %d ms after the pause%n",
                    told.toMillis(), Math.max(0, lastSold - paused) / 1_000_000);
            assertThat(told).isLessThan(PROMISED);
            assertThat(Standstills.timeBetween(paused, lastSold)).isLessThan(PROMISED);

            instances.setSale(1, slug, "open").has(200);
            long opened = Standstills.now();
            assertThat(awaitTold("open", opened)).isLessThan(PROMISED);
            awaitAtEach("201", System.nanoTime());
        } finally {
            ended.set(true);
        }
        buyers.join();
        assertThat(orders).extracting(Order::answer).containsOnly("201", "409 paused");
    }

    private void buy(int instance) {
        TwoInstances.Route alone = new TwoInstances.Route(instance, instance, TwoInstances.LIMIT);
        String body = Orders.single(numbers.getAndIncrement(), "industry", null);
        long sentAt = System.nanoTime();
        Reply reply =
                instances.attempt(alone, slug, body, TwoInstances.newKey()).reply();
        orders.add(new Order(instance, sentAt, reply.kind()));
    }

    /** Waits until each instance has given this answer to enough orders that were sent after an instant. */
    private void awaitAtEach(String answer, long from) {
        await().atMost(PATIENCE)
                .until(() -> INSTANCES.stream()
                        .allMatch(instance -> sent(instance, from)
                                        .filter(order -> order.answer().equals(answer))
                                        .count()
                                >= ENOUGH));
    }

    private Stream<Order> sent(int instance, long from) {
        return orders.stream().filter(order -> order.instance() == instance && order.sentAt() >= from);
    }

    /** Measures the time until each instance reports a state publicly. */
    private Duration awaitTold(String state, long since) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> INSTANCES.stream()
                        .allMatch(
                                instance -> instances.saleState(instance, slug).equals(state)));
        return Standstills.timeSince(since);
    }
}
