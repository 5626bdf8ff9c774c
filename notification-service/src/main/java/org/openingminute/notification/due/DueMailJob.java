package org.openingminute.notification.due;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.notification.projection.ProjectionRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Gives mails that were put off their rows once they are due. Several instances may do so at once. */
@Component
final class DueMailJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(DueMailJob.class);
    private static final Duration POLL_EVERY = Duration.ofSeconds(1);
    private static final int AT_ONCE = 256;

    private final ProjectionRepository projections;
    private final MailPlanning planning;
    private final Clock clock;

    DueMailJob(ProjectionRepository projections, MailPlanning planning, Clock clock) {
        super("mail-due", POLL_EVERY);
        this.projections = projections;
        this.planning = planning;
        this.clock = clock;
    }

    @Override
    protected boolean work() {
        List<UUID> due = projections.due(clock.instant(), AT_ONCE);
        try {
            planning.look(due);
        } catch (RuntimeException e) {
            if (due.size() < 2) {
                throw e;
            }
            due.forEach(this::lookAlone);
        }
        return false;
    }

    /** A registration that fails does not hold up the others. */
    private void lookAlone(UUID registration) {
        try {
            planning.look(List.of(registration));
        } catch (RuntimeException e) {
            log.warn("Mails of registration {} are due and cannot be written, retrying", registration, e);
        }
    }
}
