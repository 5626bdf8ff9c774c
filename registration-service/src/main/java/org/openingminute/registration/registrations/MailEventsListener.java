package org.openingminute.registration.registrations;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Puts what became of mails into the timeline of their registration. */
@Component
class MailEventsListener implements MessageListener {

    private final Inbox inbox;
    private final TimelineRepository timeline;

    MailEventsListener(Inbox inbox, TimelineRepository timeline) {
        this.inbox = inbox;
        this.timeline = timeline;
    }

    record Mails(UUID registration, List<Mail> mails) {}

    record Mail(UUID id, String kind, String state, Instant at) {}

    @Override
    public String topic() {
        return "notification.events.v1";
    }

    @Override
    public Set<String> types() {
        return Set.of("mail.sent.v1", "mail.failed.v1", "mail.bounced.v1");
    }

    @Override
    public Unknown unknownTypes() {
        return Unknown.SKIP;
    }

    @Override
    @Transactional
    public void on(Message message) {
        if (!inbox.advances(message)) {
            return;
        }
        Mails mails = message.body(Mails.class);
        for (Mail mail : mails.mails()) {
            if (!mail.state().equals("waiting")) {
                timeline.noteMail(mails.registration(), mail.id(), mail.kind(), mail.state());
            }
        }
    }
}
