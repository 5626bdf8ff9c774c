package org.openingminute.payment.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.openingminute.payment.checkout.ProviderSessions;
import org.openingminute.payment.payment.Act;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.work.RepeatingJob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks providers which disputes have begun or ended. A payment is not looked at any more once it is captured, and a dispute
 * may come months later, so one whose message was lost would never be heard of.
 */
@Component
final class LostDisputesJob extends RepeatingJob {

    private static final Logger log = LoggerFactory.getLogger(LostDisputesJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    /** How far a provider's clock may be from ours, and how late something that happened may show. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    private final WatchRepository watch;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;

    LostDisputesJob(WatchRepository watch, ProviderSessions sessions, Providers providers, Clock clock) {
        super("lost-disputes", PAUSE);
        this.watch = watch;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    protected boolean work() {
        for (PaymentProvider provider : providers.all()) {
            Instant now = clock.instant();
            watch.claim(provider.name(), now).ifPresent(until -> ask(provider, until, now));
        }
        return false;
    }

    private void ask(PaymentProvider provider, Instant until, Instant now) {
        try {
            Instant since = until.minus(OVERLAP);
            List<ProviderSession> told = provider.disputed(since);
            while (!told.isEmpty()) {
                told.forEach(sessions::apply);
                Instant latest = latest(told);
                if (!latest.isAfter(since)) {
                    break;
                }
                since = latest;
                told = provider.disputed(since);
            }
            watch.askedUntil(provider.name(), now);
        } catch (ProviderUnavailable e) {
            log.warn("Disputes are asked about later: {}", e.getMessage());
        }
    }

    private static Instant latest(List<ProviderSession> told) {
        return told.stream()
                .flatMap(session -> session.happened().stream())
                .flatMap(LostDisputesJob::changed)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    private static Stream<Instant> changed(Act act) {
        if (act instanceof Act.DisputeOpened opened) {
            return Stream.of(opened.at());
        }
        return act instanceof Act.DisputeEnded ended ? Stream.of(ended.at()) : Stream.empty();
    }
}
