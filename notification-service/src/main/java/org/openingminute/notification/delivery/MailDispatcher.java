package org.openingminute.notification.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Goes round: leases what is due and hands it to as many postmen as there are connections. Woken by the bell, and each second
 * for what other instances wrote down or what waited.
 */
@Component
class MailDispatcher implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MailDispatcher.class);
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final MailQueue queue;
    private final MailServer server;
    private final MailDelivery postman;
    private final MailSignal signal;
    private final int connections;
    private final Duration longestDelivery;
    private final Map<UUID, String> underway = new ConcurrentHashMap<>();
    private final LeaseKeeper leases;

    private volatile boolean going;
    private @Nullable Thread rounds;
    private ExecutorService postmen = Executors.newVirtualThreadPerTaskExecutor();

    MailDispatcher(
            MailQueue queue,
            MailServer server,
            MailDelivery postman,
            MailSignal signal,
            LeaseConnection connection,
            NotificationServiceSettings settings) {
        this.queue = queue;
        this.server = server;
        this.postman = postman;
        this.signal = signal;
        this.connections = settings.pace().connections();
        this.longestDelivery = settings.smtp().longestDelivery();
        this.leases = new LeaseKeeper(
                mails -> queue.renew(connection.jdbc(), mails),
                underway::keySet,
                settings.pace().lease(),
                System::nanoTime);
    }

    @Override
    public synchronized void start() {
        if (going) {
            return;
        }
        // Before the thread looks at it.
        going = true;
        if (postmen.isShutdown()) {
            postmen = Executors.newVirtualThreadPerTaskExecutor();
        }
        server.rate().open();
        leases.start();
        rounds = Thread.ofVirtual().name("mail-rounds").start(this::goRound);
    }

    /**
     * Begins no further delivery, and waits for those that have begun: one that is cut off may be a mail that the server has and
     * that nobody knows of. Each has time limits of its own; what outlasts them all is let go.
     */
    @Override
    public synchronized void stop() {
        going = false;
        server.rate().close();
        try {
            if (rounds != null) {
                signal.raise();
                rounds.join();
            }
            postmen.shutdown();
            if (!postmen.awaitTermination(longestDelivery.toMillis(), TimeUnit.MILLISECONDS)) {
                postmen.shutdownNow();
            }
            leases.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.hangUp();
    }

    @Override
    public boolean isRunning() {
        return going;
    }

    private void goRound() {
        while (going) {
            try {
                round();
                signal.await(ROUND);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                // Whatever it was: without rounds there are no mails at all.
                log.warn(
                        "Mail dispatch failed, retrying in 1 s: {}",
                        e.getClass().getSimpleName());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(ROUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
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
        for (WaitingMail mail : due) {
            underway.put(mail.id(), mail.domain());
            postmen.execute(() -> send(mail));
        }
    }

    private Map<String, Integer> byDomain() {
        Map<String, Integer> mails = new HashMap<>();
        underway.values().forEach(domain -> mails.merge(domain, 1, Integer::sum));
        return mails;
    }

    private void setBack(WaitingMail mail) {
        try {
            postman.putBack(mail);
        } catch (RuntimeException e) {
            log.warn(
                    "Mail {} waits until its lease has passed: {}",
                    mail.id(),
                    e.getClass().getSimpleName());
        }
    }

    private void send(WaitingMail mail) {
        try {
            postman.send(mail);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Whatever it was: a mail that nobody sets back is taken over when its lease has passed, and again for
            // ever.
            log.error("Mail {} was not sent", mail.id(), e);
            setBack(mail);
        } finally {
            underway.remove(mail.id());
            signal.raise();
        }
    }
}
