package org.openingminute.notification.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Saves the disposition of a mail. The final state of a registration's mail is saved and reported in one transaction
 * under the registration's lock.
 */
@Component
class DispositionWriter {

    private final MailQueue queue;
    private final ProjectionRepository projections;
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final MeterRegistry meters;
    private final Disposition.Policy policy;

    DispositionWriter(
            MailQueue queue,
            ProjectionRepository projections,
            Outbox outbox,
            TransactionTemplate transaction,
            MeterRegistry meters,
            NotificationServiceSettings settings) {
        this.queue = queue;
        this.projections = projections;
        this.outbox = outbox;
        this.transaction = transaction;
        this.meters = meters;
        NotificationServiceSettings.Pace pace = settings.pace();
        this.policy = new Disposition.Policy(new BackOff(pace.backOff()), pace.giveUpAfter(), pace.refusedFor());
        registerCounters();
    }

    /** Registers every counter at 0, because an alert on growth notices the first count only after a 0. */
    private void registerCounters() {
        Stream.concat(
                        Arrays.stream(MailKind.values()).map(MailKind::code),
                        Arrays.stream(SubscriptionMail.values()).map(SubscriptionMail::code))
                .forEach(kind -> Arrays.stream(Disposition.State.values())
                        .filter(state -> state.event() != null)
                        .forEach(state -> counter(kind, state)));
    }

    void write(WaitingMail mail, SendOutcome outcome) {
        Disposition disposition = dispose(outcome, mail, queue.now());
        if (mail.cause() instanceof WaitingMail.RegistrationCause cause
                && disposition.state() != Disposition.State.WAITING) {
            transaction.executeWithoutResult(status -> settle(mail, cause, disposition));
        } else {
            apply(mail, disposition);
        }
    }

    private void settle(WaitingMail mail, WaitingMail.RegistrationCause cause, Disposition disposition) {
        OrderLock lock = projections.lock(List.of(cause.registration()));
        Instant now = queue.now();
        // The newest state, read under the lock, decides whether the mail is superseded.
        if (disposition.state() == Disposition.State.SUPERSEDED && isDue(cause, now)) {
            apply(mail, dispose(SendOutcome.Local.DUE_AGAIN, mail, now));
            return;
        }
        @Nullable String event = disposition.state().event();
        if (apply(mail, disposition) && event != null) {
            report(lock, cause.registration(), event);
        }
    }

    private boolean isDue(WaitingMail.RegistrationCause cause, Instant now) {
        return projections
                .find(cause.registration())
                .map(state -> DueMails.mayGo(cause.due(), state, now))
                .orElse(false);
    }

    private Disposition dispose(SendOutcome outcome, WaitingMail mail, Instant now) {
        return Disposition.of(outcome, mail, now, policy);
    }

    private boolean apply(WaitingMail mail, Disposition disposition) {
        boolean applied = queue.apply(mail, disposition);
        if (applied && disposition.state() != Disposition.State.WAITING) {
            counter(mail.cause().kind(), disposition.state()).increment();
        }
        return applied;
    }

    private void report(OrderLock lock, UUID registration, String type) {
        long sequence = queue.nextSequence(registration);
        MailEvent event = new MailEvent(registration, queue.ofRegistration(registration));
        outbox.append(lock, new OutgoingMessage(MailEvent.TOPIC, registration.toString(), type, sequence, event));
    }

    private Counter counter(String kind, Disposition.State state) {
        return meters.counter("mails", "kind", kind, "outcome", state.label());
    }
}
