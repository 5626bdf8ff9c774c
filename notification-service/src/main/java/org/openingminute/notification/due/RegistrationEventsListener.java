package org.openingminute.notification.due;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the newest state of each registration, and writes down the mails that it owes. */
@Component
class RegistrationEventsListener implements MessageListener {

    private final Inbox inbox;
    private final ProjectionRepository heard;
    private final DueMailWriter debts;
    private final MailSignal bell;
    private final TransactionTemplate transaction;

    RegistrationEventsListener(
            Inbox inbox,
            ProjectionRepository heard,
            DueMailWriter debts,
            MailSignal bell,
            TransactionTemplate transaction) {
        this.inbox = inbox;
        this.heard = heard;
        this.debts = debts;
        this.bell = bell;
        this.transaction = transaction;
    }

    @Override
    public String topic() {
        return "registration.events.v1";
    }

    @Override
    public Set<String> types() {
        return Set.of(
                "registration.held.v1",
                "registration.review-wanted.v1",
                "registration.rejected.v1",
                "registration.confirmed.v1",
                "registration.expired.v1",
                "registration.cancelled.v1",
                "registration.transferred.v1",
                "registration.offer-made.v1",
                "registration.changed.v1");
    }

    @Override
    public Unknown unknownTypes() {
        return Unknown.SKIP;
    }

    @Override
    public void on(Message message) {
        RegistrationSnapshot state = message.body(RegistrationSnapshot.class);
        message.requireKey(state.id());
        transaction.executeWithoutResult(status -> {
            if (!inbox.advances(message)) {
                return;
            }
            Optional<RegistrationProjection> before = heard.find(state.id());
            heard.keepRegistration(message, state);
            // Read again under the lock that keeping it took: its payment may have been heard of meanwhile.
            debts.write(heard.find(state.id()).orElseThrow(), statusOf(before), message);
        });
        bell.ring();
    }

    private static @Nullable RegistrationStatus statusOf(Optional<RegistrationProjection> before) {
        return before.map(RegistrationProjection::registration)
                .map(RegistrationSnapshot::status)
                .orElse(null);
    }
}
