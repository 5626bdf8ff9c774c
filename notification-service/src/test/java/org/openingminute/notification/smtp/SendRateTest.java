package org.openingminute.notification.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Proves that the rate's permits are waited for and that waiting ends when the service stops. */
class SendRateTest {

    /** One permit every ten minutes. */
    private final SendRate rate = new SendRate(1 / 600.0);

    @Test
    void the_first_turn_is_there_at_once() throws InterruptedException {
        assertThat(rate.await()).isTrue();
    }

    @Test
    void waiters_leave_when_turns_end() throws InterruptedException {
        rate.await();
        AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Boolean> turn = CompletableFuture.supplyAsync(
                    () -> {
                        waiting.set(Thread.currentThread());
                        return waitFor(rate);
                    },
                    threads);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                @Nullable Thread thread = waiting.get();
                return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
            });

            rate.close();

            assertThat(turn).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(false);
        }
    }

    @Test
    void there_are_none_until_it_is_opened_again() throws InterruptedException {
        rate.close();
        assertThat(rate.await()).isFalse();

        SendRate fast = new SendRate(1_000);
        fast.close();
        fast.open();
        assertThat(fast.await()).isTrue();
    }

    private static boolean waitFor(SendRate rate) {
        try {
            return rate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
