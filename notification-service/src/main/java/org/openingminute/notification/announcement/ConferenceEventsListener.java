package org.openingminute.notification.announcement;

import java.time.Duration;
import java.time.Instant;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.notification.ops.BusinessOffsets;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.notification.subscription.Topic;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns each sale notice of a conference into an announcement. The row's key ensures a single announcement, however often the notice is
 * received.
 */
@Component
class ConferenceEventsListener {

    private static final Duration LAST_SECOND = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final AnnouncementRepository announcements;
    private final TransactionTemplate transaction;
    private final FanOutJob fanOut;
    private final BusinessOffsets offsets;

    ConferenceEventsListener(
            Inbox inbox,
            AnnouncementRepository announcements,
            TransactionTemplate transaction,
            FanOutJob fanOut,
            BusinessOffsets offsets) {
        this.inbox = inbox;
        this.announcements = announcements;
        this.transaction = transaction;
        this.fanOut = fanOut;
        this.offsets = offsets;
    }

    @MessageReader(
            topic = "conference.events.v1",
            types = {"conference.sale-opened.v1", "conference.deadline-near.v1"},
            unknownTypes = Unknown.SKIP)
    void on(Message message) {
        SaleNotices notices = message.body(SaleNotices.class);
        if (!notices.slug().equals(message.key()) || notices.notices().isEmpty()) {
            throw new PermanentFailure("the body is not about its key");
        }
        Instant lastAt = notices.notices().getLast().at();
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            offsets.note(message.time(), lastAt);
            for (SaleNotices.SaleNotice item : notices.notices()) {
                announce(notices.slug(), item, message.time(), lastAt);
            }
        });
        fanOut.wake();
    }

    /**
     * Inserts the announcement; a repetition changes nothing.
     *
     * @param writtenAt when the event was written, machine time
     * @param at the same instant in business time
     */
    private void announce(String conference, SaleNotices.SaleNotice item, Instant writtenAt, Instant at) {
        // Computed from the time that remained when the event was written, because a rehearsal's business time may be
        // moved.
        Instant ends = writtenAt.plus(Duration.between(at, item.phase().until().plus(LAST_SECOND)));
        if (item.kind().equals(SubscriptionMail.SALE_OPENED.code())) {
            announcements.insertNotice(conference, SubscriptionMail.SALE_OPENED, Topic.REGISTRATION, "", item, ends);
        } else if (item.kind().equals(SubscriptionMail.DEADLINE_NEAR.code()) && item.next() != null) {
            announcements.insertNotice(
                    conference,
                    SubscriptionMail.DEADLINE_NEAR,
                    Topic.PRICE_DEADLINE,
                    item.phase().code() + " " + item.phase().until(),
                    item,
                    ends);
        }
    }
}
