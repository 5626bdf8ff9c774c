package org.openingminute.gateway.staff;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords: five failed attempts a second for each account and client address, then a pause
 * until the next second. The address counts too, so that a guesser cannot lock out the account's owner, who signs in
 * from elsewhere. The longest wait is one second.
 */
@Component
final class SignInThrottle {

    private static final int FAILURES_PER_SECOND = 5;
    private static final int KEPT_AT_MOST = 10_000;

    private final Clock clock;
    private final Map<Guesser, RecentFailures> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, RecentFailures> eldest) {
            return size() > KEPT_AT_MOST;
        }
    };

    SignInThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Guesser(String account, String address) {}

    private record RecentFailures(long second, int failed) {}

    synchronized boolean mayAttempt(String account, String address) {
        RecentFailures known = failures.get(new Guesser(account, address));
        return known == null || known.second() != second() || known.failed() < FAILURES_PER_SECOND;
    }

    synchronized void failed(String account, String address) {
        long now = second();
        failures.merge(
                new Guesser(account, address),
                new RecentFailures(now, 1),
                (old, one) -> old.second() == now ? new RecentFailures(now, old.failed() + 1) : one);
    }

    private long second() {
        return clock.instant().getEpochSecond();
    }
}
