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
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Leases due mails and starts a delivery for each, as many at a time as there are connections. Polls at once after a signal or
 * the end of a delivery, and each second for mails that other instances saved or that had to wait. The job only leases: the end
 * of the deliveries that it started is waited for here, longer than a job waits.
 */
@Component
class MailDispatcher implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MailDispatcher.class);
    private static final Duration POLL_EVERY = Duration.ofSeconds(1);

    private final MailQueue queue;
    private final MailServer server;
    private final MailDelivery delivery;
    private final int connections;
    private final Duration longestDelivery;
    private final Map<UUID, String> underway = new ConcurrentHashMap<>();
    private final LeaseKeeper leases;
    private final PollingJob polling = new PollingJob("mail-dispatch", POLL_EVERY) {
        @Override
        protected boolean work() {
            dispatch();
            // A delivery that ends makes room for the next mail, and wakes the job.
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
            NotificationServiceSettings settings) {
        this.queue = queue;
        this.server = server;
        this.delivery = delivery;
        this.connections = settings.pace().connections();
        this.longestDelivery = settings.smtp().longestDelivery();
        this.leases = new LeaseKeeper(
                mails -> queue.renew(connection.jdbc(), mails),
                underway::keySet,
                settings.pace().lease(),
                System::nanoTime);
        signal.onRaise(polling::wake);
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
     * Begins no further delivery, and waits for those that have begun: one that is cut off may be a mail that the server has and
     * that nobody knows of. Each has time limits of its own; what outlasts them all is let go.
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
        long asked = System.nanoTime();
        List<WaitingMail> due = queue.lease(free, byDomain(), leases.mayTakeOver());
        if (!leases.wasPrompt(asked)) {
            // The database was away meanwhile: their holders may live. Left alone, these leases pass, too.
            return;
        }
        if (due.isEmpty() && underway.isEmpty()) {
            server.hangUp();
        }
        due.forEach(this::begin);
    }

    private void begin(WaitingMail mail) {
        underway.put(mail.id(), mail.domain());
        try {
            deliveries.execute(() -> send(mail));
        } catch (RejectedExecutionException e) {
            // This instance has stopped meanwhile: the lease passes, and is renewed no more.
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
                    "Mail {} waits until its lease has passed: {}",
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
            // Errors too: a mail that is not put back would be taken over when its lease ends, again and again.
            log.error("Mail {} was not sent", mail.id(), e);
            putBack(mail);
        } finally {
            underway.remove(mail.id());
            polling.wake();
        }
    }
}
