package org.openingminute.notification.maillog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.announcement.AnnouncementMails;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.maillog.Resends.ForeseenCopy;
import org.openingminute.notification.maillog.Resends.ResendOrder;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;

/** Organisers' actions on mails: search a conference's mails, read one, and resend one. */
@Component
class MailDesk {

    /** The states of mails that reached nobody. */
    static final Set<String> UNREACHED = MailSelection.STATES;

    private static final Set<String> OTHERS = Set.of("waiting", "sent", "superseded");

    private final MailLogRepository mails;
    private final Resends copies;
    private final HourlyLimit limit;
    private final AnnouncementMails announcementMails;
    private final ProjectionRepository projections;

    MailDesk(
            MailLogRepository mails,
            Resends copies,
            HourlyLimit limit,
            AnnouncementMails announcementMails,
            ProjectionRepository projections) {
        this.mails = mails;
        this.copies = copies;
        this.limit = limit;
        this.announcementMails = announcementMails;
        this.projections = projections;
    }

    /**
     * A page of the list of a conference's mails.
     *
     * @param next the position of the next page; {@code null} on the last page
     */
    record MailList(List<MailView> items, @Nullable Place next) {}

    /**
     * A position in the list.
     *
     * @param isOthers whether all mails that reached nobody, which come first, are before it
     * @param after the last mail before it
     */
    record Place(boolean isOthers, UUID after) {}

    /**
     * Lists a conference's mails. With a state in the filter, mails in that state, newest first. Otherwise first the mails that reached
     * nobody, newest first, then the others.
     *
     * @param kind {@code null} for all kinds
     * @param isOthers as in {@link Place}
     */
    MailList list(String conference, MailFilter filter, @Nullable String kind, boolean isOthers) {
        int most = filter.limit() + 1;
        List<MailView> found = new ArrayList<>();
        if (filter.state() != null) {
            found.addAll(mails.list(conference, Set.of(filter.state()), kind, filter, most));
        } else {
            if (!isOthers) {
                found.addAll(mails.list(conference, UNREACHED, kind, filter, most));
            }
            if (found.size() < most) {
                MailFilter from = isOthers ? filter : filter.fromStart();
                found.addAll(mails.list(conference, OTHERS, kind, from, most - found.size()));
            }
        }
        if (found.size() < most) {
            return new MailList(found, null);
        }
        List<MailView> items = found.subList(0, filter.limit());
        MailView last = items.getLast();
        return new MailList(items, new Place(filter.state() == null && !UNREACHED.contains(last.state()), last.id()));
    }

    /**
     * Returns a mail of the conference.
     *
     * @throws Problem {@code not-found}, also for a mail of another conference
     */
    MailWithBodies require(String conference, UUID mail) {
        return mails.conference(mail)
                .filter(conference::equals)
                .flatMap(_ -> mails.find(mail))
                .orElseThrow(MailDesk::unknown);
    }

    /**
     * Returns a mail with its bodies, if it was sent and its reader is still known; otherwise unchanged. Bodies of announcement mails are
     * not stored per reader; they are composed again from the announcement and the reader's current state.
     */
    MailWithBodies withBodies(MailWithBodies found) {
        MailView mail = found.mail();
        if (found.text() != null || !mail.state().equals("sent")) {
            return found;
        }
        return announcementMails
                .find(mail.id(), mail.at())
                .flatMap(this::compose)
                .map(composed -> new MailWithBodies(mail, composed.keptText(), composed.keptHtml()))
                .orElse(found);
    }

    private Optional<ComposedMail> compose(AnnouncementMail announcementMail) {
        return projections
                .findConference(announcementMail.conference())
                .map(conference -> announcementMails.compose(announcementMail, conference));
    }

    /** Whether mails of this kind can be resent. */
    static boolean isResendable(MailView mail) {
        return mail.registration() != null
                && !Arrays.asList(SubscriptionMail.codes()).contains(mail.kind());
    }

    /**
     * Returns what {@link #resend} would do, without changing anything.
     *
     * @throws Problem {@code not-found}, {@code not-allowed-now} or {@code rate-limited}
     */
    ForeseenCopy foresee(UUID mail, Person organiser) {
        ResendOrder order = order(mail, organiser, null);
        return copies.foresee(order, () -> limit.checkForOrganiser(order.registration()));
    }

    /**
     * Resends a mail, once per key.
     *
     * @param why in the organiser's own words; {@code null} for none
     * @throws Problem {@code not-found}, {@code not-allowed-now} or {@code rate-limited}
     */
    MailView resend(UUID mail, Person organiser, @Nullable String why, @Nullable String key) {
        ResendOrder order = order(mail, organiser, why);
        return copies.order(
                order,
                key == null ? null : new IdempotencyRecords.Key("resend", mail, key, why == null ? "" : why),
                () -> limit.checkForOrganiser(order.registration()));
    }

    private ResendOrder order(UUID mail, Person organiser, @Nullable String why) {
        MailView found = mails.find(mail).orElseThrow(MailDesk::unknown).mail();
        @Nullable UUID registration = found.registration();
        if (registration == null || !isResendable(found)) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW, "Announcements and confirmation requests are never sent twice.");
        }
        DueMail due = mails.due(mail).orElseThrow(MailDesk::unknown);
        return new ResendOrder(registration, due, organiser, organiser.subject(), why);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such mail.");
    }
}
