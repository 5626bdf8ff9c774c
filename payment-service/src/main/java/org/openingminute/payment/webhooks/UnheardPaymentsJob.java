package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.payment.checkout.ProviderSessions;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks providers, every 15 s unless configured otherwise, for whom something was paid, and has those of our sessions asked
 * about at once that are still open: so a payment of which no message came is found within a minute, by one list for all
 * sessions and one call for each payment that was not heard of. Asking about each open session that often is more than
 * providers take.
 */
@Component
final class UnheardPaymentsJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(UnheardPaymentsJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    /** How far a provider's clock may be from ours, and how late something that was paid may show. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    /** What was paid before an outage of ours that was longer is found when each session is asked about, which is then due. */
    private static final Duration LOOKS_BACK = Duration.ofHours(1);

    private final WatchRepository watch;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;

    UnheardPaymentsJob(WatchRepository watch, ProviderSessions sessions, Providers providers, Clock clock) {
        super("unheard-payments", PAUSE);
        this.watch = watch;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    protected boolean work() {
        for (CardProvider provider : providers.cards()) {
            Instant now = clock.instant();
            watch.claim(watched(provider), now).ifPresent(until -> ask(provider, until, now));
        }
        return false;
    }

    private void ask(CardProvider provider, Instant until, Instant now) {
        Instant earliest = now.minus(LOOKS_BACK);
        try {
            sessions.askAbout(
                    provider, provider.paidSince((until.isAfter(earliest) ? until : earliest).minus(OVERLAP)));
            watch.askedUntil(watched(provider), now);
        } catch (ProviderUnavailable e) {
            log.warn("For whom something was paid is asked later: {}", e.getMessage());
        }
    }

    private static String watched(CardProvider provider) {
        return provider.name() + " paid";
    }
}
