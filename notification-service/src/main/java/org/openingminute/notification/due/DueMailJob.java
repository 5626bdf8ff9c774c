package org.openingminute.notification.due;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;

/** Gives mails that were put off their rows once they are due. Several instances may do so at once. */
@Component
final class DueMailJob extends PollingJob {

    private static final Duration POLL_EVERY = Duration.ofSeconds(1);
    private static final int AT_ONCE = 256;

    private final ProjectionRepository projections;
    private final MailPlanQueue queue;
    private final Clock clock;

    DueMailJob(ProjectionRepository projections, MailPlanQueue queue, Clock clock) {
        super("mail-due", POLL_EVERY);
        this.projections = projections;
        this.queue = queue;
        this.clock = clock;
    }

    @Override
    protected boolean work() {
        List<UUID> due = projections.due(clock.instant(), AT_ONCE);
        queue.look(due);
        return false;
    }
}
