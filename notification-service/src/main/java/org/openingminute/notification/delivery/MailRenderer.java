package org.openingminute.notification.delivery;

import static java.util.Objects.requireNonNull;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.announcement.AnnouncementMails;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.announcement.CombinedMails;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.composition.MailComposer;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.ConferenceCache;
import org.openingminute.notification.projection.ProjectionLag;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.smtp.Envelope;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;

/** Decides whether and to whom a mail may be sent now, and composes it. Saves nothing. */
@Component
class MailRenderer {

    private static final Duration MAX_WAIT_FOR_EVENTS = Duration.ofMinutes(2);

    private final ProjectionRepository projections;
    private final ConferenceCache conferences;
    private final ProjectionLag lag;
    private final MailComposer composer;
    private final AnnouncementMails announcements;
    private final CombinedMails combined;

    MailRenderer(
            ProjectionRepository projections,
            ConferenceCache conferences,
            ProjectionLag lag,
            MailComposer composer,
            AnnouncementMails announcements,
            CombinedMails combined) {
        this.projections = projections;
        this.conferences = conferences;
        this.lag = lag;
        this.composer = composer;
        this.announcements = announcements;
        this.combined = combined;
    }

    sealed interface Rendering {}

    /** A mail that may be sent; it is composed once the rate permits it. */
    record Draft(InternetAddress recipient, Supplier<ComposedMail> mail) implements Rendering {}

    record NotNow(SendOutcome.Local reason) implements Rendering {}

    /** Returns the states of the mails' registrations; announcements have none. */
    Map<UUID, StoredProjection> states(Collection<WaitingMail> mails) {
        List<UUID> registrations = mails.stream()
                .flatMap(mail -> mail.registration().stream())
                .distinct()
                .toList();
        return registrations.isEmpty() ? Map.of() : projections.read(registrations);
    }

    /** @param known the registration's state; an announcement's state is read here */
    Rendering render(WaitingMail mail, @Nullable StoredProjection known, Instant now) {
        return switch (mail.cause()) {
            case WaitingMail.RegistrationCause cause ->
                ofRegistration(mail, cause, requireNonNull(known, "a registration's mail has a state"), now);
            case WaitingMail.SubscriptionCause ignored -> ofSubscription(mail, now);
        };
    }

    private Rendering ofSubscription(WaitingMail mail, Instant now) {
        Optional<AnnouncementMail> found = mail.cause().kind().equals(SubscriptionMail.SEVERAL_UNPAID.code())
                ? combined.find(mail.id())
                : announcements.find(mail.id(), now);
        @Nullable AnnouncementMail it = found.orElse(null);
        if (it == null) {
            return new NotNow(SendOutcome.Local.NO_LONGER_DUE);
        }
        @Nullable
        Conference conference = projections.findConference(it.conference()).orElse(null);
        return conference == null
                ? new NotNow(SendOutcome.Local.CONFERENCE_UNKNOWN)
                : addressed(it.recipient(), () -> announcements.compose(it, conference));
    }

    private Rendering ofRegistration(
            WaitingMail mail, WaitingMail.RegistrationCause cause, StoredProjection known, Instant now) {
        @Nullable RegistrationSnapshot registration = known.states().registration();
        if (registration == null || !DueMails.mayGo(cause.due(), known.states(), now)) {
            return new NotNow(SendOutcome.Local.NO_LONGER_DUE);
        }
        @Nullable
        Conference conference = conferences
                .find(registration.conference(), known.conferenceRevision())
                .orElse(null);
        if (conference == null) {
            return new NotNow(SendOutcome.Local.CONFERENCE_UNKNOWN);
        }
        if (waitsForUnreadEvents(mail, cause, now) && !lag.isCaughtUp()) {
            return new NotNow(SendOutcome.Local.EVENTS_UNREAD);
        }
        return addressed(
                DueMails.addressed(registration, cause.due()).contact().email(),
                () -> composer.compose(cause.due(), known.states(), conference));
    }

    private static Rendering addressed(String address, Supplier<ComposedMail> composed) {
        try {
            return new Draft(Envelope.address(address), composed);
        } catch (AddressException e) {
            return new NotNow(SendOutcome.Local.NO_ADDRESS);
        }
    }

    /**
     * Whether unread events may have ended the state that a mail is about. A mail that asks for money waits for these events without limit;
     * other mails are sent after a time limit.
     */
    private static boolean waitsForUnreadEvents(WaitingMail mail, WaitingMail.RegistrationCause cause, Instant now) {
        return cause.due().kind().asksForMoney()
                || (mail.readLate() && now.isBefore(mail.dueSince().plus(MAX_WAIT_FOR_EVENTS)));
    }
}
