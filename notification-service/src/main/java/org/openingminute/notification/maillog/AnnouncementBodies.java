package org.openingminute.notification.maillog;

import java.util.Optional;
import org.openingminute.notification.announcement.AnnouncementMails;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.stereotype.Component;

/**
 * What stood in a mail of news. It went to many, so it is kept once and not for each: it is made again from what was said and
 * how its reader stands now. Safe for all threads.
 */
@Component
class AnnouncementBodies {

    private final AnnouncementMails letters;
    private final ProjectionRepository heard;

    AnnouncementBodies(AnnouncementMails letters, ProjectionRepository heard) {
        this.letters = letters;
        this.heard = heard;
    }

    /** The mail with its bodies, where it was sent and its reader is still known; else as it is. */
    MailWithBodies added(MailWithBodies found) {
        MailView mail = found.mail();
        if (found.text() != null || !mail.state().equals("sent")) {
            return found;
        }
        return letters.find(mail.id(), mail.at())
                .flatMap(this::compose)
                .map(composed -> new MailWithBodies(mail, composed.keptText(), composed.keptHtml()))
                .orElse(found);
    }

    private Optional<ComposedMail> compose(AnnouncementMail letter) {
        return heard.findConference(letter.conference()).map(conference -> letters.compose(letter, conference));
    }
}
