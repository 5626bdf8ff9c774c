package org.openingminute.payment.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.Pulse;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.batch.BatchWork;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.payment.documents.Documents.UnnumberedDocument;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.NotReady;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRules;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.PaymentRepository.StoredPayments;
import org.openingminute.payment.store.WebhookOutcomes.StoredWebhook;
import org.openingminute.payment.store.WebhookOutcomes.WebhookOutcome;
import org.openingminute.payment.store.WebhookOutcomes.WebhookResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Decides a batch of changes by the rules, one after another, and writes all of them at once. */
@Component
final class PaymentBatch implements BatchWork<QueuedChange, PaymentBatch.State, Payments.Changed> {

    private static final Logger log = LoggerFactory.getLogger(PaymentBatch.class);
    private static final Duration SUBJECT_ARRIVES_WITHIN = Duration.ofDays(1);

    private final PaymentRepository repository;
    private final Inbox inbox;
    private final Clock clock;
    private final Ids ids;
    private final Pulse pulse;
    private final AuditLog audit;
    private final List<Consumer<Payment>> listeners = new CopyOnWriteArrayList<>();

    PaymentBatch(PaymentRepository repository, Inbox inbox, Clock clock, Ids ids, Pulse pulse, AuditLog audit) {
        this.repository = repository;
        this.inbox = inbox;
        this.clock = clock;
        this.ids = ids;
        this.pulse = pulse;
        this.audit = audit;
    }

    /**
     * Registers a listener.
     *
     * @param listener called after the commit with each changed payment that has a request
     */
    void onChange(Consumer<Payment> listener) {
        listeners.add(listener);
    }

    /** An event to be published, with the payment as it was then. */
    record PendingEvent(Payment payment, EventType type, long sequence, Map<String, String> trace) {}

    /**
     * A posting to be written.
     *
     * @param at by the machine's clock
     * @param shownAt in business time
     */
    record PendingPosting(UUID registration, Instant at, Instant shownAt, Decision.Posting posting) {}

    /** An act of a member of staff, to be written to the audit; {@code at} is business time. */
    record StaffAct(Person.AuditEntry entry, Instant at) {}

    /** Open work to be written. */
    record PendingWork(UUID registration, OpenWork work, Map<String, String> trace) {}

    /** The payments of a batch and what is to be written. Documents have placeholder names until they are numbered. */
    static final class State {

        final OrderLock lock;
        final Set<UUID> firstTimes;
        final StoredPayments former;
        final Map<UUID, Payment> changed = new LinkedHashMap<>();
        final List<PendingPosting> postings = new ArrayList<>();
        final List<UnnumberedDocument> documents = new ArrayList<>();
        final List<PendingEvent> events = new ArrayList<>();
        final Map<UUID, PendingWork> opened = new HashMap<>();
        final Map<UUID, UUID> closed = new HashMap<>();
        final List<WebhookOutcome> webhooks = new ArrayList<>();
        final List<UUID> refusedCommands = new ArrayList<>();
        final List<StaffAct> acts = new ArrayList<>();

        State(OrderLock lock, StoredPayments former, Collection<Message> firstTimes) {
            this.lock = lock;
            this.former = former;
            this.firstTimes = firstTimes.stream().map(Message::id).collect(Collectors.toSet());
        }

        /**
         * Returns a payment as this batch leaves it so far. Its next sequences sort after all that an earlier incarnation of the database
         * may have used.
         *
         * @throws IllegalStateException if it cannot be read
         */
        Payment payment(UUID registration) {
            @Nullable Payment known = changed.get(registration);
            if (known != null) {
                return known;
            }
            return former.find(registration)
                    .orElseGet(() -> Payment.unknown(registration))
                    .withSequenceFrom(lock.sequencesBegin());
        }
    }

    @Override
    public State read(OrderLock lock, List<QueuedChange> changes) {
        List<Message> commands = changes.stream()
                .map(QueuedChange::command)
                .filter(Objects::nonNull)
                .toList();
        return new State(
                lock,
                repository.find(changes.stream()
                        .map(QueuedChange::registration)
                        .distinct()
                        .toList()),
                inbox.firstTimes(commands));
    }

    @Override
    public Payments.Changed decide(State state, QueuedChange change) {
        @Nullable Message command = change.command();
        if (command == null) {
            return decideTriggers(state, change);
        }
        if (!state.firstTimes.remove(command.id())) {
            Payment before = state.payment(change.registration());
            return new Payments.Changed(before, before);
        }
        try {
            return decideTriggers(state, change);
        } catch (RuntimeException e) {
            state.refusedCommands.add(command.id());
            throw e;
        }
    }

    private Payments.Changed decideTriggers(State state, QueuedChange change) {
        Payment before = state.payment(change.registration());
        if (!change.allowed().test(before)) {
            return new Payments.Changed(before, before);
        }
        @Nullable StoredWebhook webhook = change.webhook();
        try {
            for (PaymentTrigger trigger : change.triggers()) {
                decide(state, change, trigger);
            }
            if (webhook != null) {
                state.webhooks.add(new WebhookOutcome(webhook, WebhookResult.APPLIED, null));
            }
        } catch (RuntimeException e) {
            if (webhook == null) {
                throw e;
            }
            state.webhooks.add(failed(webhook, e));
        }
        return new Payments.Changed(before, state.payment(change.registration()));
    }

