package org.openingminute.registration.registrations;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Adds the outcome of mails to the timeline of their registration. */
@Component
class MailEventsListener {

    private final Inbox inbox;
    private final TimelineRepository timeline;

    MailEventsListener(Inbox inbox, TimelineRepository timeline) {
        this.inbox = inbox;
        this.timeline = timeline;
    }

    record Mails(UUID registration, List<ReportedMail> mails) {

        Mails {
            Objects.requireNonNull(registration, "mails belong to a registration");
            mails = List.copyOf(mails);
        }
    }

    record ReportedMail(UUID id, String kind, MailState state, Instant at) {

        ReportedMail {
            Objects.requireNonNull(id, "a mail has an id");
            Objects.requireNonNull(kind, "a mail has a kind");
            Objects.requireNonNull(state, "a mail has a state");
        }

        enum MailState {
            @JsonProperty("waiting")
            WAITING,
            @JsonProperty("sent")
            SENT,
            @JsonProperty("failed")
            FAILED,
            @JsonProperty("bounced")
            BOUNCED,
            /** A value of a later version of the contract. */
            @JsonEnumDefaultValue
            UNKNOWN
        }
    }

    @MessageReader(
            topic = "notification.events.v1",
            types = {"mail.sent.v1", "mail.failed.v1", "mail.bounced.v1"},
            unknownTypes = Unknown.SKIP)
    @Transactional
    void on(Message message) {
        Mails mails = message.body(Mails.class);
        message.requireKey(mails.registration());
        if (!inbox.advances(message)) {
            return;
        }
        for (ReportedMail mail : mails.mails()) {
            noted(mail.state())
                    .ifPresent(code ->
                            timeline.noteMail(mails.registration(), mail.id(), TimelineNote.mail(code, mail.kind())));
        }
    }

    /** The mail's line in a timeline; empty if its outcome is not known. */
    private static Optional<TimelineNote.Code> noted(ReportedMail.MailState state) {
        return switch (state) {
            case SENT -> Optional.of(TimelineNote.Code.MAIL_SENT);
            case BOUNCED -> Optional.of(TimelineNote.Code.MAIL_CAME_BACK);
            case FAILED -> Optional.of(TimelineNote.Code.MAIL_NOT_SENT);
            case WAITING, UNKNOWN -> Optional.empty();
        };
    }
}
