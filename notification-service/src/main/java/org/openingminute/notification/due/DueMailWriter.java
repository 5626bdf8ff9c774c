package org.openingminute.notification.due;

import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Inserts due mails, in the transaction that saves the state. */
@Component
class DueMailWriter {

    /** An event older than this when it is read may already be outdated by later ones. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Ids ids;
    private final DelayPolicy delays;
    private final TraceContext traces;

    DueMailWriter(JdbcClient jdbc, Clock clock, Ids ids, NotificationServiceSettings settings, TraceContext traces) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
        this.traces = traces;
        this.delays = new DelayPolicy(
                settings.pace().payNowAfter(),
                settings.pace().paymentFailedAfter(),
                settings.pace().receiptWithin());
    }

    /**
     * Inserts a row for every due mail that has none, and supersedes waiting mails that are no longer due. A superseded mail
     * that is due again waits again.
     *
     * @param before the status that was known before this event
     */
    void write(RegistrationProjection projection, @Nullable RegistrationStatus before, Message event) {
        @Nullable RegistrationSnapshot registration = projection.registration();
        if (registration == null) {
            return;
        }
        Instant now = clock.instant();
        List<DueMail> all = DueMails.by(projection, now);
        supersedeNoLongerDue(registration.id(), all, now);
        if (!DelayPolicy.awaitsReceipt(registration, projection.payment())) {
            releaseConfirmation(registration.id(), now);
        }
        boolean late = event.time().plus(FRESH).isBefore(now);
        for (DueMail due : all) {
            Instant earliest = delays.earliest(due.kind(), projection, before, event.time(), now);
            jdbc.sql("""
                    insert into mail (id, registration_id, kind, about, recipient, owed_from, next_try_at, created_at,
                                      state_since, read_late, traceparent)
                    values (:id, :registration, :kind, :about, :recipient, :earliest, :earliest, :now, :now, :late,
                            :traceparent)
                    on conflict (registration_id, kind, about, copy) do update
                       set state = 'waiting', owed_from = excluded.owed_from, next_try_at = excluded.next_try_at,
                           state_since = excluded.state_since, reason = null, read_late = excluded.read_late,
                           traceparent = excluded.traceparent, attempts = 0, refusals = 0, requested_by = null
                     where mail.state = 'superseded'
                    """)
                    .param("id", ids.next())
                    .param("registration", registration.id())
                    .param("kind", due.kind().code())
                    .param("about", due.about())
                    .param("recipient", registration.contact().email())
                    .param("earliest", Timestamp.from(earliest))
                    .param("now", Timestamp.from(now))
                    .param("late", late)
                    .param("traceparent", traces.parent(), Types.VARCHAR)
                    .update();
        }
    }

    /** Releases a confirmation that waited for its receipt. */
    private void releaseConfirmation(UUID registration, Instant now) {
        jdbc.sql("""
                update mail set owed_from = :now, next_try_at = :now
                 where registration_id = :registration and kind = :kind and state = 'waiting' and owed_from > :now
                """)
                .param("now", Timestamp.from(now))
                .param("registration", registration)
                .param("kind", MailKind.CONFIRMATION.code())
                .update();
    }

    /**
     * Leaves a mail that is being sent to its sender, which checks for itself, and a mail of an unknown kind to a newer
     * instance, which runs beside this one during an upgrade. A requested mail is due as long as it waits.
     */
    private void supersedeNoLongerDue(UUID registration, List<DueMail> due, Instant now) {
        jdbc.sql("""
                update mail
                   set state = 'superseded', state_since = :now, reason = 'what it was about has passed'
                 where registration_id = :registration and state = 'waiting' and leased_by is null and kind = any(:known)
                   and kind <> :asked
                   and not exists (select 1 from unnest(:kinds::text[], :abouts::text[]) as due (kind, about)
                                    where due.kind = mail.kind and due.about = mail.about)
                """)
                .param("now", Timestamp.from(now))
                .param("registration", registration)
                .param("known", MailKind.codes())
                .param("asked", MailKind.LINK.code())
                .param("kinds", due.stream().map(one -> one.kind().code()).toArray(String[]::new))
                .param("abouts", due.stream().map(DueMail::about).toArray(String[]::new))
                .update();
    }
}
