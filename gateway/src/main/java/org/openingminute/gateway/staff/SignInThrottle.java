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
 * Slows down the guessing of passwords. A few attempts may fail for each account and place, and some more for each place; after that, each
 * further attempt has to wait, twice as long each time. Failures are forgotten some time after the last one ({@link
 * GatewaySettings.SignIn}). A guesser cannot lock out an account's owner, because the owner's place is another. Names without an account
 * are counted like others, so that the counting does not reveal which accounts exist. Thread-safe; each gateway counts by itself.
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
     * The origin of an attempt.
     *
     * @param account the name that was entered, whether or not an account has it
     * @param place the client's address, or the id of a browser that has signed in to the account before
     */
    record Guesser(String account, String place) {

        private Guesser atAnyAccount() {
            return new Guesser("", place);
        }
    }

    private record Failures(int count, long last) {}

    /** The time in milliseconds that the next attempt has to wait after the free ones; zero or less if it need not wait. */
    private long waits(Failures failed, int free, long now) {
        double doubled = Math.scalb((double) allowed.firstPause().toMillis(), failed.count() - free);
        long pause = failed.count() < free
                ? 0
                : (long) Math.min(doubled, (double) allowed.longestPause().toMillis());
        return failed.last() + pause - now;
    }

    /**
     * Begins an attempt. It counts as failed until it succeeds, so that concurrent attempts count, too.
     *
     * @return how long to wait; empty if the attempt may be made
     */
    synchronized Optional<Duration> begin(Guesser guesser) {
        long now = clock.millis();
        long waits = Math.max(
                waits(known(guesser, now), allowed.failures(), now),
                // Otherwise a place could try one password with every name.
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
        // Makes the entry the youngest.
        failures.remove(guesser);
        failures.put(guesser, new Failures(before + 1, now));
    }

    /** The recent failures of a place at all accounts, including the attempt that it has just begun. */
    synchronized int failures(Guesser guesser) {
        return known(guesser.atAnyAccount(), clock.millis()).count();
    }

    /** Cancels an attempt that was not decided. */
    synchronized void takeBack(Guesser guesser) {
        uncount(guesser);
        uncount(guesser.atAnyAccount());
    }

    private void uncount(Guesser guesser) {
        failures.computeIfPresent(guesser, (_, known) -> new Failures(Math.max(known.count() - 1, 0), known.last()));
    }

    /** Reports that the attempt succeeded. The failures before it were the owner's own and are removed; those at other accounts stay. */
    synchronized void succeeded(Guesser guesser) {
        failures.remove(guesser);
        uncount(guesser.atAnyAccount());
    }
}
