package org.openingminute.payment.webhooks;

import java.io.Serial;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.store.Payments;
import org.openingminute.payment.store.WebhookOutcomes.WebhookOutcome;
import org.openingminute.payment.store.WebhookOutcomes.WebhookResult;
import org.openingminute.payment.webhooks.WebhookRepository.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Applies stored webhooks, in any order and on any instance: repeated triggers are recognised under the payment's lock. A webhook that
 * waits for a provider is retried without limit; one whose payment is still unknown after a day fails.
 */
@Component
final class WebhookApplication {

    private static final Logger log = LoggerFactory.getLogger(WebhookApplication.class);

    /** Longer than a provider takes to respond. */
    private static final Duration ASKED_WITHIN = Duration.ofSeconds(30);

    private static final int ASKED_AT_ONCE = 16;

    /**
     * Bounds concurrent calls: refunding a whole conference brings thousands of webhooks at once, and batches and payers need the pool's
     * connections.
     */
    private final Semaphore asking = new Semaphore(ASKED_AT_ONCE);

    private final WebhookRepository messages;
    private final Payments payments;
    private final Providers providers;
    private final Clock clock;
    private final TraceContext traces;

    WebhookApplication(
            WebhookRepository messages, Payments payments, Providers providers, Clock clock, TraceContext traces) {
        this.messages = messages;
        this.payments = payments;
        this.providers = providers;
        this.clock = clock;
        this.traces = traces;
    }

    private static final class ProviderNeeded extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    /**
     * Queues a webhook that was just stored. Never throws, and calls no provider on the caller's thread. A webhook that needs a call to the
     * provider is left to the job while many others are calling.
     */
    void handOver(Waiting message) {
        try {
            var _ = submit(message, card(message).read(message.body(), _ -> {
                throw new ProviderNeeded();
            }));
        } catch (ProviderNeeded e) {
            if (asking.tryAcquire()) {
                Thread.startVirtualThread(() -> {
                    try {
                        apply(message);
                    } finally {
                        asking.release();
                    }
                });
            }
        } catch (RuntimeException e) {
            failed(message, e);
        }
    }

    /** Applies a webhook, with a call to the provider if needed. Returns once its outcome is saved. */
    void apply(Waiting message) {
        traces.resume("apply webhook", message.traceparent(), () -> {
            try {
                CardProvider card = card(message);
                submit(message, card.read(message.body(), payment -> {
                            messages.putOff(message.webhook(), clock.instant().plus(ASKED_WITHIN));
                            return card.registrationOf(payment);
                        }))
                        .join();
            } catch (RuntimeException e) {
                failed(message, e);
            }
        });
    }

    private CardProvider card(Waiting message) {
        return providers
                .card(message.provider())
                .orElseThrow(() -> new IllegalStateException(message.provider() + " is not configured"));
    }

    private CompletableFuture<?> submit(Waiting message, @Nullable ProviderEvents reported) {
        if (reported == null) {
            messages.note(List.of(new WebhookOutcome(message.webhook(), WebhookResult.IRRELEVANT, null)));
            return CompletableFuture.completedFuture(null);
        }
        return payments.submit(message.webhook(), reported.registration(), reported.triggers())
                .exceptionallyAsync(
                        e -> {
                            failed(message, e);
                            return null;
                        },
                        Thread::startVirtualThread);
    }

    /** Saves a failure. If no batch attempted the webhook, nothing is saved: it then counts as untried until the job applies it. */
    private void failed(Waiting message, Throwable why) {
        if (mayPass(why)) {
            log.info(
                    "A webhook of {} was not applied and is left to the job: {}",
                    message.provider(),
                    RedactedException.types(why));
            return;
        }
        boolean waits = why instanceof ProviderUnavailable;
        if (waits) {
            log.info("A webhook of {} cannot be applied yet: {}", message.provider(), RedactedException.types(why));
        } else {
            log.error(
                    "Webhook {} of {} could not be applied",
                    message.webhook().eventId(),
                    message.provider(),
                    RedactedException.of(why));
        }
        try {
            messages.note(List.of(new WebhookOutcome(
                    message.webhook(),
                    waits ? WebhookResult.WAITS : WebhookResult.FAILED,
                    waits ? null : RedactedException.types(why))));
        } catch (DataAccessException | TransactionException e) {
            log.info("The outcome of a webhook could not be noted: {}", RedactedException.types(e));
        }
    }

    /**
     * Whether the failure may pass because the database or the queue was unavailable. A webhook that the database refuses would be refused
     * again.
     */
    private static boolean mayPass(Throwable why) {
        return why instanceof TransientDataAccessException
                || why instanceof RecoverableDataAccessException
                || why instanceof DataAccessResourceFailureException
                || why instanceof TransactionException;
    }
}
