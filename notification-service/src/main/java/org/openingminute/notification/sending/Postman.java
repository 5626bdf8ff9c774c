package org.openingminute.notification.sending;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composing.ComposedMail;
import org.openingminute.notification.composing.MailComposer;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.OwedMails;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Sends one mail: looks whether it is still owed, composes it, hands it to the mail server, and notes what became of it. No
 * transaction is open while the server is spoken to. If this process dies between the server's yes and our note, the mail is
 * sent once more with the same Message-ID. Safe for all threads.
 */
@Component
class Postman {

    /** A conference that was not heard of will be soon: its topic has every one of them. */
    private static final Duration FOR_THE_CONFERENCE = Duration.ofSeconds(1);

    private static final Duration FOR_THE_PRESENT = Duration.ofSeconds(2);

    private static final Duration FOR_THE_PRESENT_AT_MOST = Duration.ofMinutes(2);

    private static final Duration FOR_THE_SERVER = Duration.ofSeconds(2);

    /** So often a mail is refused for good before it counts as failed: most such refusals are a setting, soon put right. */
    private static final int REFUSALS = 6;

    private static final Duration FOR_THE_DATABASE = Duration.ofSeconds(1);

    private static final int NOTE_TRIES = 300;

    private final HeardRepository heard;
    private final Present present;
    private final MailComposer composer;
    private final MailServer server;
    private final Notes notes;

    Postman(HeardRepository heard, Present present, MailComposer composer, MailServer server, Notes notes) {
        this.heard = heard;
        this.present = present;
        this.composer = composer;
        this.server = server;
        this.notes = notes;
    }

    /**
     * Does what can be done about a leased mail now.
     *
     * @param now by the machine's clock
     */
    void send(WaitingMail mail, Instant now) throws InterruptedException {
        Optional<Heard> known = heard.find(mail.registration());
        @Nullable
        RegistrationState registration = known.map(Heard::registration).orElse(null);
        if (registration == null || !OwedMails.by(known.orElseThrow(), now).contains(mail.owed())) {
            notes.supersede(mail, now);
            return;
        }
        Optional<Conference> conference = heard.findConference(registration.conference());
        if (conference.isEmpty()) {
            notes.postpone(mail, FOR_THE_CONFERENCE, mail.attempts(), "the conference is not known yet");
            return;
        }
        if (waitsForThePresent(mail, now) && !present.isReached()) {
            notes.postpone(mail, FOR_THE_PRESENT, mail.attempts(), "newer events have not been read yet");
            return;
        }
        InternetAddress recipient;
        try {
            recipient = Envelope.address(registration.contact().email());
        } catch (AddressException e) {
            notes.bounced(mail, "this is no mail address");
            return;
        }
        ComposedMail composed = composer.compose(mail.owed(), known.orElseThrow(), conference.orElseThrow());
        if (notes.isOurs(mail)) {
            note(mail, composed, recipient, server.deliver(mail.id(), recipient, composed, now));
        }
    }

    /**
     * Whether events that have not been read yet may have ended the state that a mail is about. A request for money waits for
     * them as long as it takes; other mails are in the end rather sent than not.
     */
    private static boolean waitsForThePresent(WaitingMail mail, Instant now) {
        return mail.owed().kind().asksForMoney()
                || (mail.readLate() && now.isBefore(mail.owedFrom().plus(FOR_THE_PRESENT_AT_MOST)));
    }

    private void note(WaitingMail mail, ComposedMail composed, InternetAddress recipient, Delivery delivery)
            throws InterruptedException {
        int refusals = mail.attempts() + 1;
        switch (delivery) {
            case Delivery.Accepted ignored -> noteSurely(mail, composed, recipient);
            case Delivery.Bounced(String reason) -> notes.bounced(mail, reason);
            case Delivery.Refused(String reason) -> {
                if (refusals >= REFUSALS) {
                    notes.failed(mail, reason);
                } else {
                    notes.again(mail, BackOff.after(refusals), refusals, reason);
                }
            }
            case Delivery.RefusedForNow(String reason) -> notes.again(mail, BackOff.after(refusals), refusals, reason);
            // Not this mail's fault: it goes out as soon as the server is back.
            case Delivery.Unreachable(String reason) -> notes.again(mail, FOR_THE_SERVER, mail.attempts(), reason);
        }
    }

    /** Puts a mail back that could not be tried at all, for a reason of our own. */
    void setBack(WaitingMail mail) {
        notes.again(mail, BackOff.after(mail.attempts() + 1), mail.attempts() + 1, "something went wrong here");
    }

    /** The server has the mail: while the database is away, the note waits for it, lest the mail is sent twice. */
    private void noteSurely(WaitingMail mail, ComposedMail composed, InternetAddress recipient)
            throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                notes.sent(mail, recipient.getAddress(), composed);
                return;
            } catch (DataAccessException | TransactionException e) {
                if (tries == NOTE_TRIES) {
                    throw e;
                }
                Thread.sleep(FOR_THE_DATABASE);
            }
        }
    }
}
