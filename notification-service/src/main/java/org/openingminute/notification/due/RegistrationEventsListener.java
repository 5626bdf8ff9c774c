package org.openingminute.notification.due;

import java.util.List;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.springframework.stereotype.Component;

/** Keeps the newest state of each registration, and the mails that it makes due. */
@Component
class RegistrationEventsListener {

    private final MailPlanQueue queue;

    RegistrationEventsListener(MailPlanQueue queue) {
        this.queue = queue;
    }

    @MessageReader(
            topic = "registration.events.v1",
            types = {
                "registration.held.v1",
                "registration.review-wanted.v1",
                "registration.rejected.v1",
                "registration.confirmed.v1",
                "registration.expired.v1",
                "registration.cancelled.v1",
                "registration.transferred.v1",
                "registration.offer-made.v1",
                "registration.changed.v1"
            },
            unknownTypes = Unknown.SKIP)
    void on(List<Message> messages) {
        queue.receive(messages, PlanEntry.RegistrationReceived::of);
    }
}
