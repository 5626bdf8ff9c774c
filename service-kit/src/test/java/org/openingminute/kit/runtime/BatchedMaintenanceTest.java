package org.openingminute.kit.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatchedMaintenanceTest {

    @Test
    void step_is_repeated_until_it_finds_less_than_it_may_take() {
        AtomicInteger left = new AtomicInteger(2 * BatchedMaintenance.ROWS + 1);

        assertThat(BatchedMaintenance.repeat(most -> take(left, most))).isEqualTo(2 * BatchedMaintenance.ROWS + 1);
        assertThat(left).hasValue(0);
        assertThat(BatchedMaintenance.repeat(most -> take(left, most))).isZero();
    }

    private static int take(AtomicInteger left, int most) {
        int taken = Math.min(left.get(), most);
        left.addAndGet(-taken);
        return taken;
    }
}
