package org.openingminute.notification.sending;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.owed.MailBell;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Goes round: leases what is due and hands it to as many postmen as there are connections. Woken by the bell, and each second
 * for what other instances wrote down or what waited. It speaks to no mail server itself, so leases are renewed while postmen
 * wait for one.
 */
@Component
class MailRounds implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MailRounds.class);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration LAST_MAILS = Duration.ofSeconds(10);

    private final MailQueue queue;
    private final MailServer server;
    private final Postman postman;
    private final MailBell bell;
    private final int connections;
    private final Duration renewEvery;
    private final Map<UUID, String> underway = new ConcurrentHashMap<>();

    private Instant renewed = Instant.MIN;
    private volatile boolean going;
    private @Nullable Thread rounds;
    private ExecutorService postmen = Executors.newVirtualThreadPerTaskExecutor();

    MailRounds(MailQueue queue, MailServer server, Postman postman, MailBell bell, NotificationSettings settings) {
        this.queue = queue;
        this.server = server;
        this.postman = postman;
        this.bell = bell;
        this.connections = settings.pace().connections();
        this.renewEvery = settings.pace().lease().dividedBy(5);
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
        rounds = Thread.ofVirtual().name("mail-rounds").start(this::goRound);
    }

    @Override
    public synchronized void stop() {
        going = false;
        try {
            if (rounds != null) {
                bell.ring();
                rounds.join(ROUND);
            }
            postmen.shutdown();
            if (!postmen.awaitTermination(LAST_MAILS.toMillis(), TimeUnit.MILLISECONDS)) {
                postmen.shutdownNow();
            }
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
                bell.await(ROUND);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                // Whatever it was: without rounds there are no mails at all.
                LOG.warn("A round was cut short: {}", e.getClass().getSimpleName());
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
        Instant now = queue.now();
        if (!underway.isEmpty() && renewed.plus(renewEvery).isBefore(now)) {
            queue.renew(List.copyOf(underway.keySet()));
            renewed = now;
        }
        int free = connections - underway.size();
        if (free <= 0 || !server.mayAnswer()) {
            return;
        }
        List<WaitingMail> due = queue.lease(free, byDomain());
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
            postman.setBack(mail);
        } catch (RuntimeException e) {
            LOG.warn(
                    "Mail {} waits until its lease has passed: {}",
                    mail.id(),
                    e.getClass().getSimpleName());
        }
    }

    private void send(WaitingMail mail) {
        try {
            postman.send(mail, queue::now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("Mail {} was not sent", mail.id(), e);
            setBack(mail);
        } finally {
            underway.remove(mail.id());
            bell.ring();
        }
    }
}
