package org.openingminute.notification.sending;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composing.ComposedMail;
import org.openingminute.notification.composing.MailComposer;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.OwedMails;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends one mail: looks whether it is still owed, composes it, hands it to the mail server, and notes what became of it. No
 * transaction is open while the server is spoken to. If this process dies between the server's yes and our note, the mail is
 * sent once more with the same Message-ID. Safe for all threads.
 */
@Component
class Postman {

    private static final Logger LOG = LoggerFactory.getLogger(Postman.class);

    /** A conference that was not heard of will be soon: its topic has every one of them. */
    private static final Duration FOR_THE_CONFERENCE = Duration.ofSeconds(1);

    private static final Duration FOR_THE_PRESENT = Duration.ofSeconds(2);

    private static final Duration FOR_THE_PRESENT_AT_MOST = Duration.ofMinutes(2);

    private static final Duration FOR_THE_SERVER = Duration.ofSeconds(2);

    private static final Duration FOR_THE_DATABASE = Duration.ofSeconds(1);

    private static final int TRIES_OF_A_MINUTE = 60;

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

    /** A mail that may go out. */
    private record Ready(Heard heard, Conference conference, InternetAddress recipient) {}

    /**
     * Does what can be done about a leased mail now. It is looked at again after its turn came, since a burst makes turns wait.
     *
     * @param clock the machine's
     */
    void send(WaitingMail mail, InstantSource clock) throws InterruptedException {
        if (ready(mail, clock.instant()).isEmpty()) {
            return;
        }
        if (!server.turns().await()) {
            notes.giveBack(mail);
            return;
        }
        Instant now = clock.instant();
        Optional<Ready> ready = ready(mail, now);
        if (ready.isPresent()) {
            Ready it = ready.get();
            ComposedMail composed = composer.compose(mail.owed(), it.heard(), it.conference());
            if (notes.beginTry(mail)) {
                note(mail, composed, it.recipient(), server.deliver(mail.id(), it.recipient(), composed, now));
            }
        }
    }

    /** Looks whether a mail is owed and may be sent; where not, that is noted. */
    private Optional<Ready> ready(WaitingMail mail, Instant now) {
        Optional<Heard> known = heard.find(mail.registration());
        @Nullable
        RegistrationState registration = known.map(Heard::registration).orElse(null);
        if (registration == null || !OwedMails.by(known.orElseThrow(), now).contains(mail.owed())) {
            notes.supersede(mail, now);
            return Optional.empty();
        }
        Optional<Conference> conference = heard.findConference(registration.conference());
        if (conference.isEmpty()) {
            notes.postpone(mail, FOR_THE_CONFERENCE, "the conference is not known yet");
            return Optional.empty();
        }
        if (waitsForThePresent(mail, now) && !present.isReached()) {
            notes.postpone(mail, FOR_THE_PRESENT, "newer events have not been read yet");
            return Optional.empty();
        }
        try {
            InternetAddress recipient = Envelope.address(registration.contact().email());
            return Optional.of(new Ready(known.orElseThrow(), conference.orElseThrow(), recipient));
        } catch (AddressException e) {
            notes.noAddress(mail);
            return Optional.empty();
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
        switch (delivery) {
            case Delivery.Accepted(String answer) -> noteSurely(mail, composed, recipient, answer);
            case Delivery.Bounced(String answer) -> notes.bounced(mail, answer);
            case Delivery.Refused(String answer) -> notes.refused(mail, answer);
            case Delivery.RefusedForNow(String answer) -> notes.refusedForNow(mail, answer);
            // Not this mail's fault: it goes out as soon as the server is back.
            case Delivery.Unreachable(String reason) -> notes.again(mail, FOR_THE_SERVER, reason);
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
                notes.sent(mail, recipient.getAddress(), composed, answer);
                return;
            } catch (RuntimeException e) {
                if (tries % TRIES_OF_A_MINUTE == 0) {
                    LOG.warn("Mail {} was sent, which is still to be noted", mail.id(), e);
                }
                Thread.sleep(FOR_THE_DATABASE);
            }
        }
    }
}
