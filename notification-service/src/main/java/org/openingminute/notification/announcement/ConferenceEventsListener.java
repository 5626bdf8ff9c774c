package org.openingminute.notification.announcement;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.notification.subscription.Topic;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes an announcement of each news of a conference. The key of its row keeps it to one, however often it is told. */
@Component
class ConferenceEventsListener implements MessageListener {

    private static final Duration LAST_SECOND = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final AnnouncementRepository announcements;
    private final TransactionTemplate transaction;

    ConferenceEventsListener(Inbox inbox, AnnouncementRepository announcements, TransactionTemplate transaction) {
        this.inbox = inbox;
        this.announcements = announcements;
        this.transaction = transaction;
    }

    @Override
    public String topic() {
        return "conference.events.v1";
    }

    @Override
    public Set<String> types() {
        return Set.of("conference.sale-opened.v1", "conference.deadline-near.v1");
    }

    @Override
    public Unknown unknownTypes() {
        return Unknown.SKIP;
    }

    @Override
    public void on(Message message) {
        ConferenceNews told = message.body(ConferenceNews.class);
        if (!told.slug().equals(message.key()) || told.news().isEmpty()) {
            throw new PermanentFailure("the body is not about its key");
        }
        Instant lastAt = told.news().getLast().at();
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            for (ConferenceNews.NewsItem item : told.news()) {
                announce(told.slug(), item, message.time(), lastAt);
            }
        });
    }

    /**
     * Writes it down, where it was not before.
     *
     * @param said when the event was written, by the machine's clock
     * @param at the same by business time
     */
    private void announce(String conference, ConferenceNews.NewsItem item, Instant said, Instant at) {
        // By how far off the phase's end was when it was said, since clocks of a rehearsal are moved.
        Instant ends = said.plus(Duration.between(at, item.phase().until().plus(LAST_SECOND)));
        if (item.kind().equals(SubscriptionMail.SALE_OPENED.code())) {
            announcements.insertTold(conference, SubscriptionMail.SALE_OPENED, Topic.REGISTRATION, "", item, ends);
        } else if (item.kind().equals(SubscriptionMail.DEADLINE_NEAR.code()) && item.next() != null) {
            announcements.insertTold(
                    conference,
                    SubscriptionMail.DEADLINE_NEAR,
                    Topic.PRICE_DEADLINE,
                    item.phase().code() + " " + item.phase().until(),
                    item,
                    ends);
        }
    }
}
