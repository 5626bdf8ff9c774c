package org.openingminute.gateway.staff;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords: five failed attempts a second for each account and client address, then a pause
 * until the next second. The address counts too, so that a guesser cannot lock out the account's owner, who signs in
 * from elsewhere; and one second is the longest wait.
 */
@Component
final class SignInThrottle {

    private static final int FAILED_TRIES_PER_SECOND = 5;
    private static final int KEPT_AT_MOST = 10_000;

    private final Clock clock;
    private final Map<Guesser, Tries> tries = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, Tries> eldest) {
            return size() > KEPT_AT_MOST;
        }
    };

    SignInThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Guesser(String account, String address) {}

    private record Tries(long second, int failed) {}

    synchronized boolean mayTry(String account, String address) {
        Tries known = tries.get(new Guesser(account, address));
        return known == null || known.second() != second() || known.failed() < FAILED_TRIES_PER_SECOND;
    }

    synchronized void failed(String account, String address) {
        long now = second();
        tries.merge(
                new Guesser(account, address),
                new Tries(now, 1),
                (old, one) -> old.second() == now ? new Tries(now, old.failed() + 1) : one);
    }

    private long second() {
        return clock.instant().getEpochSecond();
    }
}
