package org.openingminute.messaging.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openingminute.kit.runtime.PolledGauges;

/**
 * The metrics of the outbox and its relay: how many messages wait and since when, and the time from appending a message to the brokers'
 * acknowledgement (the count of this timer gives the relay's rate).
 */
final class RelayMetrics {

    private final Clock clock;
    private final Timer published;

    RelayMetrics(Outbox outbox, Clock clock, MeterRegistry meters, PolledGauges metrics) {
        this.clock = clock;
        this.published = Timer.builder("messaging.published")
                .description("From being appended, by the database's clock, to the acknowledgement, by this machine's")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(meters);
        metrics.of("outbox", outbox::waiting)
                .gauge(
                        "messaging.outbox.waiting",
                        "Messages that no broker has acknowledged",
                        null,
                        Outbox.WaitingMessages::messages)
                .gauge(
                        "messaging.outbox.oldest.seconds",
                        "The age of the oldest of them",
                        "seconds",
                        waiting -> waiting.oldestSeconds() == null ? 0 : waiting.oldestSeconds());
    }

    void relayed(Instant appendedAt) {
        Duration took = Duration.between(appendedAt, clock.instant());
        published.record(took.isNegative() ? Duration.ZERO : took);
    }
}
