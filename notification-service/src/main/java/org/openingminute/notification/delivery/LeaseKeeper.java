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
 * Keeps the leases of the mails being sent, so that no two living instances send the same mail. The holder of a mail renews its lease five
 * times per lease duration until the outcome is saved, however long that takes. Renewal has its own thread, which neither dispatch nor a
 * mail server delays, and which continues while a stopping instance hands over its last mails.
 *
 * <p>A lease therefore expires for only two reasons: its holder died, or no instance could reach the database. After a database outage all
 * leases have expired at once, and either side may act first: a holder that must save the server's acceptance, or another instance that
 * considers the mail abandoned. An instance therefore takes over another's mails only after the database has responded throughout one lease
 * duration: by then every living holder has renewed. It checks this only while mails are due or being sent; an idle instance sends no
 * statements. A lease as long as the longest delivery plus saving its outcome would make this rule unnecessary, but would leave a dead
 * instance's mails unsent for many minutes.
 *
 * <p>Renewals have their own connection, which times out within the interval between two renewals: a renewal that hangs would use up the
 * time of all others.
 *
 * <p>One risk remains: between the server's acceptance and the saved outcome, a single holder may be cut off from the database, or
 * suspended, for longer than a lease. Others cannot distinguish that from its death.
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
     * Creates the keeper of one instance's leases.
     *
     * @param renewal renews the leases of mails, and throws if the database does not respond
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

    /** Watches the database for two more lease durations, because mails are due that any instance may hold. Returns at once. */
    void watch() {
        watchedUntil = nanos.getAsLong() + 2 * lease;
        watch.release();
    }

    private boolean isIdle() {
        return underway.get().isEmpty() && nanos.getAsLong() - watchedUntil > 0;
    }

    /** Ends renewal. Must be called only while this instance holds no mail. */
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

    /** Renews the leases of the mails being sent. Without mails, an update of no rows still shows that the database responds. */
    boolean renew() {
        try {
            renewal.accept(List.copyOf(underway.get()));
            recordAnswer();
            return true;
        } catch (RuntimeException | Error e) {
            // Catches errors as well: an instance that stopped renewing would lose its mails to others.
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

    /** Returns the longest gap between responses after which a holder still renews in time. */
    private long gap() {
        return 2 * every;
    }

    /** Whether expired leases of other instances may be taken over: those instances must be dead. */
    synchronized boolean mayTakeOver() {
        long now = nanos.getAsLong();
        return answered && now - lastAnswer <= gap() && now - answersSince >= lease;
    }

    /**
     * Whether the database responded to a request promptly, without a pause in which leases may have expired.
     *
     * @param asked the time of the request, by the monotonic clock
     */
    boolean wasPrompt(long asked) {
        return nanos.getAsLong() - asked <= gap();
    }
}
