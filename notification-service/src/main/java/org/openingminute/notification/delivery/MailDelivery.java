package org.openingminute.notification.delivery;

import java.time.Duration;
import java.time.Instant;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.composition.ComposedMail;
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

    private static final Duration FOR_THE_DATABASE = Duration.ofSeconds(1);

    private static final int ATTEMPTS_OF_A_MINUTE = 60;

    private final MailQueue queue;
    private final MailRenderer renderer;
    private final MailServer server;
    private final DispositionWriter dispositions;
    private final TraceContext traces;

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
    }

    /**
     * Delivers a leased mail if it is due. It is checked again after waiting for its turn, which takes long in a burst.
     */
    void send(WaitingMail mail) throws InterruptedException {
        if (mail.cause() instanceof WaitingMail.RegistrationCause cause) {
            MDC.put("registrationId", cause.registration().toString());
        }
        try {
            traces.resume("send mail", mail.traceparent(), () -> sendInTrace(mail));
        } finally {
            MDC.remove("registrationId");
        }
    }

    private void sendInTrace(WaitingMail mail) throws InterruptedException {
        if (renderer.render(mail, queue.now()) instanceof MailRenderer.NotNow(SendOutcome.Local reason)) {
            dispositions.write(mail, reason);
            return;
        }
        if (!server.rate().await()) {
            dispositions.write(mail, SendOutcome.Local.INSTANCE_STOPPED);
            return;
        }
        Instant now = queue.now();
        switch (renderer.render(mail, now)) {
            case MailRenderer.NotNow(SendOutcome.Local reason) -> dispositions.write(mail, reason);
            case MailRenderer.Draft draft -> deliver(mail, draft, now);
        }
    }

    private void deliver(WaitingMail mail, MailRenderer.Draft draft, Instant now) throws InterruptedException {
        ComposedMail composed = draft.mail().get();
        if (queue.beginAttempt(mail)) {
            traces.resume("hand mail over", traces.parent(), () -> {
                DeliveryOutcome outcome = server.deliver(mail.name(), draft.recipient(), composed, now);
                write(mail, new SendOutcome.Delivered(outcome, draft.recipient().getAddress(), composed));
            });
        }
    }

    private void write(WaitingMail mail, SendOutcome.Delivered delivered) throws InterruptedException {
        if (delivered.outcome() instanceof DeliveryOutcome.Accepted) {
            writeSurely(mail, delivered);
        } else {
            dispositions.write(mail, delivered);
        }
    }

    /** Puts back a mail that could not be tried at all, for a reason of our own. */
    void putBack(WaitingMail mail) {
        dispositions.write(mail, SendOutcome.Local.INTERNAL_ERROR);
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
