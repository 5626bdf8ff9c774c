package org.openingminute.messaging.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * What the outbox and its relay tell of themselves: how many messages wait and since when, and how long each took from being
 * appended to the brokers' acknowledgement (its count is the relay's rate). Safe for use by all threads.
 */
final class RelayFigures {

    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Outbox outbox;
    private final Clock clock;
    private final Timer published;
    private Outbox.@Nullable Waiting last;
    private long lastAt;

    RelayFigures(Outbox outbox, Clock clock, MeterRegistry meters) {
        this.outbox = outbox;
        this.clock = clock;
        this.published = Timer.builder("messaging.published")
                .description("From being appended, by the database's clock, to the acknowledgement, by this machine's")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(meters);
        gauge(meters, "messaging.outbox.waiting", "Messages that no broker has acknowledged", Outbox.Waiting::messages);
        gauge(
                meters,
                "messaging.outbox.oldest.seconds",
                "The age of the oldest of them",
                waiting -> waiting.oldestSeconds() == null ? 0 : waiting.oldestSeconds());
    }

    void relayed(Instant appendedAt) {
        Duration took = Duration.between(appendedAt, clock.instant());
        published.record(took.isNegative() ? Duration.ZERO : took);
    }

    private void gauge(MeterRegistry meters, String name, String description, ToDoubleFunction<Outbox.Waiting> figure) {
        Gauge.builder(name, () -> {
                    Outbox.Waiting waiting = waiting();
                    return waiting == null ? Double.NaN : figure.applyAsDouble(waiting);
                })
                .description(description)
                .register(meters);
    }

    /** At most a few seconds old; {@code null} while the database does not answer. */
    private synchronized Outbox.@Nullable Waiting waiting() {
        if (lastAt == 0 || System.nanoTime() - lastAt > FRESH.toNanos()) {
            try {
                last = outbox.waiting();
            } catch (DataAccessException e) {
                last = null;
            }
            lastAt = System.nanoTime();
        }
        return last;
    }
}
