package org.openingminute.payment.webhooks;

import java.util.Map;
import org.openingminute.messaging.outbox.ProgressReport;
import org.openingminute.payment.provider.Providers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Reports each second the age of the oldest provider event that this service has not attempted to process. While that age is high, or
 * nothing is reported, registration-service keeps ended holds, because their payments may have been made.
 */
@Configuration(proxyBeanMethods = false)
class UntriedEvents {

    /**
     * A webhook counts as untried until its outcome is saved, by its batch or because its provider did not respond. Sessions and a
     * provider's list of payments count as untried while they are due, because each claim postpones them. What was attempted and waits for
     * its next attempt does not count.
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
        // Only configured providers: nobody polls the others.
        String[] lists =
                providers.cards().stream().map(UnreportedPaymentsJob::watched).toArray(String[]::new);
        return new ProgressReport("payment.progress.v1", SINCE, Map.of("lists", lists));
    }
}
