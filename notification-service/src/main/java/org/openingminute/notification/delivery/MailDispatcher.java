package org.openingminute.notification.delivery;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.due.PromptDelivery;
import org.openingminute.notification.projection.ReadAt;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.smtp.MailServer;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Starts a delivery for each mail, for more mails at a time than there are connections, so that no connection waits for a lease. A mail
 * that has just become due is delivered at once unless others wait. Waiting mails are leased after a signal, when a delivery has made room,
 * and while mails are due that other instances saved or leased, or that had to wait. The job only leases mails; this class waits for
 * deliveries to end, longer than a job would.
 */
@Component
class MailDispatcher implements SmartLifecycle, DueWork, PromptDelivery {

    private static final Duration BETWEEN_LEASES = Duration.ofMillis(20);

    private final MailQueue queue;
    private final MailRenderer renderer;
    private final MailServer server;
    private final MailDelivery delivery;
    private final NotificationServiceSettings.Pace pace;
    private final Duration longestDelivery;
    private final Semaphore free;
    private final Map<UUID, MailDelivery.Held> held = new ConcurrentHashMap<>();
    private final LeaseKeeper leases;
    private final DatabaseIncarnations incarnations;
    private final PollingJob polling = new PollingJob("mail-dispatch") {
        @Override
        protected boolean work() throws InterruptedException {
            if (dispatch() > 0) {
                // One lease reads long lanes, whether for a single mail or for as many as there is room for.
                Thread.sleep(BETWEEN_LEASES);
            }
            // The end of a delivery makes room for the next mail and wakes the job.
            return false;
        }
    };

    /** How often new mails were signalled. If the value has not changed since all waiting mails were leased, none is waiting. */
    private final AtomicLong signals = new AtomicLong();

    private volatile long emptySince = -1;
    private volatile long recoveredIn = -1;

    private ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();

    MailDispatcher(
            MailQueue queue,
            MailRenderer renderer,
            MailServer server,
            MailDelivery delivery,
            MailSignal signal,
            LeaseConnection connection,
            DatabaseIncarnations incarnations,
            NotificationServiceSettings settings) {
        this.queue = queue;
        this.renderer = renderer;
        this.server = server;
        this.delivery = delivery;
        this.incarnations = incarnations;
        this.pace = settings.pace();
        this.free = new Semaphore(pace.mails());
        this.longestDelivery = settings.smtp().longestDelivery();
        this.leases = new LeaseKeeper(
                mails -> queue.renew(connection.jdbc(), mails), held::keySet, pace.lease(), System::nanoTime);
        signal.onRaise(this::signalled);
    }

