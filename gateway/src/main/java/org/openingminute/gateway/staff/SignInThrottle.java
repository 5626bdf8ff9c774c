package org.openingminute.gateway.staff;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. Of each account and place that tries, five attempts may fail; then each waits for a pause
 * that doubles, from a second to 15 minutes. An hour after the last one all are forgotten. A guesser cannot lock out the account's
 * owner, whose place is another. Safe for use by many threads; each gateway counts for itself.
 */
@Component
final class SignInThrottle {

    private static final int FREE = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
    private static final int LONGEST_AFTER = 10;
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final int KEPT_AT_MOST = 50_000;

    private final Clock clock;
    private final Map<Guesser, Failures> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, Failures> eldest) {
            return size() > KEPT_AT_MOST;
        }
    };

    SignInThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Who tries.
     *
     * @param account the account's name, or one for all that are unknown
     * @param place a client's address, or the browser that has signed in to the account before
     */
    record Guesser(String account, String place) {}

    private record Failures(int count, long last) {

        private long pause() {
            int doublings = Math.clamp(count - (long) FREE, 0, LONGEST_AFTER);
            return count < FREE ? 0 : Math.min(FIRST_PAUSE.toMillis() << doublings, LONGEST_PAUSE.toMillis());
        }
    }

    /**
     * Begins an attempt, which counts as failed until it has succeeded: attempts at once are counted, too.
     *
     * @return how long to wait; empty if the attempt may be made
     */
    synchronized Optional<Duration> begin(Guesser guesser) {
        long now = clock.millis();
        @Nullable Failures known = failures.remove(guesser);
        if (known == null || now - known.last() >= FORGOTTEN.toMillis()) {
            known = new Failures(0, now);
        }
        long waits = known.last() + known.pause() - now;
        failures.put(guesser, waits > 0 ? known : new Failures(known.count() + 1, now));
        return waits > 0 ? Optional.of(Duration.ofMillis(waits)) : Optional.empty();
    }

    /** Ends an attempt without a verdict. */
    synchronized void takeBack(Guesser guesser) {
        failures.computeIfPresent(guesser, (_, known) -> new Failures(Math.max(known.count() - 1, 0), known.last()));
    }

    /** The attempt has succeeded, so that the failures before it were the owner's. */
    synchronized void succeeded(Guesser guesser) {
        failures.remove(guesser);
    }
}
