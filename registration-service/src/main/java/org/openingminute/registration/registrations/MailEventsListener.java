package org.openingminute.registration.registrations;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.registrations.TimelineRepository.MailNote;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Adds the outcome of mails to the timeline of their registration. */
@Component
class MailEventsListener {

    private final Inbox inbox;
    private final TimelineRepository timeline;
    private final TransactionTemplate transaction;

    MailEventsListener(Inbox inbox, TimelineRepository timeline, TransactionTemplate transaction) {
        this.inbox = inbox;
        this.timeline = timeline;
        this.transaction = transaction;
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
    void onAll(List<Message> poll) {
        Map<Message, Mails> readable = new LinkedHashMap<>();
        @Nullable BatchFailure unreadable = null;
        for (int i = 0; i < poll.size() && unreadable == null; i++) {
            Message message = poll.get(i);
            try {
                Mails mails = message.body(Mails.class);
                message.requireKey(mails.registration());
                readable.put(message, mails);
            } catch (PermanentFailure e) {
                unreadable = new BatchFailure(i, e);
            }
        }
        transaction.executeWithoutResult(_ -> note(readable));
        if (unreadable != null) {
            throw unreadable;
        }
    }

    private void note(Map<Message, Mails> poll) {
        timeline.noteMails(inbox.advancing(List.copyOf(poll.keySet())).stream()
                .flatMap(message -> notes(requireNonNull(poll.get(message))))
                .toList());
    }

    private static Stream<MailNote> notes(Mails mails) {
        return mails.mails().stream()
                .flatMap(mail -> noted(mail.state()).stream()
                        .map(code ->
                                new MailNote(mails.registration(), mail.id(), TimelineNote.mail(code, mail.kind()))));
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
