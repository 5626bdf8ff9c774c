package org.openingminute.messaging;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Wakes jobs when their work is due; the {@link Pulse} queries the due times of all jobs together. If work becomes due before the next
 * beat, the query is repeated at that time. A job whose work stays due, because it waits for something else, is woken twice a second.
 */
final class JobAlarm {

    private static final Duration PAUSE_WHILE_DUE = Duration.ofMillis(500);

    private final Pulse pulse;
    private final Clock clock;

    JobAlarm(Pulse pulse, Collection<? extends DueWork> jobs, Clock clock) {
        this.pulse = pulse;
        this.clock = clock;
        jobs.forEach(job -> pulse.ask(job.dueAt(), Map.of(), OffsetDateTime.class, due -> dueAt(job, due)));
    }

    private void dueAt(DueWork job, @Nullable OffsetDateTime due) {
        if (due == null) {
            return;
        }
        Instant now = clock.instant();
        if (due.toInstant().isAfter(now)) {
            pulse.askAgainIn(Duration.between(now, due.toInstant()));
        } else {
            job.wake();
            pulse.askAgainIn(PAUSE_WHILE_DUE);
        }
    }
}
