package org.openingminute.kit.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.runtime.PolledGauges.GaugeRow;

class PolledGaugesTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final PolledGauges metrics = new PolledGauges(meters, now::get);

    @Test
    void a_scrape_asks_nobody() {
        PolledGauges.Sample<Integer> sample =
                metrics.of("seven", () -> 6 + asked.incrementAndGet()).gauge("seven", "", null, Integer::doubleValue);

        assertThat(value("seven")).isNaN();
        sample.poll();
        assertThat(value("seven")).isEqualTo(7);
        assertThat(value("seven")).isEqualTo(7);
        assertThat(asked).hasValue(1);
    }

    @Test
    void an_unreadable_gauge_is_nan_until_it_recovers() {
        PolledGauges.Sample<Integer> sample = metrics.of("ailing", () -> {
                    if (asked.incrementAndGet() == 2) {
                        throw new IllegalStateException("the database is away");
                    }
                    return 5;
                })
                .gauge("ailing", "", null, Integer::doubleValue)
                .gauges("ailing.rows", "", null, five -> List.of(new GaugeRow(Tags.of("of", "one"), five)));

        sample.poll();
        assertThat(value("ailing")).isEqualTo(5);
        assertThat(value("ailing.rows")).isEqualTo(5);
        sample.poll();
        assertThat(value("ailing")).isNaN();
        assertThat(value("ailing.rows")).isNaN();
        sample.poll();
        assertThat(value("ailing")).isEqualTo(5);
        assertThat(value("ailing.rows")).isEqualTo(5);
    }

    @Test
    void stuck_poll_leaves_no_old_value_standing() {
        PolledGauges.Sample<Integer> sample = metrics.of("old", () -> 3)
                .gauge("old", "", null, Integer::doubleValue)
                .gauges("old.rows", "", null, three -> List.of(new GaugeRow(Tags.of("of", "one"), three)));
        sample.poll();

        now.addAndGet(PolledGauges.STALE.toNanos());
        assertThat(value("old")).isEqualTo(3);
        now.incrementAndGet();
        assertThat(value("old")).isNaN();
        assertThat(value("old.rows")).isNaN();
    }

    @Test
    void rows_are_those_of_the_last_poll() {
        PolledGauges.Sample<Integer> sample = metrics.of("rows", asked::incrementAndGet)
                .gauges("rows", "", null, poll -> List.of(new GaugeRow(Tags.of("poll", "" + poll), poll)));

        sample.poll();
        sample.poll();

        assertThat(meters.find("rows").gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("poll")).isEqualTo("2"));
    }

    @Test
    void polling_runs_from_start_to_stop_and_can_be_started_again() throws InterruptedException {
        CountDownLatch twice = new CountDownLatch(2);
        metrics.of("polls", () -> {
            twice.countDown();
            return 1;
        });

        metrics.start();
        metrics.stop();
        metrics.start();

        assertThat(twice.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(metrics.isRunning()).isTrue();
        metrics.stop();
        assertThat(metrics.isRunning()).isFalse();
        assertThat(PolledGauges.EVERY).isLessThan(PolledGauges.STALE).isGreaterThan(Duration.ZERO);
    }

    private double value(String name) {
        return meters.get(name).gauge().value();
    }
}
