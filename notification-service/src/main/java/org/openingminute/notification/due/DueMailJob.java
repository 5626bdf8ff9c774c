package org.openingminute.notification.due;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;

/** Inserts the rows of deferred mails once they are due. Several instances may do so at once. */
@Component
final class DueMailJob extends PollingJob implements DueWork {

    private static final int AT_ONCE = 256;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final ProjectionRepository projections;
    private final MailPlanQueue queue;
    private final Clock clock;

    DueMailJob(ProjectionRepository projections, MailPlanQueue queue, Clock clock) {
        super("mail-due");
        this.projections = projections;
        this.queue = queue;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return "select min(due_at) from mail_due";
    }

    @Override
    protected boolean work() {
        List<UUID> due = projections.due(clock.instant(), AT_ONCE);
        List<UUID> failed = queue.insertDue(due);
        if (!failed.isEmpty()) {
            projections.putOff(failed, clock.instant().plus(AFTER_FAILURE));
        }
        return due.size() == AT_ONCE;
    }
}
