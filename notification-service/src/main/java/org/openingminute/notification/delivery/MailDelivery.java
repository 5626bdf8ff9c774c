package org.openingminute.notification.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.due.PromptDelivery;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.smtp.DeliveryOutcome;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Sends one mail: checks whether it is still due, composes it, hands it to the mail server, and saves the outcome. No transaction
 * is open during the dialogue with the server. If this process dies between the server's acceptance and the saved outcome, the
 * mail is sent once more with the same Message-ID.
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
    private final Duration fresh;

    MailDelivery(
            MailQueue queue,
            MailRenderer renderer,
            MailServer server,
            DispositionWriter dispositions,
            TraceContext traces) {
        this.queue = queue;
        this.renderer = renderer;
        this.server = server;
        this.dispositions = dispositions;
        this.traces = traces;
        Duration half = queue.leases().time().dividedBy(2);
        this.fresh = half.compareTo(FRESH) < 0 ? half : FRESH;
    }

    /**
     * A mail that this instance has, from its lease or reservation until its outcome is saved. For many threads, of which one
     * sends it.
     *
     * @param domain of its recipient
     * @param newest the version of the newest state of its registration that this process has committed meanwhile
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
     * A mail that is handed over to be sent.
     *
     * @param known the state of its registration; {@code null} for an announcement
     * @param tried whether the present try is counted in its row
     */
    record Handed(WaitingMail mail, Held held, PromptDelivery.@Nullable KnownState known, boolean tried) {}

    /**
     * Delivers a leased mail if it is due. The state is read again after waiting for its turn, which takes long in a burst, unless
     * it was read within the last second, with the row, and is the newest that this process has applied.
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
        if (renderer.render(mail, state(handed.known()), queue.now())
                instanceof MailRenderer.NotNow(SendOutcome.Local reason)) {
            dispositions.write(mail, reason);
            return;
        }
        if (!server.rate().await()) {
            dispositions.write(mail, SendOutcome.Local.INSTANCE_STOPPED);
            return;
        }
        if (handed.tried() && isCurrent(handed)) {
            deliver(mail, state(handed.known()));
            return;
        }
        Optional<MailQueue.Begun> begun = queue.begin(new MailQueue.Attempt(mail, handed.tried()));
        // A lease that may have ended while this machine was halted is not ours, whatever the database said before.
        if (begun.isPresent() && begun.get().readAt().isWithin(queue.leases().time(), queue.now())) {
            deliver(begun.get().mail(), begun.get().state());
        }
    }

    private void deliver(WaitingMail mail, @Nullable StoredProjection state) throws InterruptedException {
        Instant now = queue.now();
        try {
            switch (renderer.render(mail, state, now)) {
                case MailRenderer.NotNow(SendOutcome.Local reason) -> dispositions.write(mail, reason);
                case MailRenderer.Draft draft -> handOver(mail, draft, now);
            }
        } catch (RuntimeException | Error e) {
            putBack(mail, e);
        }
    }

    private static @Nullable StoredProjection state(PromptDelivery.@Nullable KnownState known) {
        return known == null ? null : known.state();
    }

    private boolean isCurrent(Handed handed) {
        PromptDelivery.@Nullable KnownState known = handed.known();
        return known != null
                && known.readAt().isWithin(fresh, queue.now())
                && handed.held().newest().get() <= known.version();
    }

    private void handOver(WaitingMail mail, MailRenderer.Draft draft, Instant now) throws InterruptedException {
        traces.resume("hand mail over", traces.parent(), () -> {
            ComposedMail composed = draft.mail().get();
            DeliveryOutcome outcome = server.deliver(mail.name(), draft.recipient(), composed, now);
            write(mail, new SendOutcome.Delivered(outcome, draft.recipient().getAddress(), composed));
        });
    }

    private void write(WaitingMail mail, SendOutcome.Delivered delivered) throws InterruptedException {
        if (delivered.outcome() instanceof DeliveryOutcome.Accepted) {
            writeSurely(mail, delivered);
        } else {
            dispositions.write(mail, delivered);
        }
    }

    /**
     * Puts back a mail whose try ended for a reason of our own, also after an error: it would be taken over when its lease ends,
     * again and again.
     */
    private void putBack(WaitingMail mail, Throwable why) {
        log.error("Sending mail {} failed", mail.id(), why);
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
     * Saves that the server has the mail. After any failure, such as a database outage, it tries again until this is saved: the
     * lease is renewed meanwhile, and a mail that was put back would be sent twice.
     */
    private void writeSurely(WaitingMail mail, SendOutcome.Delivered delivered) throws InterruptedException {
        for (int attempts = 0; ; attempts++) {
            try {
                dispositions.write(mail, delivered);
                return;
            } catch (RuntimeException | Error e) {
                if (attempts % ATTEMPTS_OF_A_MINUTE == 0) {
                    log.warn("Mail {} was sent, but its outcome is not saved yet, retrying every second", mail.id(), e);
                }
                Thread.sleep(FOR_THE_DATABASE);
            }
        }
    }
}
