package org.openingminute.messaging.outbox;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A report of a service's own backlog, sent each second past the outbox, so that a reader can tell a service that is silent
 * from one with nothing to say. A service that has such a bean sends it. Immutable.
 *
 * @param topic the topic, which is the message's type as well
 * @param untriedSince a scalar query for the instant since which the service's oldest work is untried, {@code null} if there is
 *     none; it may use the parameter {@code now}, this machine's time
 * @param parameters further parameters of that query
 */
public record ProgressReport(String topic, String untriedSince, Map<String, ?> parameters) {

    public ProgressReport {
        parameters = Map.copyOf(parameters);
    }

    /**
     * The body of the message.
     *
     * @param asOf by the service's database
     * @param oldestUnsentSeconds the age of the oldest message that is not relayed; 0 where there is none
     * @param oldestUntriedSeconds the age of the oldest work that was not tried; 0 where there is none
     */
    record Progress(Instant asOf, double oldestUnsentSeconds, double oldestUntriedSeconds) {

        Progress {
            asOf = asOf.truncatedTo(ChronoUnit.MILLIS);
        }
    }
}
