package org.openingminute.notification.announcement;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.openingminute.notification.heard.Present;
import org.openingminute.notification.owed.MailBell;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes a row for each mail of an announcement, a thousand readers in each transaction: memory is the same for a hundred
 * thousand, and who is killed goes on where the last commit was. An announcement is one instance's at a time.
 */
@Component
class SpreadJob {

    private static final Logger LOG = LoggerFactory.getLogger(SpreadJob.class);
    private static final int AT_ONCE = 1_000;

    /** Jobs share a thread: the next run goes on. */
    private static final int STEPS = 20;

    private final SpreadRepository readers;
    private final Present present;
    private final TransactionTemplate transaction;
    private final MailBell bell;

    SpreadJob(SpreadRepository readers, Present present, TransactionTemplate transaction, MailBell bell) {
        this.readers = readers;
        this.present = present;
        this.transaction = transaction;
        this.bell = bell;
    }

    @Scheduled(fixedDelay = 500)
    void spread() {
        Set<UUID> putOff = new HashSet<>();
        try {
            for (int i = 0;
                    i < STEPS && Boolean.TRUE.equals(transaction.execute(status -> step(status, putOff)));
                    i++) {
                bell.ring();
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("Announcements go on in a moment: {}", e.getClass().getSimpleName());
        }
    }

    /** Whether there was something to do. What ails one announcement keeps no other. */
    private boolean step(TransactionStatus status, Set<UUID> putOff) {
        Optional<SpreadRepository.Spreading> oldest = readers.lockOldest(putOff);
        oldest.ifPresent(announcement -> {
            try {
                spread(announcement, putOff);
            } catch (RuntimeException e) {
                status.setRollbackOnly();
                putOff.add(announcement.id());
                LOG.warn("Announcement {} cannot be told now and is tried again in a moment", announcement.id(), e);
            }
        });
        return oldest.isPresent();
    }

    private void spread(SpreadRepository.Spreading announcement, Set<UUID> putOff) {
        boolean attendees = announcement.topic().equals(AnnouncementRequest.ATTENDEES);
        if (attendees && !present.isReached()) {
            // Who was confirmed before may not be known here yet.
            putOff.add(announcement.id());
            return;
        }
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
    }
}
