package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.payment.checkout.ProviderSessions;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Polls providers for new captures, every 15 s unless configured otherwise, and has their sessions checked at once if these are still open.
 * A payment whose webhook was lost is thus found within a minute, by one list for all sessions and one call per unreported payment. Polling
 * each open session that often would exceed providers' limits.
 */
@Component
final class UnreportedPaymentsJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(UnreportedPaymentsJob.class);

    /** The overlap of two polls, because a provider's clock may differ from ours, and it may list payments late. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    /** How far back it looks at most. After a longer outage, the regular check of each session, due by then, finds earlier captures. */
    private static final Duration LOOKBACK = Duration.ofHours(1);

    private final WatchRepository watch;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;

    UnreportedPaymentsJob(WatchRepository watch, ProviderSessions sessions, Providers providers, Clock clock) {
        super("unreported-payments");
        this.watch = watch;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return WatchRepository.dueAt(providers.cards().stream().map(UnreportedPaymentsJob::watched));
    }

    @Override
    protected boolean work() {
        for (CardProvider provider : providers.cards()) {
            Instant now = clock.instant();
            watch.claim(watched(provider), now).ifPresent(until -> fetch(provider, until, now));
        }
        return false;
    }

    private void fetch(CardProvider provider, Instant until, Instant now) {
        Instant earliest = now.minus(LOOKBACK);
        try {
            sessions.checkSoon(provider.paidSince((until.isAfter(earliest) ? until : earliest).minus(OVERLAP)), now);
            watch.polledUntil(watched(provider), now);
        } catch (ProviderUnavailable e) {
            log.warn("New captures could not be polled, retrying later: {}", e.getMessage());
        }
    }

    static String watched(CardProvider provider) {
        return provider.name() + " paid";
    }
}
