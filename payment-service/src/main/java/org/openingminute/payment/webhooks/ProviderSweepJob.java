package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.payment.checkout.ProviderSessions;
import org.openingminute.payment.lifecycle.NotReady;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.Providers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Polls providers for disputes and refunds of captured money. Sessions are not polled after their capture, and a dispute may come months
 * later, so without this job one whose webhook was lost would never be noticed.
 */
@Component
final class ProviderSweepJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(ProviderSweepJob.class);

    /** The overlap of two polls, because a provider's clock may differ from ours, and it may list events late. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    /**
     * How long a report waits for its capture. The capture arrives by its own webhook or is found within minutes; after a day it will not
     * come any more.
     */
    private static final Duration WAITS_AT_MOST = Duration.ofDays(1);

    private static final int LOGGED_AT_MOST = 1_000;

    /** Reports that were logged, so that each is logged only once. */
    private final Set<String> logged = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > LOGGED_AT_MOST;
        }
    });

    private final WatchRepository watch;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;

    ProviderSweepJob(WatchRepository watch, ProviderSessions sessions, Providers providers, Clock clock) {
        super("provider-sweep");
        this.watch = watch;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return WatchRepository.dueAt(providers.cards().stream().map(CardProvider::name));
    }

    @Override
    protected boolean work() {
        for (CardProvider provider : providers.cards()) {
            Instant now = clock.instant();
            watch.claim(provider.name(), now).ifPresent(until -> fetch(provider, until, now));
        }
        return false;
    }

    private void fetch(CardProvider provider, Instant until, Instant now) {
        Instant since = until.minus(OVERLAP);
        // Waiting reports are polled again from here on. Later reports are polled again as well, which changes nothing.
        @Nullable Instant waits = null;
        try {
            @Nullable Instant next = since;
            while (next != null) {
                since = next;
                ProviderEvents.EventPage page = provider.sinceCapture(since);
                for (ProviderEvents reported : page.events()) {
                    if (!applied(provider, reported, now)) {
                        waits = earlier(waits, reported.sinceCapture().orElse(since));
                    }
                }
                next = page.next() != null && page.next().isAfter(since) ? page.next() : null;
            }
            since = now;
        } catch (ProviderUnavailable e) {
            log.warn("Events about captured money could not be polled, retrying later: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error(
                    "Processing events of {} about captured money failed, polling them again",
                    provider.name(),
                    RedactedException.of(e));
        }
        // Saved up to the last report that was read, even if the rest failed.
        watch.polledUntil(provider.name(), earlier(waits, since));
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one != null && one.isBefore(other) ? one : other;
    }

    /**
     * Whether a report is finished. A report about money that has not arrived, or that cannot be applied for another reason, is polled
     * again for a day and does not block others.
     */
    private boolean applied(CardProvider provider, ProviderEvents reported, Instant now) {
        try {
            sessions.apply(reported);
            return true;
        } catch (RuntimeException e) {
            boolean isOver = reported.sinceCapture().orElse(now).isBefore(now.minus(WAITS_AT_MOST));
            if (isOver ? logged.add("over " + reported) : !(e instanceof NotReady) && logged.add(reported.toString())) {
                log.error(
                        "An event of {} about captured money of registration {} cannot be applied, {}",
                        provider.name(),
                        reported.registration(),
                        isOver ? "skipping it" : "polling it again for a day",
                        RedactedException.of(e));
            } else {
                log.debug(
                        "An event about captured money of registration {} cannot be applied yet: {}",
                        reported.registration(),
                        RedactedException.types(e));
            }
            return isOver;
        }
    }
}
