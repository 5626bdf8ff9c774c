package org.openingminute.notification.delivery;

import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.due.PromptDelivery;
import org.openingminute.notification.projection.ReadAt;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.smtp.Connections;
import org.openingminute.notification.smtp.DeliveryOutcome;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Sends one mail: checks whether it is still due, composes it, hands it to the mail server, and saves the outcome. No transaction is open
 * during the dialogue with the server. If this process dies between the server's acceptance and the saved outcome, the mail is sent a
 * second time with the same Message-ID.
 */
@Component
class MailDelivery {

    private static final Logger log = LoggerFactory.getLogger(MailDelivery.class);

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration FOR_THE_DATABASE = Duration.ofSeconds(1);

    private static final int ATTEMPTS_OF_A_MINUTE = 60;

    private final MailQueue queue;
    private final MailRenderer renderer;
    private final MailServer server;
    private final DispositionWriter dispositions;
    private final TraceContext traces;
    private final Connections connections;
    private final Duration fresh;

    MailDelivery(
            MailQueue queue,
            MailRenderer renderer,
            MailServer server,
            DispositionWriter dispositions,
            TraceContext traces,
            Connections connections) {
        this.queue = queue;
        this.renderer = renderer;
        this.server = server;
        this.dispositions = dispositions;
        this.traces = traces;
        this.connections = connections;
        Duration half = queue.leases().time().dividedBy(2);
        this.fresh = half.compareTo(FRESH) < 0 ? half : FRESH;
    }

    /**
     * A mail that this instance holds, from its lease or reservation until its outcome is saved. Used by several threads, one of which
     * sends it.
     *
     * @param domain of its recipient
     * @param newest version of the newest state of its registration that this process has committed meanwhile
     */
    record Held(String domain, Optional<UUID> registration, AtomicLong newest) {

        static Held of(WaitingMail mail) {
            return new Held(mail.domain(), mail.registration(), new AtomicLong());
        }

        void changed(long version) {
            newest.accumulateAndGet(version, Math::max);
        }
    }

    /**
     * A mail handed over for sending.
     *
     * @param known the state of its registration; {@code null} for an announcement
     * @param tried whether its row already counts the current try
     */
    record Handed(WaitingMail mail, Held held, PromptDelivery.@Nullable KnownState known, boolean tried) {}

    /**
     * A mail whose current try is counted.
     *
     * @param state of its registration; {@code null} for an announcement
     * @param version the newest that this process had applied when the state was read
     */
    private record Begun(WaitingMail mail, @Nullable StoredProjection state, ReadAt readAt, long version) {}

    /**
     * Delivers a leased mail if it is still due. Waiting for a permit or a connection takes long in a burst, so the state is read again
     * afterwards, unless it was read within the last second and is the newest that this process has applied.
     */
    void send(Handed handed) throws InterruptedException {
        WaitingMail mail = handed.mail();
        mail.registration().ifPresent(registration -> MDC.put("registrationId", registration.toString()));
        try {
            traces.resume("send mail", mail.traceparent(), () -> {
                try {
                    sendInTrace(handed);
                } catch (RuntimeException | Error e) {
                    putBack(mail, e);
                }
            });
        } finally {
            MDC.remove("registrationId");
        }
    }

    private void sendInTrace(Handed handed) throws InterruptedException {
        WaitingMail mail = handed.mail();
        PromptDelivery.@Nullable KnownState known = handed.known();
        if (renderer.render(mail, known == null ? null : known.state(), queue.now())
                instanceof MailRenderer.NotNow(SendOutcome.Local reason)) {
            dispositions.write(mail, reason);
            return;
        }
        if (!server.rate().await()) {
            dispositions.write(mail, SendOutcome.Local.INSTANCE_STOPPED);
            return;
        }
        @Nullable
        Begun begun = known != null && handed.tried()
                ? new Begun(mail, known.state(), known.readAt(), known.version())
                : begin(mail, handed.tried(), handed.held());
        if (begun != null) {
            deliver(begun, handed.held());
        }
    }

