package org.openingminute.notification.delivery;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.announcement.AnnouncementMails;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.composition.MailComposer;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Present;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.smtp.Envelope;
import org.springframework.stereotype.Component;

/** Looks whether a mail may go out now, to whom, and with what in it; where not, that is noted. Safe for all threads. */
@Component
class MailRenderer {

    /** A conference that was not heard of will be soon: its topic has every one of them. */
    private static final Duration FOR_THE_CONFERENCE = Duration.ofSeconds(1);

    private static final Duration FOR_THE_PRESENT = Duration.ofSeconds(2);

    private static final Duration FOR_THE_PRESENT_AT_MOST = Duration.ofMinutes(2);

    private final ProjectionRepository heard;
    private final Present present;
    private final MailComposer composer;
    private final AnnouncementMails letters;
    private final Disposition notes;

    MailRenderer(
            ProjectionRepository heard,
            Present present,
            MailComposer composer,
            AnnouncementMails letters,
            Disposition notes) {
        this.heard = heard;
        this.present = present;
        this.composer = composer;
        this.letters = letters;
        this.notes = notes;
    }

    /** A mail that may go out; it is composed when its turn has come. */
    record Draft(InternetAddress recipient, Supplier<ComposedMail> mail) {}

    /** Looks whether a mail may be sent; where not, that is noted. */
    Optional<Draft> of(WaitingMail mail, Instant now) {
        return switch (mail.cause()) {
            case WaitingMail.Debt debt -> owed(mail, debt, now);
            case WaitingMail.News ignored -> news(mail, now);
        };
    }

    private Optional<Draft> news(WaitingMail mail, Instant now) {
        Optional<AnnouncementMail> letter = letters.find(mail.id(), now);
        if (letter.isEmpty()) {
            notes.passOver(mail);
            return Optional.empty();
        }
        AnnouncementMail it = letter.get();
        return conference(mail, it.conference())
                .flatMap(conference -> addressed(mail, it.recipient(), () -> letters.compose(it, conference)));
    }

    private Optional<Draft> owed(WaitingMail mail, WaitingMail.Debt debt, Instant now) {
        Optional<RegistrationProjection> known = heard.find(debt.registration());
        @Nullable
        RegistrationSnapshot registration =
                known.map(RegistrationProjection::registration).orElse(null);
        if (registration == null || !DueMails.mayGo(debt.owed(), known.orElseThrow(), now)) {
            notes.supersede(mail, debt, now);
            return Optional.empty();
        }
        Optional<Conference> conference = conference(mail, registration.conference());
        if (conference.isEmpty()) {
            return Optional.empty();
        }
        if (waitsForThePresent(mail, debt, now) && !present.isReached()) {
            notes.postpone(mail, FOR_THE_PRESENT, "newer events have not been read yet");
            return Optional.empty();
        }
        return addressed(
                mail,
                registration.contact().email(),
                () -> composer.compose(debt.owed(), known.orElseThrow(), conference.orElseThrow()));
    }

    private Optional<Conference> conference(WaitingMail mail, String slug) {
        Optional<Conference> conference = heard.findConference(slug);
        if (conference.isEmpty()) {
            notes.postpone(mail, FOR_THE_CONFERENCE, "the conference is not known yet");
        }
        return conference;
    }

    private Optional<Draft> addressed(WaitingMail mail, String address, Supplier<ComposedMail> composed) {
        try {
            return Optional.of(new Draft(Envelope.address(address), composed));
        } catch (AddressException e) {
            notes.noAddress(mail);
            return Optional.empty();
        }
    }

    /**
     * Whether events that have not been read yet may have ended the state that a mail is about. A request for money waits for
     * them as long as it takes; other mails are in the end rather sent than not.
     */
    private static boolean waitsForThePresent(WaitingMail mail, WaitingMail.Debt debt, Instant now) {
        return debt.owed().kind().asksForMoney()
                || (mail.readLate() && now.isBefore(mail.owedFrom().plus(FOR_THE_PRESENT_AT_MOST)));
    }
}
