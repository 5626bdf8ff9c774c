package org.openingminute.notification.announcement;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.projection.ProjectionLag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Inserts a row for each mail of an announcement, a thousand recipients per transaction. A hundred thousand recipients thus take no more
 * memory, and after a crash the fan-out continues from the last commit. One instance at a time works on an announcement. If one fails,
 * later announcements continue, and the failed one is retried after the pause.
 */
@Component
final class FanOutJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(FanOutJob.class);
    private static final int AT_ONCE = 1_000;
    private static final int STEPS_OF_A_RUN = 5;

    private final FanOutRepository readers;
    private final TransactionTemplate transaction;
    private final MailSignal signal;
    private final ProjectionLag lag;
    // Both fields are used only by the job's thread.
    private final Set<String> warned = new HashSet<>();
    private boolean failed;

    FanOutJob(FanOutRepository readers, TransactionTemplate transaction, MailSignal signal, ProjectionLag lag) {
        super("announcement-fan-out");
        this.readers = readers;
        this.transaction = transaction;
        this.signal = signal;
        this.lag = lag;
    }

    @Override
    public String dueAt() {
        return """
                select least(
                    (select min(made_at) from announcement where spread_at is null),
                    (select min(spread_at) from announcement
                      where spread_at is not null and counted_at is null
                        and not exists (select from mail where announcement_id = announcement.id and state = 'waiting')))
                """;
    }

    @Override
    protected boolean work() {
        Set<UUID> stuck = new HashSet<>();
        failed = false;
        boolean more = true;
        for (int steps = 0; more && steps < STEPS_OF_A_RUN; steps++) {
            more = stepOrPass(stuck);
        }
        count();
        if (!failed) {
            warned.clear();
        }
        return more && stuck.isEmpty();
    }

    /** Whether there may be more to do. */
    private boolean stepOrPass(Set<UUID> stuck) {
        int before = stuck.size();
        try {
            boolean caughtUp = readers.waitsForUnreadEvents(stuck) && lag.isCaughtUp();
            boolean more = Boolean.TRUE.equals(transaction.execute(status -> step(stuck, caughtUp)));
            if (more) {
                signal.raise();
            }
            return more;
        } catch (RuntimeException e) {
            warn(e);
            return stuck.size() > before;
        }
    }

    /** Logs each kind of failure once, until a run succeeds again. */
    private void warn(RuntimeException e) {
        failed = true;
        if (warned.add(e.getClass().getName())) {
            log.warn(
                    "Fan-out of an announcement failed, retrying; other announcements continue",
                    RedactedException.of(e));
        }
    }

    private boolean step(Set<UUID> stuck, boolean caughtUp) {
        Optional<FanOutRepository.FanOut> oldest = readers.lockOldest(stuck, caughtUp);
        oldest.ifPresent(announcement -> {
            try {
                goOn(announcement);
            } catch (RuntimeException e) {
                stuck.add(announcement.id());
                throw e;
            }
        });
        return oldest.isPresent();
    }

    private void goOn(FanOutRepository.FanOut announcement) {
        boolean attendees = announcement.topic().equals(AnnouncementRequest.ATTENDEES);
        List<FanOutRepository.Recipient> next =
                attendees ? readers.attendees(announcement, AT_ONCE) : readers.subscribers(announcement, AT_ONCE);
        if (next.isEmpty()) {
            readers.complete(announcement.id());
            return;
        }
        List<FanOutRepository.Recipient> recipients = next.stream()
                .filter(reader -> !attendees || reader.attendee() != null)
                .toList();
        int written = recipients.isEmpty() ? 0 : readers.insertMails(announcement, recipients, attendees);
        readers.saveProgress(announcement.id(), next.getLast().place(), written);
    }

    private void count() {
        try {
            readers.count();
        } catch (RuntimeException e) {
            warn(e);
        }
    }
}
