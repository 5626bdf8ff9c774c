package org.openingminute.notification.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Leases due mails and starts a delivery for each, as many at a time as there are connections: after a signal, after the end of
 * a delivery, and while mails are due that other instances saved or lease, or that had to wait. The job only leases mails;
 * this class waits for its deliveries to end, longer than a job would.
 */
@Component
class MailDispatcher implements SmartLifecycle, DueWork {

    private static final Logger log = LoggerFactory.getLogger(MailDispatcher.class);

    private final MailQueue queue;
    private final MailServer server;
    private final MailDelivery delivery;
    private final int connections;
    private final Duration longestDelivery;
    private final Map<UUID, String> underway = new ConcurrentHashMap<>();
    private final LeaseKeeper leases;
    private final DatabaseIncarnations incarnations;
    private final PollingJob polling = new PollingJob("mail-dispatch") {
        @Override
        protected boolean work() {
            dispatch();
            // The end of a delivery makes room for the next mail and wakes the job.
            return false;
        }
    };

    private ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();

    MailDispatcher(
            MailQueue queue,
            MailServer server,
            MailDelivery delivery,
            MailSignal signal,
            LeaseConnection connection,
            DatabaseIncarnations incarnations,
            NotificationServiceSettings settings) {
        this.queue = queue;
        this.server = server;
        this.delivery = delivery;
        this.incarnations = incarnations;
        this.connections = settings.pace().connections();
        this.longestDelivery = settings.smtp().longestDelivery();
        this.leases = new LeaseKeeper(
                mails -> queue.renew(connection.jdbc(), mails),
                underway::keySet,
                settings.pace().lease(),
                System::nanoTime);
        signal.onRaise(polling::wake);
    }

    /** A leased mail is due as well: its holder may be dead. */
    @Override
    public String dueAt() {
        return "select min(next_try_at) from mail where state = 'waiting'";
    }

    @Override
    public void wake() {
        leases.watch();
        polling.wake();
    }

    @Override
    public synchronized void start() {
        if (polling.isRunning()) {
            return;
        }
        if (deliveries.isShutdown()) {
            deliveries = Executors.newVirtualThreadPerTaskExecutor();
        }
        server.rate().open();
        leases.start();
        polling.start();
    }

    /**
     * Begins no further delivery, and waits for the running ones: if one is cut off, the server may have accepted the mail
     * without our knowing. Each has its own time limits; a delivery that outlasts all of them is abandoned.
     */
    @Override
    public synchronized void stop() {
        server.rate().close();
        polling.stop();
        try {
            deliveries.shutdown();
            if (!deliveries.awaitTermination(longestDelivery.toMillis(), TimeUnit.MILLISECONDS)) {
                deliveries.shutdownNow();
            }
            leases.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.hangUp();
    }

    @Override
    public boolean isRunning() {
        return polling.isRunning();
    }

    private void dispatch() {
        int free = connections - underway.size();
        if (free <= 0 || !server.mayAnswer()) {
            return;
        }
        if (!incarnations.isRecalled()) {
            // What seems to be due may have been sent, and the note of it lost.
            return;
        }
        long asked = System.nanoTime();
        List<WaitingMail> due = queue.lease(free, byDomain(), leases.mayTakeOver());
        if (!leases.wasPrompt(asked)) {
            // The database was away meanwhile, so the former holders may be alive. These leases are left to expire.
            return;
        }
        if (due.isEmpty() && underway.isEmpty()) {
            server.hangUp();
        }
        due.forEach(this::begin);
    }

    private void begin(WaitingMail mail) {
        underway.put(mail.id(), mail.domain());
        leases.watch();
        try {
            deliveries.execute(() -> send(mail));
        } catch (RejectedExecutionException e) {
            // This instance has stopped meanwhile: the lease is no longer renewed and expires.
            underway.remove(mail.id());
        }
    }

    private Map<String, Integer> byDomain() {
        Map<String, Integer> mails = new HashMap<>();
        underway.values().forEach(domain -> mails.merge(domain, 1, Integer::sum));
        return mails;
    }

    private void putBack(WaitingMail mail) {
        try {
            delivery.putBack(mail);
        } catch (RuntimeException e) {
            log.warn(
                    "Mail {} could not be put back and waits until its lease ends: {}",
                    mail.id(),
                    e.getClass().getSimpleName());
        }
    }

    private void send(WaitingMail mail) {
        try {
            delivery.send(mail);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Catches errors too: a mail that is not put back would be taken over when its lease ends, again and again.
            log.error("Sending mail {} failed", mail.id(), e);
            putBack(mail);
        } finally {
            underway.remove(mail.id());
            polling.wake();
        }
    }
}
