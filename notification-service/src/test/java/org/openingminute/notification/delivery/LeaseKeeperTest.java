package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Proves when leases are renewed and when another instance's leases may be taken over, with a controlled clock. */
class LeaseKeeperTest {

    private static final UUID MAIL = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong(5_000);
    private final List<Collection<UUID>> renewed = new ArrayList<>();
    private boolean away;

    private final LeaseKeeper keeper = new LeaseKeeper(this::renew, () -> List.of(MAIL), LEASE, nanos::get);

    private void renew(Collection<UUID> mails) {
        if (away) {
            throw new IllegalStateException("the database is away");
        }
        renewed.add(mails);
    }

    @Test
    void active_leases_are_renewed() {
        assertThat(keeper.renew()).isTrue();

        assertThat(renewed).containsExactly(List.of(MAIL));
    }

    @Test
    void takeover_needs_one_lease_time_of_database_contact() {
        assertThat(keeper.mayTakeOver()).isFalse();
        beats(4);
        assertThat(keeper.mayTakeOver()).isFalse();

        beats(2);

        assertThat(keeper.mayTakeOver()).isTrue();
    }

    @Test
    void live_instances_get_one_lease_time_to_renew_after_an_outage() {
        beats(6);
        away = true;
        beats(1);
        assertThat(keeper.mayTakeOver()).as("after one failure").isTrue();
        beats(2);
        assertThat(keeper.mayTakeOver()).as("during an outage").isFalse();

        away = false;
        beats(5);
        assertThat(keeper.mayTakeOver()).as("just after the outage").isFalse();
        beats(1);
        assertThat(keeper.mayTakeOver()).isTrue();
    }

    @Test
    void a_paused_instance_checks_again_before_taking_over() {
        beats(6);
        pass(Duration.ofMinutes(1));

        assertThat(keeper.mayTakeOver()).isFalse();
        keeper.renew();
        assertThat(keeper.mayTakeOver()).isFalse();
    }

    @Test
    void an_answer_that_took_as_long_as_an_outage_is_not_prompt() {
        long asked = nanos.get();
        pass(Duration.ofSeconds(12));
        assertThat(keeper.wasPrompt(asked)).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(keeper.wasPrompt(asked)).isFalse();
    }

    @Test
    void it_renews_until_it_is_stopped() throws InterruptedException {
        List<Collection<UUID>> seen = java.util.Collections.synchronizedList(new ArrayList<>());
        LeaseKeeper real = new LeaseKeeper(seen::add, () -> List.of(MAIL), Duration.ofMillis(500), System::nanoTime);
        real.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> seen.size() > 5 && real.mayTakeOver());

        real.stop();

        int then = seen.size();
        real.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> seen.size() > then);
        real.stop();
    }

    @Test
    void an_idle_keeper_asks_nothing_until_it_watches() throws InterruptedException {
        List<Collection<UUID>> seen = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicLong time = new AtomicLong();
        LeaseKeeper idle = new LeaseKeeper(seen::add, List::of, Duration.ofMillis(50), time::get);
        idle.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> seen.size() > 2);
        time.addAndGet(Duration.ofSeconds(1).toNanos());
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            int before = seen.size();
            Thread.sleep(Duration.ofMillis(200)); // twenty renewal periods of an active keeper
            return seen.size() == before;
        });

        idle.watch();

        int then = seen.size();
        await().atMost(Duration.ofMinutes(1)).until(() -> seen.size() > then);
        idle.stop();
    }

    private void beats(int times) {
        for (int beat = 0; beat < times; beat++) {
            pass(LEASE.dividedBy(5));
            keeper.renew();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
