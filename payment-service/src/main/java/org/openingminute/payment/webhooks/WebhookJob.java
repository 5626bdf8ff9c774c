package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.springframework.stereotype.Component;

/** Applies the webhooks that a crash left unprocessed, and those that wait for their next attempt. */
@Component
final class WebhookJob extends PollingJob implements DueWork {

    private static final int AT_ONCE = 64;

    private final WebhookRepository messages;
    private final WebhookApplication application;
    private final Clock clock;

    WebhookJob(WebhookRepository messages, WebhookApplication application, Clock clock) {
        super("webhooks");
        this.messages = messages;
        this.application = application;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return "select min(next_at) from webhook_event where state = 'waiting'";
    }

    @Override
    protected boolean work() {
        List<WebhookRepository.Waiting> claimed = messages.claim(clock.instant(), AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            claimed.forEach(message -> threads.execute(() -> application.apply(message)));
        }
        return claimed.size() == AT_ONCE;
    }
}
