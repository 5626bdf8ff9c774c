package org.openingminute.payment.webhooks;

import java.util.Map;
import org.openingminute.messaging.outbox.ProgressReport;
import org.openingminute.payment.provider.Providers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Reports each second how old the oldest event of a provider is that this service has not tried. While it is old, or nothing
 * is reported, registration-service lets holds wait, because their money may have been paid.
 */
@Configuration(proxyBeanMethods = false)
class UntriedEvents {

    /**
     * A webhook is untried until an outcome is noted: by its batch, or because its provider did not answer. Sessions and a provider's
     * list of payments are untried while they are due, because each claim puts them off. What was tried and waits for its next time
     * does not count.
     */
    private static final String SINCE = """
            select min(since)
              from (select min(received_at) as since from webhook_event where state = 'waiting' and not tried
                    union all
                    select min(due_at) from payment_open where what = 'session' and due_at <= :now
                    union all
                    select min(next_at) from provider_watch where provider = any(:lists) and next_at <= :now) as untried
            """;

    @Bean
    ProgressReport progressReport(Providers providers) {
        // Not those of providers that are no longer configured: nobody polls them.
        String[] lists =
                providers.cards().stream().map(UnreportedPaymentsJob::watched).toArray(String[]::new);
        return new ProgressReport("payment.progress.v1", SINCE, Map.of("lists", lists));
    }
}
