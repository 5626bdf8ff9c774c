package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.PollingJob;
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
 * Asks providers what has happened to money that was captured. A payment is not looked at any more once it is, and a dispute
 * may come months later, so one whose message was lost would never be heard of.
 */
@Component
final class ProviderSweepJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(ProviderSweepJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    /** How far a provider's clock may be from ours, and how late something that happened may show. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    /** Money whose dispute or refund is told arrives by its own message, or is found within minutes; what has not in a day will not. */
    private static final Duration WAITS_AT_MOST = Duration.ofDays(1);

    private static final int REMEMBERED = 1_000;

    /** What the log has, so that it has it once. */
    private final Set<String> said = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    private final WatchRepository watch;
    private final ProviderSessions sessions;
    private final Providers providers;
    private final Clock clock;

    ProviderSweepJob(WatchRepository watch, ProviderSessions sessions, Providers providers, Clock clock) {
        super("lost-news", PAUSE);
        this.watch = watch;
        this.sessions = sessions;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    protected boolean work() {
        for (CardProvider provider : providers.cards()) {
            Instant now = clock.instant();
            watch.claim(provider.name(), now).ifPresent(until -> ask(provider, until, now));
        }
        return false;
    }

    private void ask(CardProvider provider, Instant until, Instant now) {
        Instant since = until.minus(OVERLAP);
        // What waits is told again from here, and what came after it too, which changes nothing.
        @Nullable Instant waits = null;
        try {
            @Nullable Instant next = since;
            while (next != null) {
                since = next;
                ProviderEvents.Page page = provider.sinceCapture(since);
                for (ProviderEvents news : page.news()) {
                    if (!applied(provider, news, now)) {
                        waits = earlier(waits, news.sinceCapture().orElse(since));
                    }
                }
                next = page.next() != null && page.next().isAfter(since) ? page.next() : null;
            }
            since = now;
        } catch (ProviderUnavailable e) {
            log.warn("What became of captured money is asked later: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("What {} tells of captured money is asked again", provider.name(), e);
        }
        // As far as it was told, also where the rest was not.
        watch.askedUntil(provider.name(), earlier(waits, since));
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one != null && one.isBefore(other) ? one : other;
    }

    /**
     * Whether it is done with. What tells of money that has not arrived, or cannot be applied for another reason, is told again for
     * a day, and keeps nothing else from being told.
     */
    private boolean applied(CardProvider provider, ProviderEvents news, Instant now) {
        try {
            sessions.apply(news);
            return true;
        } catch (RuntimeException e) {
            boolean isOver = news.sinceCapture().orElse(now).isBefore(now.minus(WAITS_AT_MOST));
            if (isOver ? said.add("over " + news) : !(e instanceof NotReady) && said.add(news.toString())) {
                log.error(
                        "What {} tells of captured money of registration {} cannot be applied, and is {}",
                        provider.name(),
                        news.registration(),
                        isOver ? "passed over" : "told again for a day",
                        e);
            } else {
                log.debug("What became of money of registration {} waits: {}", news.registration(), e.getMessage());
            }
            return isOver;
        }
    }
}
