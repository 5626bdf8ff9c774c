package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.checkout.ProviderSessions;
import org.openingminute.payment.lifecycle.NotReady;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Applies stored webhooks. They may be applied in any order and by any instance, because repeated triggers are
 * recognised under the payment's lock. A webhook that waits for a provider is retried for as long as it takes; one whose
 * payment is unknown after a day fails.
 */
@Component
final class WebhookJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(WebhookJob.class);
    private static final int AT_ONCE = 16;
    private static final Duration SUBJECT_ARRIVES_WITHIN = Duration.ofDays(1);

    private final WebhookRepository messages;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;
    private final TraceContext traces;

    WebhookJob(
            WebhookRepository messages,
            ProviderSessions sessions,
            Providers providers,
            Clock clock,
            TraceContext traces) {
        super("webhooks");
        this.messages = messages;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
        this.traces = traces;
    }

    @Override
    public String dueAt() {
        return "select min(next_at) from webhook_event where state = 'waiting'";
    }

    @Override
    protected boolean work() {
        List<WebhookRepository.Waiting> claimed = messages.claim(clock.instant(), AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            claimed.forEach(message ->
                    threads.execute(() -> traces.resume("apply webhook", message.traceparent(), () -> apply(message))));
        }
        return claimed.size() == AT_ONCE;
    }

    private void apply(WebhookRepository.Waiting message) {
        try {
            ProviderEvents reported = providers
                    .card(message.provider())
                    .orElseThrow(() -> new IllegalStateException(message.provider() + " is not configured"))
                    .read(message.body());
            if (reported != null) {
                sessions.apply(reported);
            }
            messages.applied(message);
        } catch (NotReady e) {
            if (clock.instant().isBefore(message.receivedAt().plus(SUBJECT_ARRIVES_WITHIN))) {
                waits(message, e);
            } else {
                fails(message, e);
            }
        } catch (ProviderUnavailable | DataAccessException | TransactionException e) {
            waits(message, e);
        } catch (RuntimeException e) {
            fails(message, e);
        }
    }

    private static void waits(WebhookRepository.Waiting message, RuntimeException why) {
        log.info("A webhook of {} cannot be applied yet: {}", message.provider(), why.toString());
    }

    private void fails(WebhookRepository.Waiting message, RuntimeException why) {
        log.error("Webhook {} of {} could not be applied", message.eventId(), message.provider(), why);
        messages.notApplied(message, why.toString());
    }
}
