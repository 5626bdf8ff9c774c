package org.openingminute.notification.smtp;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Permits mails to begin at a certain rate. Once it is closed, waiting threads return at once without a permit. */
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
     * Waits for a permit.
     *
     * @return true with a permit; false if the rate is closed
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await() throws InterruptedException {
        long nanos = rate.reservePermission();
        return nanos >= 0 && !closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Whether permits are given. */
    public boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Stops giving permits. */
    public void close() {
        closed.countDown();
    }

    /** Gives permits again. */
    public void open() {
        closed = new CountDownLatch(1);
    }
}
