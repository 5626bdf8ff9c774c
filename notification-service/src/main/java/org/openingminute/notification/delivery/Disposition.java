package org.openingminute.notification.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Notes what became of a mail, and says it where a registration owed it, in one transaction under the
 * registration's lock. Safe for all threads. */
@Component
class Disposition {

    private static final String SENT = "mail.sent.v1";
    private static final String FAILED = "mail.failed.v1";
    private static final String BOUNCED = "mail.bounced.v1";

    private final MailQueue queue;
    private final ProjectionRepository heard;
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final MeterRegistry meters;
    private final BackOff backOff;

    Disposition(
            MailQueue queue,
            ProjectionRepository heard,
            Outbox outbox,
            TransactionTemplate transaction,
            MeterRegistry meters) {
        this.queue = queue;
        this.heard = heard;
        this.outbox = outbox;
        this.transaction = transaction;
        this.meters = meters;
        this.backOff = queue.backOff();
        countFromNothing();
    }

    /** An alert on growth sees the first of a kind only where there was a 0 before it. */
    private void countFromNothing() {
        Stream.concat(
                        Arrays.stream(MailKind.values()).map(MailKind::code),
                        Arrays.stream(SubscriptionMail.values()).map(SubscriptionMail::code))
                .forEach(kind -> List.of(SENT, FAILED, BOUNCED).forEach(outcome -> counter(kind, outcome)));
    }

    void sent(WaitingMail mail, String recipient, ComposedMail composed, String answer) {
        settle(mail, SENT, () -> queue.sent(mail, recipient, composed, answer));
    }

    /** Notes that the mail server will not take it. */
    void failed(WaitingMail mail, String answer) {
        settle(mail, FAILED, () -> queue.failed(mail, answer, answer));
    }

    /** Notes that there is no such address, as the mail server says. */
    void bounced(WaitingMail mail, String answer) {
        settle(mail, BOUNCED, () -> queue.bounced(mail, answer, answer));
    }

    /** Notes that what was given is no address at all. */
    void noAddress(WaitingMail mail) {
        settle(mail, BOUNCED, () -> queue.bounced(mail, "this is no mail address", null));
    }

    /**
     * Passes a mail over if, under the lock, the newest state does not owe it.
     *
     * @param now by the machine's clock
     */
    void supersede(WaitingMail mail, WaitingMail.Debt debt, Instant now) {
        transaction.executeWithoutResult(status -> {
            heard.lock(debt.registration());
            boolean owed = heard.find(debt.registration())
                    .map(state -> DueMails.mayGo(debt.owed(), state, now))
                    .orElse(false);
            if (owed) {
                queue.postpone(mail, Duration.ZERO, mail.attempts(), "it came to be owed again");
            } else {
                passOver(mail);
            }
        });
    }

    /** Passes a mail over that nobody is to have any more. */
    void passOver(WaitingMail mail) {
        queue.supersede(mail);
        count(mail, "superseded");
    }

    /** Counts a try, if this instance still has the mail to itself; false where it does not. */
    boolean beginTry(WaitingMail mail) {
        return queue.beginTry(mail);
    }

    /** Gives a mail back to be tried later. */
    void postpone(WaitingMail mail, Duration wait, String reason) {
        queue.postpone(mail, wait, mail.attempts(), reason);
    }

    /** The same after a try that ended without a word of the server, unless there have been tries for too long. */
    void again(WaitingMail mail, Duration wait, String reason) {
        if (queue.isTooOld(mail)) {
            giveUp(mail, reason);
        } else {
            queue.postpone(mail, wait, mail.attempts(), reason);
        }
    }

    /**
     * The same after the server fell silent while it had the mail. Where it does so for this mail each time, it may have taken
     * each: after some it is given more time.
     */
    void brokenOff(WaitingMail mail, Duration wait, String reason) {
        int attempts = mail.attempts() + 1;
        if (queue.isTooOld(mail)) {
            giveUp(mail, reason);
        } else {
            queue.postpone(mail, backOff.afterSilence(attempts, wait), attempts, reason);
        }
    }

    /** The same after something went wrong in this service; each time it waits longer. */
    void setBack(WaitingMail mail) {
        String reason = "something went wrong here";
        if (queue.isTooOld(mail)) {
            giveUp(mail, reason);
        } else {
            queue.postpone(mail, backOff.after(mail.attempts() + 1), mail.attempts() + 1, reason);
        }
    }

    /**
     * The same after the server refused this mail; each time it waits longer, until it was refused for too long. What it waited
     * because the server asked to try later, as greylisting does, does not count: a first refusal is no last one.
     */
    void refused(WaitingMail mail, String answer) {
        if (backOff.hasWaited(mail.refusals(), queue.refusedFor())) {
            failed(mail, answer);
        } else {
            // Counted while the lease is still ours.
            queue.countRefusal(mail);
            refusedForNow(mail, answer);
        }
    }

    /** The same after the server refused it for the time being; each time it waits longer. */
    void refusedForNow(WaitingMail mail, String answer) {
        if (queue.isTooOld(mail)) {
            failed(mail, answer);
        } else {
            queue.refused(mail, backOff.after(mail.attempts() + 1), mail.attempts() + 1, answer);
        }
    }

    /** Lets another instance have a mail at once. */
    void giveBack(WaitingMail mail) {
        queue.postpone(mail, Duration.ZERO, mail.attempts(), "the instance that had it was stopped");
    }

    private void giveUp(WaitingMail mail, String reason) {
        settle(mail, FAILED, () -> queue.failed(mail, reason, null));
    }

    private void settle(WaitingMail mail, String type, BooleanSupplier note) {
        switch (mail.cause()) {
            case WaitingMail.Debt(UUID registration, var ignored) -> settle(mail, registration, type, note);
            // No timeline shows it.
            case WaitingMail.News ignored -> {
                if (note.getAsBoolean()) {
                    count(mail, type);
                }
            }
        }
    }

    private void settle(WaitingMail mail, UUID registration, String type, BooleanSupplier note) {
        transaction.executeWithoutResult(status -> {
            OrderLock lock = heard.lock(registration);
            if (!note.getAsBoolean()) {
                return;
            }
            long sequence = queue.nextSequence(registration);
            MailEvent event = new MailEvent(registration, queue.ofRegistration(registration));
            outbox.append(lock, new OutgoingMessage(MailEvent.TOPIC, registration.toString(), type, sequence, event));
            count(mail, type);
        });
    }

    private void count(WaitingMail mail, String outcome) {
        counter(mail.cause().kind(), outcome).increment();
    }

    private Counter counter(String kind, String outcome) {
        return meters.counter("mails", "kind", kind, "outcome", outcome);
    }
}
