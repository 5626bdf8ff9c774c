package org.openingminute.gateway.staff;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. Of each account and place that tries, five attempts may fail, and of each place fifty; then each
 * waits for a pause that doubles, from a second to 15 minutes. An hour after the last one all are forgotten. A guesser cannot lock out
 * the account's owner, whose place is another. Names without an account are counted as others are, so that no count tells which there
 * are. Safe for use by many threads; each gateway counts for itself.
 */
@Component
final class SignInThrottle {

    private static final int FREE = 5;
    /** Else a place could try one password at each name. */
    private static final int FREE_OF_PLACE = 50;

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
     * @param account a name, of an account or not
     * @param place a client's address, or the browser that has signed in to the account before
     */
    record Guesser(String account, String place) {

        private Guesser atAnyAccount() {
            return new Guesser("", place);
        }
    }

    private record Failures(int count, long last) {

        private long waits(int free, long now) {
            int doublings = Math.clamp(count - (long) free, 0, LONGEST_AFTER);
            long pause = count < free ? 0 : Math.min(FIRST_PAUSE.toMillis() << doublings, LONGEST_PAUSE.toMillis());
            return last + pause - now;
        }
    }

    /**
     * Begins an attempt, which counts as failed until it has succeeded: attempts at once are counted, too.
     *
     * @return how long to wait; empty if the attempt may be made
     */
    synchronized Optional<Duration> begin(Guesser guesser) {
        long now = clock.millis();
        long waits = Math.max(
                known(guesser, now).waits(FREE, now),
                known(guesser.atAnyAccount(), now).waits(FREE_OF_PLACE, now));
        if (waits > 0) {
            return Optional.of(Duration.ofMillis(waits));
        }
        count(guesser, now);
        count(guesser.atAnyAccount(), now);
        return Optional.empty();
    }

    private Failures known(Guesser guesser, long now) {
        @Nullable Failures known = failures.get(guesser);
        return known == null || now - known.last() >= FORGOTTEN.toMillis() ? new Failures(0, now) : known;
    }

    private void count(Guesser guesser, long now) {
        int before = known(guesser, now).count();
        // It becomes the youngest.
        failures.remove(guesser);
        failures.put(guesser, new Failures(before + 1, now));
    }

    /** How often that place has failed of late, at whatever account, the attempt included that it has just begun. */
    synchronized int failures(Guesser guesser) {
        return known(guesser.atAnyAccount(), clock.millis()).count();
    }

    /** Ends an attempt without a verdict. */
    synchronized void takeBack(Guesser guesser) {
        uncount(guesser);
        uncount(guesser.atAnyAccount());
    }

    private void uncount(Guesser guesser) {
        failures.computeIfPresent(guesser, (_, known) -> new Failures(Math.max(known.count() - 1, 0), known.last()));
    }

    /** The attempt has succeeded, so that the failures before it were the owner's; those at other accounts stay. */
    synchronized void succeeded(Guesser guesser) {
        failures.remove(guesser);
        uncount(guesser.atAnyAccount());
    }
}
