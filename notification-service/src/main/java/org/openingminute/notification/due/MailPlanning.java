package org.openingminute.notification.due;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.batch.BatchWork;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.ReadAt;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Handles batches of events and of due deferred mails: the states and mails of many registrations in one transaction. */
@Component
class MailPlanning implements BatchWork<PlanEntry, MailPlanning.Batch, Boolean> {

    private final Inbox inbox;
    private final ProjectionRepository projections;
    private final DueMailWriter mails;
    private final PromptDelivery prompt;
    private final MailSignal signal;
    private final Clock clock;
    private final Ids ids;
    private final DelayPolicy delays;
    private final AtomicLong versions = new AtomicLong();

    MailPlanning(
            Inbox inbox,
            ProjectionRepository projections,
            DueMailWriter mails,
            PromptDelivery prompt,
            MailSignal signal,
            Clock clock,
            Ids ids,
            NotificationServiceSettings settings) {
        this.inbox = inbox;
        this.projections = projections;
        this.mails = mails;
        this.prompt = prompt;
        this.signal = signal;
        this.clock = clock;
        this.ids = ids;
        this.delays = new DelayPolicy(
                settings.pace().payNowAfter(),
                settings.pace().paymentFailedAfter(),
                settings.pace().receiptWithin());
    }

    /** The data of a batch. */
    static final class Batch {

        private final OrderLock lock;
        private final ReadAt readAt;
        private final Instant now;
        private final Set<Message> advancing = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<UUID, MailPlan> plans = new LinkedHashMap<>();
        private final Map<UUID, MailPlan> changed = new LinkedHashMap<>();
        private @Nullable RuntimeException failure;

        private Batch(OrderLock lock, Instant now) {
            this.lock = lock;
            this.now = now;
            this.readAt = ReadAt.now(now);
        }
    }

    @Override
    public Batch read(OrderLock lock, List<PlanEntry> entries) {
        Batch batch = new Batch(lock, clock.instant());
        batch.advancing.addAll(inbox.advancing(entries.stream()
                .filter(PlanEntry.ReceivedEvent.class::isInstance)
                .map(event -> ((PlanEntry.ReceivedEvent) event).message())
                .toList()));
        Map<UUID, String> conferences = new LinkedHashMap<>();
        entries.forEach(entry -> conferences.merge(
                entry.registration(),
                entry instanceof PlanEntry.RegistrationReceived event
                        ? event.state().conference()
                        : "",
                (one, other) -> other.isEmpty() ? one : other));
        projections
                .read(conferences)
                .forEach((registration, stored) ->
                        batch.plans.put(registration, new MailPlan(stored, delays, ids::next)));
        return batch;
    }

    /** @return false if the entry was outdated */
    @Override
    public Boolean decide(Batch batch, PlanEntry entry) {
        if (entry instanceof PlanEntry.ReceivedEvent event && !batch.advancing.contains(event.message())) {
            return false;
        }
        MailPlan plan = requireNonNull(batch.plans.get(entry.registration()), "each has a plan");
        if (entry instanceof PlanEntry.ReceivedEvent event) {
            try {
                plan.receive(event, batch.now);
            } catch (RuntimeException e) {
                // The inbox has already recorded the event, so the transaction must not commit.
                batch.failure = e;
                throw e;
            }
        }
        batch.changed.put(entry.registration(), plan);
        return true;
    }

    @Override
    public void write(Batch batch) {
        if (batch.failure != null) {
            throw batch.failure;
        }
        Map<UUID, MailPlan.Changes> changes = new LinkedHashMap<>();
        batch.changed.forEach((registration, plan) -> changes.put(registration, plan.changes(batch.now)));
        if (!changes.isEmpty()) {
            projections.write(
                    changes.values().stream().map(MailPlan.Changes::projection).toList());
        }
        long version = versions.incrementAndGet();
        List<PromptDelivery.NewMail> due = mails.throttle(
                changes.values().stream()
                        .flatMap(change -> change.due().stream())
                        .toList(),
                batch.now);
        Sending sending = new Sending(due, changes.keySet(), version);
        TransactionSynchronizationManager.registerSynchronization(sending);
        if (!due.isEmpty()) {
            sending.reserved.addAll(prompt.reserve(due, batch.lock));
            Set<UUID> leased = mails.insert(due, sending.reserved, prompt.leases(), batch.now);
            for (PromptDelivery.NewMail mail : due) {
                if (leased.contains(mail.mail().id())) {
                    MailPlan plan = requireNonNull(batch.changed.get(mail.registration()), "it made the mail due");
                    StoredProjection state =
                            plan.after(requireNonNull(changes.get(mail.registration()), "it made the mail due"));
                    sending.prompt.put(mail, new PromptDelivery.KnownState(state, batch.readAt, version));
                }
            }
        }
        mails.supersede(changes.values().stream().flatMap(change -> change.superseded().stream()), batch.now);
        giveBack(batch, sending);
    }

    /** Returns to the queue mails that an earlier run of this batch inserted, in a commit whose confirmation was lost. */
    private void giveBack(Batch batch, Sending sending) {
        List<UUID> unheard = batch.plans.values().stream()
                .flatMap(plan -> plan.leasedBy(prompt.leases().instance()).stream())
                .filter(mail -> !prompt.has(mail))
                .toList();
        if (!unheard.isEmpty()) {
            prompt.giveBack(unheard);
            sending.queued = true;
        }
    }

    /** The actions after a transaction; a dry run rolls back, and then nothing is sent. */
    private final class Sending implements TransactionSynchronization {

        private final Set<UUID> registrations;
        private final long version;
        private final Set<UUID> reserved = new HashSet<>();
        private final Map<PromptDelivery.NewMail, PromptDelivery.KnownState> prompt = new LinkedHashMap<>();
        private final int due;
        private boolean queued;

        Sending(List<PromptDelivery.NewMail> due, Set<UUID> registrations, long version) {
            this.due = due.size();
            this.registrations = Set.copyOf(registrations);
            this.version = version;
        }

        @Override
        public void afterCompletion(int status) {
            if (status == STATUS_COMMITTED) {
                MailPlanning.this.prompt.changed(registrations, version);
                prompt.forEach(MailPlanning.this.prompt::send);
                prompt.keySet().forEach(mail -> reserved.remove(mail.mail().id()));
                if (queued || prompt.size() < due) {
                    signal.raise();
                }
            }
            MailPlanning.this.prompt.release(reserved);
        }
    }
}
