package org.openingminute.notification.delivery;

import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.smtp.DeliveryOutcome;
import org.openingminute.notification.smtp.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Sends one mail: looks whether it is still owed, composes it, hands it to the mail server, and notes what became of it. No
 * transaction is open while the server is spoken to. If this process dies between the server's yes and our note, the mail is
 * sent once more with the same Message-ID. Safe for all threads.
 */
@Component
class MailDelivery {

    private static final Logger log = LoggerFactory.getLogger(MailDelivery.class);

    private static final Duration FOR_THE_SERVER = Duration.ofSeconds(2);

    private static final Duration FOR_THE_DATABASE = Duration.ofSeconds(1);

    private static final int TRIES_OF_A_MINUTE = 60;

    private final MailRenderer drafts;
    private final MailServer server;
    private final Disposition notes;
    private final TraceContext traces;

    MailDelivery(MailRenderer drafts, MailServer server, Disposition notes, TraceContext traces) {
        this.drafts = drafts;
        this.server = server;
        this.notes = notes;
        this.traces = traces;
    }

    /**
     * Does what can be done about a leased mail now. It is looked at again after its turn came, since a burst makes turns wait.
     *
     * @param clock the machine's
     */
    void send(WaitingMail mail, InstantSource clock) throws InterruptedException {
        if (mail.cause() instanceof WaitingMail.Debt debt) {
            MDC.put("registrationId", debt.registration().toString());
        }
        try {
            traces.resume("send mail", mail.traceparent(), () -> inItsTrace(mail, clock));
        } finally {
            MDC.remove("registrationId");
        }
    }

    private void inItsTrace(WaitingMail mail, InstantSource clock) throws InterruptedException {
        if (drafts.of(mail, clock.instant()).isEmpty()) {
            return;
        }
        if (!server.turns().await()) {
            notes.giveBack(mail);
            return;
        }
        Instant now = clock.instant();
        Optional<MailRenderer.Draft> draft = drafts.of(mail, now);
        if (draft.isPresent()) {
            MailRenderer.Draft it = draft.get();
            ComposedMail composed = it.mail().get();
            if (notes.beginTry(mail)) {
                traces.resume(
                        "hand mail over",
                        traces.parent(),
                        () -> note(
                                mail,
                                composed,
                                it.recipient(),
                                server.deliver(mail.name(), it.recipient(), composed, now)));
            }
        }
    }

    private void note(WaitingMail mail, ComposedMail composed, InternetAddress recipient, DeliveryOutcome delivery)
            throws InterruptedException {
        switch (delivery) {
            case DeliveryOutcome.Accepted(String answer) -> noteSurely(mail, composed, recipient, answer);
            // A server may quote what it refuses.
            case DeliveryOutcome.Bounced(String answer) -> notes.bounced(mail, composed.kept(answer));
            case DeliveryOutcome.Refused(String answer) -> notes.refused(mail, composed.kept(answer));
            case DeliveryOutcome.RefusedForNow(String answer) -> notes.refusedForNow(mail, composed.kept(answer));
            case DeliveryOutcome.BrokenOff(String reason) -> notes.brokenOff(mail, FOR_THE_SERVER, reason);
            // Not this mail's fault: it goes out as soon as the server is back.
            case DeliveryOutcome.Unreachable(String reason) -> notes.again(mail, FOR_THE_SERVER, reason);
        }
    }

    /** Puts a mail back that could not be tried at all, for a reason of our own. */
    void setBack(WaitingMail mail) {
        notes.setBack(mail);
    }

    /**
     * The server has the mail. Whatever stands in the way of the note, as a database that is away does, it is tried until it
     * is there: the lease is renewed meanwhile, and to give the mail back would be to send it twice.
     */
    private void noteSurely(WaitingMail mail, ComposedMail composed, InternetAddress recipient, String answer)
            throws InterruptedException {
        for (int tries = 0; ; tries++) {
            try {
                notes.sent(mail, recipient.getAddress(), composed, composed.kept(answer));
                return;
            } catch (RuntimeException | Error e) {
                if (tries % TRIES_OF_A_MINUTE == 0) {
                    log.warn("Mail {} was sent, which is still to be noted", mail.id(), e);
                }
                Thread.sleep(FOR_THE_DATABASE);
            }
        }
    }
}
