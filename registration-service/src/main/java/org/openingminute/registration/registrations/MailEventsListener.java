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
import java.util.Set;
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
import org.openingminute.registration.registrations.RegistrationRepository.UnpublishedChange;
import org.openingminute.registration.registrations.TimelineRepository.FailedMail;
import org.openingminute.registration.registrations.TimelineRepository.MailNote;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Adds the outcome of each mail to the timeline of its registration, and stores which mails have failed. */
@Component
class MailEventsListener {

    private final Inbox inbox;
    private final TimelineRepository timeline;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    MailEventsListener(
            Inbox inbox,
            TimelineRepository timeline,
            TransactionTemplate transaction,
            ApplicationEventPublisher events) {
        this.inbox = inbox;
        this.timeline = timeline;
        this.transaction = transaction;
        this.events = events;
    }

    record Mails(UUID registration, List<ReportedMail> mails) {

        Mails {
            Objects.requireNonNull(registration, "mails belong to a registration");
            mails = List.copyOf(mails);
        }

        /** Returns the failed mails that no later mail of the same kind has replaced. */
        Stream<FailedMail> failed() {
            return mails.stream()
                    .filter(ReportedMail::isFailed)
                    // A mail to a replaced address needs no action: the address is no longer used.
                    .filter(failed -> !failed.kind().equals(TimelineNote.MAIL_TO_FORMER_CONTACT))
                    .filter(failed -> mails.stream().noneMatch(other -> other.follows(failed)))
                    .map(failed ->
                            new FailedMail(registration, failed.id(), failed.kind(), failed.inWords(), failed.at()));
        }
    }

    record ReportedMail(UUID id, String kind, MailState state, Instant at) {

        ReportedMail {
            Objects.requireNonNull(id, "a mail has an id");
            Objects.requireNonNull(kind, "a mail has a kind");
            Objects.requireNonNull(state, "a mail has a state");
            Objects.requireNonNull(at, "a mail's state has an instant");
        }

        private boolean isFailed() {
            return state == MailState.FAILED || state == MailState.BOUNCED;
        }

        private String inWords() {
            return state == MailState.BOUNCED ? "bounced" : "failed";
        }

        private boolean follows(ReportedMail failed) {
            return kind.equals(failed.kind)
                    && (state == MailState.WAITING || state == MailState.SENT)
                    && at.isAfter(failed.at);
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
        List<Mails> advancing = inbox.advancing(List.copyOf(poll.keySet())).stream()
                .map(message -> requireNonNull(poll.get(message)))
                .toList();
        Map<UUID, Mails> newest = new LinkedHashMap<>();
        advancing.forEach(mails -> newest.put(mails.registration(), mails));
        Set<UUID> changed = timeline.noteMails(
                newest.keySet(),
                advancing.stream().flatMap(MailEventsListener::notes).toList(),
                newest.values().stream().flatMap(Mails::failed).toList());
        if (!changed.isEmpty()) {
            events.publishEvent(new UnpublishedChange(changed));
        }
    }

    private static Stream<MailNote> notes(Mails mails) {
        return mails.mails().stream()
                .flatMap(mail -> noted(mail.state()).stream()
                        .map(code ->
                                new MailNote(mails.registration(), mail.id(), TimelineNote.mail(code, mail.kind()))));
    }

    /** Returns the timeline code of the mail's outcome; empty if this version does not know the outcome. */
    private static Optional<TimelineNote.Code> noted(ReportedMail.MailState state) {
        return switch (state) {
            case SENT -> Optional.of(TimelineNote.Code.MAIL_SENT);
            case BOUNCED -> Optional.of(TimelineNote.Code.MAIL_CAME_BACK);
            case FAILED -> Optional.of(TimelineNote.Code.MAIL_NOT_SENT);
            case WAITING, UNKNOWN -> Optional.empty();
        };
    }
}
