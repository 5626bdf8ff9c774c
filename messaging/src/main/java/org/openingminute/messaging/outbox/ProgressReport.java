package org.openingminute.messaging.outbox;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Defines the report of a service's own backlog. It is sent every second, bypassing the outbox, so that a reader can tell a service that is
 * down from one that has nothing to report. A service that provides such a bean sends the report. Immutable.
 *
 * @param topic the topic, which is also the message type
 * @param untriedSince a scalar query for the instant since which the service's oldest work has not been tried; {@code null} if there is
 *     none. It may use the parameter {@code now}, this machine's time
 * @param parameters further parameters of the query
 */
public record ProgressReport(String topic, String untriedSince, Map<String, ?> parameters) {

    public ProgressReport {
        parameters = Map.copyOf(parameters);
    }

    /**
     * The body of the message.
     *
     * @param asOf the time of the report, by the service's database
     * @param oldestUnsentSeconds the age in seconds of the oldest message that is not relayed; 0 if there is none
     * @param oldestUntriedSeconds the age in seconds of the oldest work that was not tried; 0 if there is none
     */
    record Progress(Instant asOf, double oldestUnsentSeconds, double oldestUntriedSeconds) {

        Progress {
            asOf = asOf.truncatedTo(ChronoUnit.MILLIS);
        }
    }
}
