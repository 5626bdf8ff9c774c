package org.openingminute.notification.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of the mails being sent, so that no two living instances send the same mail. The holder of a mail renews its
 * lease five times in the time of a lease, until the outcome of the mail is saved, however long that takes. Renewal has its own
 * thread, which neither dispatch nor a mail server delays, and which goes on while a stopping instance hands over its last
 * mails.
 *
 * <p>So a lease expires for only two reasons: its holder died, or no instance could reach the database. After an outage all
 * leases have expired at once, and either may act first: a holder that has to save the server's acceptance, or another instance
 * that takes the mail for abandoned. Therefore an instance takes over another's mails only after the database has answered
 * throughout the time of a lease: by then every living holder has renewed. It asks for that long only while mails are due or being
 * sent, and an idle instance asks nothing. A lease as long as the longest delivery and its
 * saving would not need this rule, but would leave a dead instance's mails unsent for many minutes.
 *
 * <p>Renewals have their own connection, which times out within the time between two renewals, because one that hung would
 * use up the time of all others.
 *
 * <p>One risk remains: between the server's acceptance and the saved outcome, a single holder may be cut off from the
 * database, or halted, for longer than a lease. Others cannot distinguish that from its death.
 */
final class LeaseKeeper {

    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    /** The number of renewals in the time of one lease. */
    static final int RENEWALS = 5;

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Consumer<Collection<UUID>> renewal;
    private final Supplier<Collection<UUID>> underway;
    private final long lease;
    private final long every;
    private final LongSupplier nanos;

    private final Semaphore watch = new Semaphore(0);
    private CountDownLatch stopped = new CountDownLatch(0);
    private volatile long watchedUntil;
    private @Nullable Thread thread;

    private boolean answered;
    private boolean warned;
    private long answersSince;
    private long lastAnswer;

    /**
     * The leases of one instance.
     *
     * @param renewal renews the leases of mails, and throws if the database does not answer
     * @param underway the mails that this instance holds now
     * @param nanos a monotonic clock
     */
    LeaseKeeper(
            Consumer<Collection<UUID>> renewal,
            Supplier<Collection<UUID>> underway,
            Duration lease,
            LongSupplier nanos) {
        this.renewal = renewal;
        this.underway = underway;
        this.lease = lease.toNanos();
        this.every = lease.dividedBy(RENEWALS).toNanos();
        this.nanos = nanos;
    }

    synchronized void start() {
        CountDownLatch end = new CountDownLatch(1);
        stopped = end;
        watch();
        thread = Thread.ofVirtual().name("mail-leases").start(() -> keep(end));
    }

    /** Watches the database for two leases more: mails are due, which this instance or another may hold. Returns at once. */
    void watch() {
        watchedUntil = nanos.getAsLong() + 2 * lease;
        watch.release();
    }

    private boolean isIdle() {
        return underway.get().isEmpty() && nanos.getAsLong() - watchedUntil > 0;
    }

    /** Ends renewal. Must be called only when this instance holds no mail. */
    void stop() throws InterruptedException {
        @Nullable Thread keeping;
        synchronized (this) {
            stopped.countDown();
            watch.release();
            keeping = thread;
        }
        if (keeping != null) {
            keeping.join();
        }
    }

    private void keep(CountDownLatch end) {
        try {
            long wait = 0;
            while (!end.await(wait, TimeUnit.NANOSECONDS)) {
                watch.drainPermits();
                if (isIdle() && end.getCount() > 0) {
                    watch.acquire();
                    wait = 0;
                } else {
                    wait = renew() ? every : Math.min(every, AGAIN.toNanos());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Renews the leases of the mails being sent. Without any, an update of no rows still shows that the database
     * answers.
     */
    boolean renew() {
        try {
            renewal.accept(List.copyOf(underway.get()));
            recordAnswer();
            return true;
        } catch (RuntimeException | Error e) {
            // Catches errors too, because an instance that stopped renewing would lose its mails to others.
            warn(e);
            return false;
        }
    }

    /** Warns once for each outage of the database. */
    private synchronized void warn(Throwable e) {
        if (!warned) {
            log.warn(
                    "Renewing the leases of mails failed, retrying: {}",
                    e.getClass().getSimpleName());
        }
        warned = true;
    }

    private synchronized void recordAnswer() {
        long now = nanos.getAsLong();
        if (!answered || now - lastAnswer > gap()) {
            answersSince = now;
        }
        answered = true;
        warned = false;
        lastAnswer = now;
    }

    /** The longest gap between answers after which a holder still renews in time. */
    private long gap() {
        return 2 * every;
    }

    /**
     * Whether mails that other instances leased and did not renew may be taken over, because those instances are dead.
     */
    synchronized boolean mayTakeOver() {
        long now = nanos.getAsLong();
        return answered && now - lastAnswer <= gap() && now - answersSince >= lease;
    }

    /**
     * Whether the database answered a request promptly, without a pause in which leases may have ended.
     *
     * @param asked the time of the request, by the monotonic clock
     */
    boolean wasPrompt(long asked) {
        return nanos.getAsLong() - asked <= gap();
    }
}