    @Override
    public String dueAt() {
        return MailQueue.DUE_AT;
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
     * Starts no further deliveries and waits for the running ones: if one were cut off, the server might have accepted the mail without our
     * knowing. Each delivery has its own time limits; one that exceeds all of them is abandoned.
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

    private void signalled() {
        signals.incrementAndGet();
        polling.wake();
    }

    private int dispatch() {
        int room = free.drainPermits();
        int begun = 0;
        try {
            // If the database lacks records of sent mails, a mail that seems due may have been sent.
            if (room > 0 && server.mayAnswer() && incarnations.isRecovered()) {
                begun = begin(room);
            }
        } finally {
            free.release(room - begun);
        }
        return begun;
    }

    private int begin(int room) {
        long before = signals.get();
        long asked = System.nanoTime();
        List<WaitingMail> due = queue.lease(room, byDomain(), leases.mayTakeOver());
        if (!leases.wasPrompt(asked)) {
            // The database was unavailable meanwhile, so the former holders may be alive. These leases are left to
            // expire.
            return 0;
        }
        if (due.isEmpty() && held.isEmpty()) {
            server.hangUp();
        }
        handed(due).forEach(this::execute);
        emptySince = due.size() < room && hasRoomForEachDomain() ? before : -1;
        return due.size();
    }

    private List<MailDelivery.Handed> handed(List<WaitingMail> due) {
        due.forEach(mail -> held.put(mail.id(), MailDelivery.Held.of(mail)));
        leases.watch();
        try {
            // Read after the mails are held, so that a state committed meanwhile is noticed.
            ReadAt readAt = ReadAt.now(queue.now());
            Map<UUID, StoredProjection> states = renderer.states(due);
            return due.stream()
                    .map(mail -> new MailDelivery.Handed(
                            mail,
                            requireNonNull(held.get(mail.id()), "only its delivery ends it"),
                            mail.registration()
                                    .map(states::get)
                                    .map(state -> new KnownState(state, readAt, 0))
                                    .orElse(null),
                            false))
                    .toList();
        } catch (RuntimeException e) {
            List<UUID> mails = due.stream().map(WaitingMail::id).toList();
            held.keySet().removeAll(mails);
            queue.giveBack(mails);
            throw e;
        }
    }

    private Map<String, Integer> byDomain() {
        Map<String, Integer> mails = new HashMap<>();
        held.values().forEach(mail -> mails.merge(mail.domain(), 1, Integer::sum));
        return mails;
    }

    private boolean hasRoomForEachDomain() {
        return byDomain().values().stream().allMatch(mails -> mails < pace.mailsPerDomain());
    }

    private void execute(MailDelivery.Handed handed) {
        try {
            deliveries.execute(() -> send(handed));
        } catch (RejectedExecutionException e) {
            // This instance has stopped meanwhile: the lease is not renewed any more and expires.
            end(handed.mail().id());
        }
    }

    private void send(MailDelivery.Handed handed) {
        try {
            delivery.send(handed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(handed.mail().id());
        }
    }

    private void end(UUID mail) {
        held.remove(mail);
        free.release();
        if (emptySince != signals.get()) {
            polling.wake();
        }
    }

    @Override
    public Leases leases() {
        return queue.leases();
    }

    @Override
    public Set<UUID> reserve(List<NewMail> mails, OrderLock lock) {
        if (!isRunning() || emptySince != signals.get() || !server.mayAnswer() || !isRecovered(lock)) {
            return Set.of();
        }
        Set<UUID> reserved = new HashSet<>();
        Map<String, Integer> busy = byDomain();
        for (NewMail mail : mails) {
            String domain = domain(mail);
            if (busy.merge(domain, 1, Integer::sum) <= pace.mailsPerDomain() && free.tryAcquire()) {
                held.put(
                        mail.mail().id(),
                        new MailDelivery.Held(domain, Optional.of(mail.registration()), new AtomicLong()));
                reserved.add(mail.mail().id());
            }
        }
        leases.watch();
        return reserved;
    }

    /** Once an incarnation is recovered it stays so, and the lock belongs to the current one. */
    private boolean isRecovered(OrderLock lock) {
        long incarnation = lock.sequencesBegin();
        if (recoveredIn != incarnation && incarnations.isRecovered()) {
            recoveredIn = incarnation;
        }
        return recoveredIn == incarnation;
    }

    private static String domain(NewMail mail) {
        String recipient = mail.recipient();
        return recipient.substring(recipient.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean has(UUID mail) {
        return held.containsKey(mail);
    }

    @Override
    public void giveBack(Collection<UUID> mails) {
        queue.giveBack(mails);
    }

    @Override
    public void release(Collection<UUID> mails) {
        new ArrayList<>(mails).forEach(this::end);
    }

    @Override
    public void send(NewMail mail, KnownState known) {
        MailDelivery.Held reserved = held.get(mail.mail().id());
        if (reserved != null) {
            WaitingMail waiting = new WaitingMail(
                    mail.mail().id(),
                    new WaitingMail.RegistrationCause(mail.registration(), mail.due()),
                    0,
                    1,
                    0,
                    0,
                    mail.mail().dueAt(),
                    mail.mail().readLate(),
                    domain(mail),
                    mail.mail().traceparent());
            execute(new MailDelivery.Handed(waiting, reserved, known, true));
        }
    }

    @Override
    public void changed(Set<UUID> registrations, long version) {
        held.values().stream()
                .filter(mail ->
                        mail.registration().filter(registrations::contains).isPresent())
                .forEach(mail -> mail.changed(version));
    }
}
