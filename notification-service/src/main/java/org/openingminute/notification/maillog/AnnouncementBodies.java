package org.openingminute.notification.maillog;

import java.util.Optional;
import org.openingminute.notification.announcement.AnnouncementMails;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;

/**
 * The bodies of announcement mails. They are not stored for each reader: a body is composed again from the announcement and the
 * reader's present state.
 */
@Component
class AnnouncementBodies {

    private final AnnouncementMails announcementMails;
    private final ProjectionRepository projections;

    AnnouncementBodies(AnnouncementMails announcementMails, ProjectionRepository projections) {
        this.announcementMails = announcementMails;
        this.projections = projections;
    }

    /** The mail with its bodies if it was sent and its reader is still known; otherwise unchanged. */
    MailWithBodies added(MailWithBodies found) {
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
}
