package org.openingminute.gateway.staff;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. Of each account and place that tries, a few attempts may fail, and of each place some more; then
 * each waits for a pause that doubles. Some time after the last one all are forgotten ({@link GatewaySettings.SignIn}). A guesser cannot
 * lock out the account's owner, whose place is another. Names without an account are counted as others are, so that no count tells which there
 * are. Safe for use by many threads; each gateway counts for itself.
 */
@Component
final class SignInThrottle {

    private static final int KEPT_AT_MOST = 50_000;

    private final Clock clock;
    private final GatewaySettings.SignIn allowed;
    private final Map<Guesser, Failures> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, Failures> eldest) {
            return size() > KEPT_AT_MOST;
        }
    };

    SignInThrottle(Clock clock, GatewaySettings settings) {
        this.clock = clock;
        this.allowed = settings.staff().signIn();
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

    private record Failures(int count, long last) {}

    /** How many milliseconds a next attempt has to wait, where so many are free; not above zero if it need not. */
    private long waits(Failures failed, int free, long now) {
        double doubled = Math.scalb((double) allowed.firstPause().toMillis(), failed.count() - free);
        long pause = failed.count() < free
                ? 0
                : (long) Math.min(doubled, (double) allowed.longestPause().toMillis());
        return failed.last() + pause - now;
    }

    /**
     * Begins an attempt, which counts as failed until it has succeeded: attempts at once are counted, too.
     *
     * @return how long to wait; empty if the attempt may be made
     */
    synchronized Optional<Duration> begin(Guesser guesser) {
        long now = clock.millis();
        long waits = Math.max(
                waits(known(guesser, now), allowed.failures(), now),
                // Else a place could try one password at each name.
                waits(known(guesser.atAnyAccount(), now), allowed.failuresInAll(), now));
        if (waits > 0) {
            return Optional.of(Duration.ofMillis(waits));
        }
        count(guesser, now);
        count(guesser.atAnyAccount(), now);
        return Optional.empty();
    }

    private Failures known(Guesser guesser, long now) {
        @Nullable Failures known = failures.get(guesser);
        return known == null || now - known.last() >= allowed.forgottenAfter().toMillis()
                ? new Failures(0, now)
                : known;
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