    private WebhookOutcome failed(StoredWebhook webhook, RuntimeException why) {
        if (why instanceof NotReady early
                && clock.instant().isBefore(webhook.receivedAt().plus(SUBJECT_ARRIVES_WITHIN))) {
            log.info("A webhook of {} cannot be applied yet: {}", webhook.provider(), early.getMessage());
            return new WebhookOutcome(webhook, WebhookResult.WAITS, null);
        }
        log.error(
                "Webhook {} of {} could not be applied",
                webhook.eventId(),
                webhook.provider(),
                RedactedException.of(why));
        return new WebhookOutcome(webhook, WebhookResult.FAILED, RedactedException.types(why));
    }

    private void decide(State state, QueuedChange change, PaymentTrigger trigger) {
        Instant now = clock.instant();
        Payment former = state.payment(change.registration());
        Decision decision = PaymentRules.decide(former, trigger, now, ids);
        if (decision.next().equals(former) && decision.events().isEmpty()) {
            return;
        }
        Payment next = decision.next()
                .withSequence(former.sequence() + decision.events().size());
        List<UnnumberedDocument> documents = new ArrayList<>();
        for (Decision.Issue issue : decision.issues()) {
            String name = "unnumbered " + (state.documents.size() + documents.size());
            documents.add(new UnnumberedDocument(name, next, issue));
            next = next.withDocuments(Payment.append(
                    next.documents(), new IssuedDocument(issue.kind(), name, issue.amount(), issue.at())));
        }
        WorkChange work = WorkChange.of(former, next, now);
        Instant shown = next.shown(now);
        if (trigger instanceof PaymentTrigger.RefundTransferred transferred) {
            Instant at = Objects.requireNonNullElse(transferred.businessTime(), shown);
            state.acts.add(new StaffAct(act(next, transferred), at));
        }

        // Nothing throws from here on, so a trigger is recorded completely or not at all.
        state.documents.addAll(documents);
        long sequence = former.sequence();
        for (EventType type : decision.events()) {
            state.events.add(new PendingEvent(next, type, ++sequence, change.trace()));
        }
        decision.postings()
                .forEach(posting -> state.postings.add(new PendingPosting(change.registration(), now, shown, posting)));
        work.closed().forEach(id -> {
            state.opened.remove(id);
            state.closed.put(id, change.registration());
        });
        work.open().forEach(id -> state.closed.remove(id));
        work.opened()
                .forEach(
                        one -> state.opened.put(one.id(), new PendingWork(change.registration(), one, change.trace())));
        state.changed.put(change.registration(), next);
    }

    private static Person.AuditEntry act(Payment payment, PaymentTrigger.RefundTransferred trigger) {
        return new Person.AuditEntry(
                trigger.organiser(),
                "transferred a refund",
                payment.conference(),
                payment.registration(),
                refund(trigger, "pending"),
                refund(trigger, "done"),
                trigger.reference());
    }

    private static JsonNode refund(PaymentTrigger.RefundTransferred trigger, String state) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("refund", trigger.refund().toString())
                .put("state", state);
    }

    /**
     * The change of a payment's open work.
     *
     * @param open ids of all open work after the change
     * @param opened work that is new or due at another time; work that a job has postponed stays postponed
     */
    private record WorkChange(List<UUID> closed, Set<UUID> open, List<OpenWork> opened) {

        static WorkChange of(Payment former, Payment next, Instant now) {
            List<OpenWork> before = OpenWork.of(former, now);
            List<OpenWork> after = OpenWork.of(next, now);
            boolean newRequest = !Objects.equals(former.request(), next.request());
            Set<UUID> open = after.stream().map(OpenWork::id).collect(Collectors.toSet());
            return new WorkChange(
                    before.stream()
                            .map(OpenWork::id)
                            .filter(id -> !open.contains(id))
                            .toList(),
                    open,
                    after.stream()
                            .filter(work ->
                                    !before.contains(work) || (newRequest && work.kind() == OpenWork.Kind.SESSION))
                            .toList());
        }
    }

    @Override
    public void write(State state) {
        repository.write(state, clock.instant());
        state.acts.forEach(act -> audit.write(act.entry(), act.at()));
    }

    @Override
    public void committed(State state) {
        if (state.opened.values().stream().anyMatch(pending -> isDue(pending.work()))) {
            pulse.soon();
        }
        state.changed.values().stream()
                .filter(payment -> payment.request() != null)
                .forEach(payment -> listeners.forEach(listener -> listener.accept(payment)));
    }

    private boolean isDue(OpenWork work) {
        return work.dueAt() != null && !work.dueAt().isAfter(clock.instant());
    }
}
