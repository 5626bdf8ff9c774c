package org.openingminute.notification.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of the mails under way, so that no two living instances send one mail. The holder of a mail renews its lease
 * five times in the time of a lease, until the outcome of the mail is saved, however long that takes; on a thread of its own,
 * which neither dispatch nor a mail server holds up, and which goes on while a stopping instance hands over its last mails.
 *
 * <p>So a lease expires for two reasons alone: its holder died, or nobody reached the database. After an outage all leases have
 * expired at once, and which one acts first is arbitrary: a holder that has to save the server's acceptance, or another instance
 * that takes the mail for abandoned. Hence an instance takes over what others leased only when it has seen the database answer
 * throughout the time of a lease: by then every holder that lives has renewed. A lease as long as the longest delivery and its
 * saving would need no such rule, but leave the mails of an instance that died alone for many minutes.
 *
 * <p>A renewal has a connection of its own, on which silence ends within the time between two renewals: one that hung would
 * take the time of all the others.
 *
 * <p>One risk is left: a holder that alone is cut off from the database, or is halted, for longer than a lease between the
 * server's acceptance and the saved outcome. Others cannot distinguish that from a death.
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

    private CountDownLatch stopped = new CountDownLatch(0);
    private @Nullable Thread thread;

    private boolean answered;
    private boolean warned;
    private long answersSince;
    private long lastAnswer;

    /**
     * The leases of one instance.
     *
     * @param renewal renews the leases of mails, and throws where the database does not answer
     * @param underway the mails that this instance holds now
     * @param nanos a clock that only goes on
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
        thread = Thread.ofVirtual().name("mail-leases").start(() -> keep(end));
    }

    /** Renews nothing any more. To be called when this instance holds no mail. */
    void stop() throws InterruptedException {
        @Nullable Thread keeping;
        synchronized (this) {
            stopped.countDown();
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
                wait = renew() ? every : Math.min(every, AGAIN.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Renews the leases of the mails under way; without any, the update of no row shows that the database answers. */
    boolean renew() {
        try {
            renewal.accept(List.copyOf(underway.get()));
            recordAnswer();
            return true;
        } catch (RuntimeException | Error e) {
            // Errors too: an instance that stopped renewing would lose its mails to others.
            warn(e);
            return false;
        }
    }

    /** Warns once for each outage of the database. */
    private synchronized void warn(Throwable e) {
        if (!warned) {
            log.warn(
                    "Leases of mails were not renewed, retrying: {}",
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

    /** The longest pause without an answer after which a holder still renews in time. */
    private long gap() {
        return 2 * every;
    }

    /** Whether a mail that another instance leased and did not renew may be taken over: that instance is dead. */
    synchronized boolean mayTakeOver() {
        long now = nanos.getAsLong();
        return answered && now - lastAnswer <= gap() && now - answersSince >= lease;
    }

    /**
     * Whether the database answered a request promptly, without a pause in which leases may have ended.
     *
     * @param asked the time of the request, by the clock that only goes on
     */
    boolean wasPrompt(long asked) {
        return nanos.getAsLong() - asked <= gap();
    }
}
