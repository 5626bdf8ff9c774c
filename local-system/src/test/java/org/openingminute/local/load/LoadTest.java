package org.openingminute.local.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final Duration LENGTH = Duration.ofMillis(200);

    @Test
    void warming_ends_after_two_windows_that_were_hardly_faster() {
        Iterator<Double> rates =
                List.of(10.0, 20.0, 20.5, 30.0, 31.0, 29.0, 99.0).iterator();

        assertThat(WarmUp.rates(rates::next, Duration.ofMinutes(1)))
                .containsExactly(10.0, 20.0, 20.5, 30.0, 31.0, 29.0);
    }

    @Test
    void refusals_count_until_the_last_answer() {
        CountDownLatch refused = new CountDownLatch(20);
        AtomicLong number = new AtomicLong();
        Candidate candidate = candidate(() -> {
            if (number.getAndIncrement() == 0) {
                Thread.sleep(LENGTH.multipliedBy(3));
                return Candidate.Answered.NOTHING_TO_DO;
            }
            refused.countDown();
            return Candidate.Answered.REFUSED;
        });

        Measured measured = Load.open(candidate, new Sale("any"), 1000, LENGTH);

        assertThat(refused.getCount()).isZero();
        assertThat(measured.answered()).isGreaterThan(2.9 * measured.seconds());
        assertThat(measured.refusedPerSecond()).isEqualTo(measured.refused() / measured.answered());
        assertThat(measured.done()).as("late responses").isZero();
        assertThat(measured.answers()).isEqualTo(1);
    }

    private interface Asked {
        Candidate.Answered answer() throws InterruptedException;
    }

    private static Candidate candidate(Asked asked) {
        return new Candidate() {
            @Override
            public String name() {
                return "candidate";
            }

            @Override
            public Answered ask(Sale sale, long number) {
                try {
                    return asked.answer();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Answered.failed("interrupted");
                }
            }
        };
    }
}
