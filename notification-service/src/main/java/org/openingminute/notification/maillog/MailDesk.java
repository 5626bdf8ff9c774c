package org.openingminute.notification.maillog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;

/** What organisers do with mails: look through those of a conference, and send one again. */
@Component
class MailDesk {

    /** Those that did not reach anybody. */
    static final Set<String> UNREACHED = Set.of("failed", "bounced");

    private static final Set<String> OTHERS = Set.of("waiting", "sent", "superseded");

    private final MailLogRepository mails;
    private final Resends copies;
    private final HourlyLimit limit;

    MailDesk(MailLogRepository mails, Resends copies, HourlyLimit limit) {
        this.mails = mails;
        this.copies = copies;
        this.limit = limit;
    }

    /**
     * A part of the list of a conference's mails.
     *
     * @param next where it goes on; {@code null} at the end
     */
    record MailList(List<MailView> items, @Nullable Place next) {}

    /**
     * A place in the list.
     *
     * @param isOthers whether those that reached nobody, which come first, are all before it
     * @param after the last mail before it
     */
    record Place(boolean isOthers, UUID after) {}

    /**
     * Mails of a conference: in one state newest first; otherwise those that reached nobody, newest first, and then the others.
     *
     * @param kind {@code null} for all
     * @param isOthers see {@link Place}
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
     * A mail of a conference.
     *
     * @throws Problem {@code not-found} for one of another, too
     */
    MailWithBodies require(String conference, UUID mail) {
        return mails.conference(mail)
                .filter(conference::equals)
                .flatMap(_ -> mails.find(mail))
                .orElseThrow(MailDesk::unknown);
    }

    /** Whether a mail is of a kind that can be sent again. */
    static boolean isResendable(MailView mail) {
        return mail.registration() != null
                && !Arrays.asList(SubscriptionMail.codes()).contains(mail.kind());
    }

    /**
     * Sends a mail again, once for each key.
     *
     * @throws Problem {@code not-found}, {@code not-allowed-now} or {@code rate-limited}
     */
    MailView resend(UUID mail, Person organiser, @Nullable String key) {
        MailView found = mails.find(mail).orElseThrow(MailDesk::unknown).mail();
        @Nullable UUID registration = found.registration();
        if (registration == null || !isResendable(found)) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW, "Announcements and confirmation requests are never sent twice.");
        }
        DueMail due = mails.due(mail).orElseThrow(MailDesk::unknown);
        return copies.order(
                Resends.ResendOrder.of(registration, due, organiser, "organiser"),
                key == null ? null : new IdempotencyRecords.Key("resend", mail, key, ""),
                () -> limit.checkForOrganiser(registration));
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such mail.");
    }
}
