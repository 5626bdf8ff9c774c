package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Proves the limit on waiting commands, with a controlled clock. */
class WaitingLimitTest {

    private final AtomicLong nanoTime = new AtomicLong();
    private final WaitingLimit limit = new WaitingLimit(nanoTime::get);

    @Test
    void limit_is_what_150_ms_finish_within_its_bounds() {
        assertThat(limit.now()).isEqualTo(512);
        finishInOneSecond(1_000);
        assertThat(limit.now()).isEqualTo(512);
        finishInOneSecond(5_000);
        assertThat(limit.now()).isEqualTo(750);
        finishInOneSecond(50_000);
        assertThat(limit.now()).isEqualTo(1_024);
    }

    @Test
    void limit_falls_when_nothing_is_finished() {
        finishInOneSecond(50_000);
        pass(Duration.ofMillis(1_900));
        assertThat(limit.now()).isEqualTo(1_024);
        pass(Duration.ofMillis(200));
        assertThat(limit.now()).isEqualTo(512);
    }

    @Test
    void requests_that_left_make_room() {
        enter(512);
        assertThat(limit.tryEnter()).isFalse();
        limit.left(true);
        assertThat(limit.tryEnter()).isTrue();
        limit.left(false);
        assertThat(limit.tryEnter()).isTrue();
        assertThat(limit.tryEnter()).isFalse();
    }

    @Test
    void limit_holds_however_many_come_at_once() throws InterruptedException {
        AtomicInteger entered = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 1_000; j++) {
                    if (limit.tryEnter()) {
                        entered.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(entered.get()).isEqualTo(512);
    }

    @Test
    void abandoned_commands_do_not_raise_the_limit() {
        for (int i = 0; i < 5_000; i++) {
            enter(1);
            limit.left(false);
        }
        finishInOneSecond(1_000);
        assertThat(limit.now()).isEqualTo(512);
    }

    private void enter(int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(limit.tryEnter()).isTrue();
        }
    }

    private void finishInOneSecond(int requests) {
        for (int i = 0; i < requests; i++) {
            enter(1);
            if (i == requests - 1) {
                pass(Duration.ofSeconds(1));
            }
            limit.left(true);
        }
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }
}
