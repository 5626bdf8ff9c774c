package org.openingminute.notification.due;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.projection.DeferredMail;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Applies events, and the passing of time, to many registrations in one transaction under their locks. */
@Component
public class MailPlanning {

    private final Inbox inbox;
    private final ProjectionRepository projections;
    private final DueMailWriter mails;
    private final MailSignal signal;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Ids ids;
    private final DelayPolicy delays;

    MailPlanning(
            Inbox inbox,
            ProjectionRepository projections,
            DueMailWriter mails,
            MailSignal signal,
            TransactionTemplate transaction,
            Clock clock,
            Ids ids,
            NotificationServiceSettings settings) {
        this.inbox = inbox;
        this.projections = projections;
        this.mails = mails;
        this.signal = signal;
        this.transaction = transaction;
        this.clock = clock;
        this.ids = ids;
        this.delays = new DelayPolicy(
                settings.pace().payNowAfter(),
                settings.pace().paymentFailedAfter(),
                settings.pace().receiptWithin());
    }

    /**
     * Saves the states that events report, in their order, and the mails that these make due.
     *
     * @throws BatchFailure if a body cannot be read, after those before it were saved
     */
    void receive(List<Message> messages, Function<Message, ReceivedEvent> body) {
        List<ReceivedEvent> events = new ArrayList<>();
        @Nullable BatchFailure unreadable = null;
        for (int i = 0; i < messages.size() && unreadable == null; i++) {
            try {
                events.add(body.apply(messages.get(i)));
            } catch (RuntimeException e) {
                unreadable = new BatchFailure(i, e);
            }
        }
        receive(events);
        if (unreadable != null) {
            throw unreadable;
        }
    }

    private void receive(List<ReceivedEvent> events) {
        List<UUID> registrations =
                events.stream().map(ReceivedEvent::registration).distinct().toList();
        inTransaction(registrations, () -> {
            Set<Message> advancing = Collections.newSetFromMap(new IdentityHashMap<>());
            advancing.addAll(
                    inbox.advancing(events.stream().map(ReceivedEvent::message).toList()));
            List<ReceivedEvent> newer = events.stream()
                    .filter(event -> advancing.contains(event.message()))
                    .toList();
            Instant now = clock.instant();
            Map<UUID, MailPlan> plans = plans(
                    newer.stream().map(ReceivedEvent::registration).distinct().toList());
            newer.forEach(event -> plan(plans, event.registration()).receive(event, now));
            return save(plans.values(), now);
        });
    }

    /** Gives the mails a row that have come to be due. */
    void look(List<UUID> registrations) {
        inTransaction(registrations, () -> save(plans(registrations).values(), clock.instant()));
    }

    /**
     * Gives a mail that is due later its row at once, in which it waits as long. In the caller's transaction, under the
     * registration's lock.
     *
     * @return whether there is such a mail
     */
    public boolean insertDeferred(StoredProjection stored, DueMail due) {
        @Nullable RegistrationSnapshot registration = stored.states().registration();
        List<DeferredMail> others = new ArrayList<>(stored.deferred());
        if (registration == null || !others.removeIf(mail -> due.is(mail.kind(), mail.about()))) {
            return false;
        }
        projections.write(List.of(
                new StoredProjection.ProjectionChange(stored.registration(), null, null, null, List.copyOf(others))));
        mails.insert(
                stored.deferred().stream()
                        .filter(mail -> !others.contains(mail))
                        .map(mail -> new DueMailWriter.NewMail(
                                stored.registration(), registration.contact().email(), mail))
                        .toList(),
                clock.instant());
        return true;
    }

    private interface Work {

        /** Returns whether there are new mails. */
        boolean run();
    }

    private void inTransaction(List<UUID> registrations, Work work) {
        if (registrations.isEmpty()) {
            return;
        }
        boolean due = Boolean.TRUE.equals(transaction.execute(_ -> {
            projections.lock(registrations);
            return work.run();
        }));
        if (due) {
            signal.raise();
        }
    }

    private Map<UUID, MailPlan> plans(List<UUID> registrations) {
        Map<UUID, MailPlan> plans = new LinkedHashMap<>();
        if (!registrations.isEmpty()) {
            Map<UUID, StoredProjection> stored = projections.read(registrations);
            registrations.forEach(id -> plans.put(
                    id, new MailPlan(stored.getOrDefault(id, StoredProjection.empty(id)), delays, ids::next)));
        }
        return plans;
    }

    private static MailPlan plan(Map<UUID, MailPlan> plans, UUID registration) {
        return Objects.requireNonNull(plans.get(registration), "every registration of the batch has a plan");
    }

    private boolean save(Collection<MailPlan> plans, Instant now) {
        if (plans.isEmpty()) {
            return false;
        }
        List<MailPlan.Changes> changes =
                plans.stream().map(plan -> plan.changes(now)).toList();
        projections.write(changes.stream().map(MailPlan.Changes::projection).toList());
        List<DueMailWriter.NewMail> due = changes.stream()
                .flatMap(change -> change.due().stream()
                        .map(mail -> new DueMailWriter.NewMail(
                                change.projection().registration(),
                                Objects.requireNonNull(change.recipient(), "a due mail has a recipient"),
                                mail)))
                .toList();
        mails.insert(due, now);
        mails.supersede(changes.stream().flatMap(change -> change.superseded().stream()), now);
        return !due.isEmpty();
    }
}
