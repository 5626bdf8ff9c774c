package org.openingminute.messaging.operations;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.kit.runtime.PolledGauges.Row;

/**
 * Every reader's lag, as the broker tells it to whichever service is up, and what this service has parked, as gauges. A stopped
 * reader shows in what the others say of it.
 */
final class StatusMetrics {

    /** Strangers on the same brokers have groups, too. */
    private static final int MOST = 200;

    StatusMetrics(MessagingStatus status, PolledGauges figures) {
        figures.of("broker", status::broker)
                .gauge(
                        "messaging.broker.answers",
                        "1 while a broker answers, else 0",
                        null,
                        broker -> broker.answers() ? 1 : 0)
                .gauges(
                        "messaging.reader.lag",
                        "Messages that a reader has not applied",
                        null,
                        broker -> rows(broker, MessagingStatus.GroupLag::lag))
                .gauges(
                        "messaging.reader.oldest.seconds",
                        "The age of the oldest of them",
                        "seconds",
                        broker -> rows(broker, MessagingStatus.GroupLag::oldestSeconds));
        figures.of("letters", status::deadLettersOpen)
                .gauge(
                        "messaging.dead.letters.open",
                        "Parked messages that nobody has replayed or discarded",
                        null,
                        Long::doubleValue);
    }

    private static List<Row> rows(
            MessagingStatus.Broker broker, Function<MessagingStatus.GroupLag, @Nullable Number> figure) {
        return broker.consumers().stream()
                .filter(lag -> lag.topic() != null)
                .limit(MOST)
                .map(lag -> {
                    Number value = figure.apply(lag);
                    return new Row(
                            Tags.of("group", lag.group(), "topic", requireNonNull(lag.topic())),
                            value == null ? Double.NaN : value.doubleValue());
                })
                .toList();
    }
}
