package org.openingminute.notification.due;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the newest state of each registration, and inserts its due mails. */
@Component
class RegistrationEventsListener {

    private final Inbox inbox;
    private final ProjectionRepository projections;
    private final DueMailWriter dueMails;
    private final MailSignal signal;
    private final TransactionTemplate transaction;

    RegistrationEventsListener(
            Inbox inbox,
            ProjectionRepository projections,
            DueMailWriter dueMails,
            MailSignal signal,
            TransactionTemplate transaction) {
        this.inbox = inbox;
        this.projections = projections;
        this.dueMails = dueMails;
        this.signal = signal;
        this.transaction = transaction;
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
    void on(Message message) {
        RegistrationSnapshot state = message.body(RegistrationSnapshot.class);
        message.requireKey(state.id());
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            Optional<RegistrationProjection> before = projections.find(state.id());
            projections.keepRegistration(message, state);
            // Read again under the lock that the update took, because its payment may have been received meanwhile.
            dueMails.write(projections.find(state.id()).orElseThrow(), statusOf(before), message);
        });
        signal.raise();
    }

    private static @Nullable RegistrationStatus statusOf(Optional<RegistrationProjection> before) {
        return before.map(RegistrationProjection::registration)
                .map(RegistrationSnapshot::status)
                .orElse(null);
    }
}
