package org.openingminute.kit.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Gauges whose sources are polled at a fixed rate, each source on its own thread. A scrape therefore neither queries nor waits for a
 * database or broker, and more scrapers do not cause more queries. A value that could not be read, or is older than {@link #STALE}, is NaN,
 * which no alert mistakes for a measurement.
 */
public final class PolledGauges implements SmartLifecycle {

    /** The interval between two polls, about the usual scrape interval. */
    public static final Duration EVERY = Duration.ofSeconds(10);

    /** The age from which a value is no longer shown. */
    public static final Duration STALE = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(PolledGauges.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final MeterRegistry meters;
    private final LongSupplier nanoTime;
    private final List<Sample<?>> samples = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable CountDownLatch end;

    /** @param nanoTime a source of nanoseconds, such as {@link System#nanoTime} */
    public PolledGauges(MeterRegistry meters, LongSupplier nanoTime) {
        this.meters = meters;
        this.nanoTime = nanoTime;
    }

    /**
     * Adds a source whose metrics are polled together. Must be called before the application has started.
     *
     * @param name the name of the polling thread
     * @param poll reads the source; may block. If it throws, its metrics are unknown until the next poll
     */
    public <T> Sample<T> of(String name, Supplier<T> poll) {
        Sample<T> sample = new Sample<>(name, poll);
        samples.add(sample);
        return sample;
    }

    /** One value of a gauge that has several, with its tags. */
    public record GaugeRow(Tags tags, double value) {}

    /** A polled source with its newest result and its gauges. */
    public final class Sample<T> {

        private final String name;
        private final Supplier<T> poll;
        private final List<GaugeRows<T>> rows = new CopyOnWriteArrayList<>();
        private volatile @Nullable Seen<T> seen;

        private record Seen<T>(T what, long at) {}

        private record GaugeRows<T>(MultiGauge gauge, Function<T, List<GaugeRow>> rows) {}

        private Sample(String name, Supplier<T> poll) {
            this.name = name;
            this.poll = poll;
        }

        /**
         * Adds a gauge with one value per poll.
         *
         * @param unit such as {@code seconds}, appended to the name unless the name already ends with it; {@code null} for a
         *     count
         */
        public Sample<T> gauge(
                String gauge, String description, @Nullable String unit, ToDoubleFunction<T> metric, String... tags) {
            Gauge.builder(gauge, () -> number(metric))
                    .description(description)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(meters);
            return this;
        }

        /** Adds a gauge with several values per poll, which differ in their tags. The caller limits their number. */
        public Sample<T> gauges(
                String gauge, String description, @Nullable String unit, Function<T, List<GaugeRow>> metrics) {
            rows.add(new GaugeRows<>(
                    MultiGauge.builder(gauge)
                            .description(description)
                            .baseUnit(unit)
                            .register(meters),
                    metrics));
            return this;
        }

        private double number(ToDoubleFunction<T> metric) {
            Seen<T> last = seen;
            return last == null || isStale(last.at()) ? Double.NaN : metric.applyAsDouble(last.what());
        }

        /** Polls now. */
        void poll() {
            try {
                Seen<T> now = new Seen<>(poll.get(), nanoTime.getAsLong());
                seen = now;
                rows.forEach(each -> show(each, now));
            } catch (RuntimeException | Error e) {
                // Catches errors too: if the thread ended, the metric would stay unknown for ever.
                log.debug("Polling the metrics of {} failed: {}", name, RedactedException.types(e));
                seen = null;
            }
        }

        private void show(GaugeRows<T> each, Seen<T> now) {
            each.gauge()
                    .register(
                            each.rows().apply(now.what()).stream()
                                    .<MultiGauge.Row<?>>map(row -> MultiGauge.Row.of(
                                            row.tags(),
                                            () -> seen == null || isStale(now.at()) ? Double.NaN : row.value()))
                                    .toList(),
                            true);
        }

        private boolean isStale(long at) {
            return nanoTime.getAsLong() - at > STALE.toNanos();
        }
    }

    @Override
    public synchronized void start() {
        if (end != null) {
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        end = ended;
        samples.forEach(sample ->
                threads.add(Thread.ofVirtual().name("metrics-" + sample.name).start(() -> {
                    try {
                        do {
                            sample.poll();
                        } while (!ended.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })));
    }

    /** Waits briefly for polls in progress, because interrupting one costs a connection. */
    @Override
    public synchronized void stop() {
        if (end != null) {
            end.countDown();
            end = null;
        }
        try {
            long until = System.nanoTime() + END_WITHIN.toNanos();
            for (Thread thread : threads) {
                boolean _ = thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return end != null;
    }
}
