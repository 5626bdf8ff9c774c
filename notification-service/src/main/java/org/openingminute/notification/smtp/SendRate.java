package org.openingminute.notification.smtp;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets mails begin at a rate, until there are to be no more: then whoever waits for a turn goes without one, and at once. Safe
 * for all threads.
 */
public final class SendRate {

    private static final double SECOND = 1e9;
    private static final Duration AT_MOST = Duration.ofHours(1);

    private final RateLimiter rate;
    private volatile CountDownLatch closed = new CountDownLatch(1);

    SendRate(double perSecond) {
        rate = RateLimiter.of(
                "mails",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofNanos(Math.round(SECOND / perSecond)))
                        .timeoutDuration(AT_MOST)
                        .build());
    }

    /**
     * Waits for a turn.
     *
     * @return whether it came
     * @throws InterruptedException if this thread is to end
     */
    public boolean await() throws InterruptedException {
        long nanos = rate.reservePermission();
        return nanos >= 0 && !closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** From now on there are none. */
    public void close() {
        closed.countDown();
    }

    /** There are turns again. */
    public void open() {
        closed = new CountDownLatch(1);
    }
}
