package org.openingminute.notification.due;

import java.util.List;
import org.openingminute.messaging.inbox.DryRunReader;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.notification.due.PlanEntry.RegistrationReceived;
import org.openingminute.notification.ops.BusinessOffsets;
import org.springframework.stereotype.Component;

/** Stores the newest state of each registration and inserts the mails that it makes due. In a rehearsal it first records business time. */
@Component
class RegistrationEventsListener implements DryRunReader {

    private final MailPlanQueue queue;
    private final BusinessOffsets offsets;

    RegistrationEventsListener(MailPlanQueue queue, BusinessOffsets offsets) {
        this.queue = queue;
        this.offsets = offsets;
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
        queue.receive(messages, this::read);
    }

    private RegistrationReceived read(Message message) {
        RegistrationReceived event = RegistrationReceived.of(message);
        offsets.note(message.time(), event.state().changedAt());
        return event;
    }

    /** Applies the event without recording business time, which is not part of a dry run. */
    @Override
    public void onDryRun(Message message) {
        queue.receive(List.of(message), RegistrationReceived::of);
    }
}