    /** Begins a try, or reads its state again; {@code null} if this instance no longer holds the mail. */
    private @Nullable Begun begin(WaitingMail mail, boolean counted, Held held) {
        long newest = held.newest().get();
        return queue.begin(new MailQueue.Attempt(mail, counted))
                .map(now -> new Begun(now.mail(), now.state(), now.readAt(), newest))
                // A lease that may have expired while this machine was suspended is not ours any more, whatever was
                // read before.
                .filter(now -> now.readAt().isWithin(queue.leases().time(), queue.now()))
                .orElse(null);
    }

    private boolean isCurrent(Begun begun, Held held) {
        return begun.readAt().isWithin(fresh, queue.now()) && held.newest().get() <= begun.version();
    }

    private void deliver(Begun begun, Held held) throws InterruptedException {
        WaitingMail mail = begun.mail();
        try {
            traces.resume("hand mail over", traces.parent(), () -> {
                // The connection is held until the outcome is saved, so that at most one mail per connection is sent
                // twice if this process dies.
                connections.use(held.domain(), () -> {
                    @Nullable SendOutcome outcome = handOver(begun, held);
                    if (outcome != null) {
                        write(mail, outcome);
                    }
                });
            });
        } catch (RuntimeException | Error e) {
            putBack(mail, e);
        }
    }

    /** Hands a mail over if it is still due; {@code null} if this instance no longer holds it. */
    private @Nullable SendOutcome handOver(Begun begun, Held held) {
        if (!server.rate().isOpen()) {
            return SendOutcome.Local.INSTANCE_STOPPED;
        }
        WaitingMail mail = begun.mail();
        @Nullable Begun current = isCurrent(begun, held) ? begun : begin(mail, true, held);
        if (current == null) {
            return null;
        }
        Instant now = queue.now();
        return switch (renderer.render(mail, current.state(), now)) {
            case MailRenderer.NotNow(SendOutcome.Local reason) -> reason;
            case MailRenderer.Draft(InternetAddress recipient, Supplier<ComposedMail> composer) -> {
                ComposedMail composed = composer.get();
                DeliveryOutcome outcome = server.deliver(mail.name(), recipient, composed, now);
                yield new SendOutcome.Delivered(outcome, recipient.getAddress(), composed);
            }
        };
    }

    private void write(WaitingMail mail, SendOutcome outcome) throws InterruptedException {
        if (outcome instanceof SendOutcome.Delivered delivered
                && delivered.outcome() instanceof DeliveryOutcome.Accepted) {
            writeUntilSaved(mail, delivered);
        } else {
            dispositions.write(mail, outcome);
        }
    }

    /**
     * Puts back a mail whose try ended for a reason of our own, including errors: otherwise it would be taken over at the end of its lease,
     * again and again.
     */
    private void putBack(WaitingMail mail, Throwable why) {
        log.error("Sending mail {} failed", mail.id(), RedactedException.of(why));
        try {
            dispositions.write(mail, SendOutcome.Local.INTERNAL_ERROR);
        } catch (RuntimeException e) {
            log.warn(
                    "Mail {} could not be put back and waits until its lease ends: {}",
                    mail.id(),
                    e.getClass().getSimpleName());
        }
    }

    /**
     * Saves that the server has accepted the mail. After any failure, such as a database outage, it tries again until this is saved:
     * meanwhile the lease is renewed, and a mail that was put back would be sent twice.
     */
    private void writeUntilSaved(WaitingMail mail, SendOutcome.Delivered delivered) throws InterruptedException {
        for (int attempts = 0; ; attempts++) {
            try {
                dispositions.write(mail, delivered);
                return;
            } catch (RuntimeException | Error e) {
                if (attempts % ATTEMPTS_OF_A_MINUTE == 0) {
                    log.warn(
                            "Mail {} was sent, but its outcome is not saved yet, retrying every second",
                            mail.id(),
                            RedactedException.of(e));
                }
                Thread.sleep(FOR_THE_DATABASE);
            }
        }
    }
}
