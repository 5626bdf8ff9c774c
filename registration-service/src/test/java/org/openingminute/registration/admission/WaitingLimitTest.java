package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

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
        for (int i = 0; i < 512; i++) {
            assertThat(limit.reached()).isFalse();
            limit.entered();
        }
        assertThat(limit.reached()).isTrue();
        limit.left();
        assertThat(limit.reached()).isFalse();
    }

    private void finishInOneSecond(int requests) {
        for (int i = 0; i < requests; i++) {
            limit.entered();
            if (i == requests - 1) {
                pass(Duration.ofSeconds(1));
            }
            limit.left();
        }
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }
}
