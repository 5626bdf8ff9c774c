package org.openingminute.payment.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.batch.CommitQueue;
import org.openingminute.messaging.batch.CommitQueues;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.PaymentRepository.StoredPayments;
import org.openingminute.payment.store.WebhookOutcomes.StoredWebhook;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Applies triggers to payments, many in one transaction together with their events. */
@Component
public final class Payments {

    private static final Logger log = LoggerFactory.getLogger(Payments.class);

    private final PaymentRepository repository;
    private final PaymentBatch batch;
    private final CommitQueue<QueuedChange, Changed> queue;
    private final TraceContext traces;

    Payments(PaymentRepository repository, PaymentBatch batch, CommitQueues queues, TraceContext traces) {
        this.repository = repository;
        this.batch = batch;
        this.queue = queues.queue("payments", batch);
        this.traces = traces;
    }

    /** A payment before and after its triggers; documents issued by these have no numbers yet. */
    public record Changed(Payment before, Payment after) {}

    /** A command and its trigger. */
    record QueuedCommand(Message message, UUID registration, PaymentTrigger trigger) {}

    /**
     * Applies a trigger and waits for the commit. A repeated trigger has no further effect.
     *
     * @throws org.openingminute.payment.lifecycle.NotReady if the subject of the trigger has not arrived
     * @throws org.springframework.dao.TransientDataAccessException if it was not committed in time
     */
    public Changed apply(UUID registration, PaymentTrigger trigger) {
        return apply(registration, List.of(trigger));
    }

    /** Applies triggers in order. If one is not ready, those before it are applied. */
    public Changed apply(UUID registration, List<PaymentTrigger> triggers) {
        return queue.apply(change(registration, triggers, _ -> true));
    }

    /** Applies a trigger if a condition on the payment, tested in the transaction and under the lock, holds. */
    public Changed apply(UUID registration, PaymentTrigger trigger, Predicate<Payment> allowed) {
        return queue.apply(change(registration, List.of(trigger), allowed));
    }

    /** Queues the triggers of a stored webhook; the webhook's outcome is saved in the same transaction. */
    public CompletableFuture<Changed> submit(StoredWebhook webhook, UUID registration, List<PaymentTrigger> triggers) {
        return queue.submitAll(
                        List.of(new QueuedChange(registration, triggers, _ -> true, null, webhook, traces.current())))
                .getFirst();
    }

    /** Applies the commands of one poll, each once. */
    void apply(List<QueuedCommand> commands) {
        queue.applyAll(commands.stream()
                .map(command -> new QueuedChange(
                        command.registration(),
                        List.of(command.trigger()),
                        _ -> true,
                        command.message(),
                        null,
                        traces.of(command.message().headers())))
                .toList());
    }

    private QueuedChange change(UUID registration, List<PaymentTrigger> triggers, Predicate<Payment> allowed) {
        return new QueuedChange(registration, triggers, allowed, null, null, traces.current());
    }

    /**
     * Returns the payment, with or without a request.
     *
     * @throws IllegalStateException if it cannot be read
     */
    public Optional<Payment> find(UUID registration) {
        return repository.find(List.of(registration)).find(registration);
    }

    /** Returns the known payments by registration, without those that cannot be read. */
    public Map<UUID, Payment> find(Collection<UUID> registrations) {
        StoredPayments stored = repository.find(registrations);
        stored.unreadable()
                .forEach((registration, why) -> log.error(
                        "The payment of registration {} cannot be read", registration, RedactedException.of(why)));
        return stored.readable();
    }

    /**
     * Adds a listener.
     *
     * @param listener gets each payment with a request that this instance has changed, after the commit; must not block
     */
    public void onChange(Consumer<Payment> listener) {
        batch.onChange(listener);
    }
}
