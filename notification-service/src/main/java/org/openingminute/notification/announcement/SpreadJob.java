package org.openingminute.notification.announcement;

import java.util.List;
import java.util.Optional;
import org.openingminute.notification.owed.MailBell;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes a row for each mail of an announcement, a thousand readers in each transaction: memory is the same for a hundred
 * thousand, and who is killed goes on where the last commit was. An announcement is one instance's at a time.
 */
@Component
class SpreadJob {

    private static final Logger LOG = LoggerFactory.getLogger(SpreadJob.class);
    private static final int AT_ONCE = 1_000;

    private final SpreadRepository readers;
    private final TransactionTemplate transaction;
    private final MailBell bell;

    SpreadJob(SpreadRepository readers, TransactionTemplate transaction, MailBell bell) {
        this.readers = readers;
        this.transaction = transaction;
        this.bell = bell;
    }

    @Scheduled(fixedDelay = 500)
    void spread() {
        try {
            while (Boolean.TRUE.equals(transaction.execute(status -> step()))) {
                bell.ring();
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("Announcements go on in a moment: {}", e.getClass().getSimpleName());
        }
    }

    /** Whether there was something to do. */
    private boolean step() {
        Optional<SpreadRepository.Spreading> oldest = readers.lockOldest();
        oldest.ifPresent(announcement -> {
            boolean attendees = announcement.topic().equals(AnnouncementRequest.ATTENDEES);
            List<SpreadRepository.Reader> next =
                    attendees ? readers.attendees(announcement, AT_ONCE) : readers.subscribers(announcement, AT_ONCE);
            if (next.isEmpty()) {
                readers.spread(announcement.id());
                return;
            }
            List<SpreadRepository.Reader> told = next.stream()
                    .filter(reader -> !attendees || reader.attendee() != null)
                    .toList();
            int written = told.isEmpty() ? 0 : readers.writeDown(announcement, told, attendees);
            readers.reached(announcement.id(), next.getLast().place(), written);
        });
        return oldest.isPresent();
    }
}
