package org.openingminute.messaging.operations;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.kit.runtime.PolledGauges.GaugeRow;

/**
 * Gauges of every consumer group's lag and of this service's dead letters. Every service reports the lag of all groups, so a stopped
 * consumer shows in the reports of the others.
 */
final class StatusMetrics {

    /** The maximum number of reported groups, because other systems may have groups on the same brokers. */
    private static final int MOST = 200;

    StatusMetrics(MessagingStatus status, PolledGauges metrics) {
        metrics.of("broker", status::broker)
                .gauge(
                        "messaging.broker.answers",
                        "1 while a broker answers, else 0",
                        null,
                        broker -> broker.answers() ? 1 : 0)
                .gauges(
                        "messaging.consumer.lag",
                        "Messages that a consumer has not applied",
                        null,
                        broker -> rows(broker, MessagingStatus.GroupLag::lag))
                .gauges(
                        "messaging.consumer.oldest.seconds",
                        "The age of the oldest of them",
                        "seconds",
                        broker -> rows(broker, MessagingStatus.GroupLag::oldestSeconds));
        metrics.of("dead-letters", status::deadLettersOpen)
                .gauge(
                        "messaging.dead.letters.open",
                        "Parked messages that nobody has replayed or discarded",
                        null,
                        Long::doubleValue);
    }

    private static List<GaugeRow> rows(
            MessagingStatus.Broker broker, Function<MessagingStatus.GroupLag, @Nullable Number> metric) {
        return broker.consumers().stream()
                .filter(lag -> lag.topic() != null)
                .limit(MOST)
                .map(lag -> {
                    Number value = metric.apply(lag);
                    return new GaugeRow(
                            Tags.of("group", lag.group(), "topic", requireNonNull(lag.topic())),
                            value == null ? Double.NaN : value.doubleValue());
                })
                .toList();
    }
}
