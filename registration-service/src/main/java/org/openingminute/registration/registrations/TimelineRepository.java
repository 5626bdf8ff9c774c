package org.openingminute.registration.registrations;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.ReasonCode.LegacyReasons;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.JacksonException;

/** Stores the timelines of registrations, oldest entry first. The first two entries are not stored: they follow from the registration. */
@Repository
public class TimelineRepository {

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    TimelineRepository(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * An entry of a timeline.
     *
     * @param at business time
     * @param code the kind of entry; {@code null} if the version that wrote it had no codes
     * @param what the title in plain English
     * @param detail the detail in plain English
     * @param note the same for translation; {@code null} if this version does not know it
     */
    public record Entry(
            Instant at,
            @Nullable String code,
            String what,
            @Nullable String detail,
            @JsonIgnore @Nullable TimelineNote note) {

        static Entry of(
                Instant at, String what, @Nullable String detail, @Nullable String code, @Nullable String json) {
            return new Entry(
                    at, code, what, detail, code == null ? LegacyReasons.note(what, detail) : note(code, json));
        }

        static Entry of(Instant at, TimelineNote note) {
            return new Entry(at, note.code().wireName(), note.what(), note.detail(), note);
        }

        private static @Nullable TimelineNote note(String code, @Nullable String json) {
            try {
                TimelineNote.Parameters parameters = json == null
                        ? TimelineNote.Parameters.NONE
                        : Documents.value(json, TimelineNote.Parameters.class);
                return TimelineNote.Code.of(code)
                        .map(known -> new TimelineNote(known, parameters))
                        .orElse(null);
            } catch (JacksonException e) {
                // Written by a later version: show its English text.
                return null;
            }
        }
    }

    List<Entry> of(UUID registration) {
        return jdbc.sql("""
                select at, what, detail, code, parameters::text as parameters, null as began_as, id
                  from timeline where registration_id = :registration
                union all
                select created_at, document ->> 'reference', document ->> 'paymentMethod', null, null, began_as, 0
                  from registration where id = :registration and began_as is not null
                order by at, id
                """).param("registration", registration).query((row, _) -> entries(row)).list().stream()
                .flatMap(List::stream)
                .toList();
    }

    private static List<Entry> entries(ResultSet row) throws SQLException {
        Instant at = row.getTimestamp("at").toInstant();
        @Nullable String beganAs = row.getString("began_as");
        String what = row.getString("what");
        if (beganAs != null) {
            boolean atDesk = Registration.PaymentMethod.desk.name().equals(row.getString("detail"));
            return TimelineNote.begun(what, Status.of(beganAs), atDesk).stream()
                    .map(note -> Entry.of(at, note))
                    .toList();
        }
        return List.of(Entry.of(at, what, row.getString("detail"), row.getString("code"), row.getString("parameters")));
    }

    /** The outcome of a mail, as an entry of its registration's timeline. */
    record MailNote(UUID registration, UUID mail, TimelineNote note) {}

    /**
     * A mail that could not be sent, or that bounced.
     *
     * @param at when the failure became known, by notification-service's clock
     */
    record FailedMail(UUID registration, UUID mail, String kind, String state, Instant at) {}

    /**
     * Adds one entry for each mail and outcome, however often it is reported, and replaces the stored failed mails of these registrations.
     * The current offset of business time is stored with each.
     *
     * @param failed all failed mails of the registrations
     * @return the registrations whose set of failed mails has changed
     */
    Set<UUID> noteMails(Set<UUID> registrations, List<MailNote> notes, List<FailedMail> failed) {
        if (registrations.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(jdbc.sql("""
                with noted as (
                    insert into timeline (at, registration_id, mail_id, what, detail, code, parameters)
                    select ?, registration_id, mail_id, what, detail, code, parameters::json
                      from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[])
                           as t (registration_id, mail_id, what, detail, code, parameters)
                    on conflict (mail_id, what) where mail_id is not null do nothing),
                failed as (
                    select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::timestamptz[])
                        as n (id, registration_id, kind, state, at)),
                gone as (
                    delete from failed_mail f
                     where f.registration_id = any(?) and not exists (select from failed n where n.id = f.id)
                    returning f.registration_id),
                more as (
                    insert into failed_mail as f (id, registration_id, kind, state, at, ahead_millis)
                    select id, registration_id, kind, state, at, ? from failed
                    on conflict (id) do update
                       set state = excluded.state, at = excluded.at, ahead_millis = excluded.ahead_millis
                     where f.state <> excluded.state or f.at <> excluded.at
                    returning f.registration_id)
                select registration_id from gone union all select registration_id from more
                """)
                .param(clock.now().atOffset(ZoneOffset.UTC))
                .param(notes.stream().map(MailNote::registration).toArray(UUID[]::new))
                .param(notes.stream().map(MailNote::mail).toArray(UUID[]::new))
                .param(notes.stream().map(one -> one.note().what()).toArray(String[]::new))
                .param(notes.stream().map(one -> one.note().detail()).toArray(String[]::new))
                .param(notes.stream().map(one -> one.note().code().wireName()).toArray(String[]::new))
                .param(notes.stream()
                        .map(one -> Documents.json(one.note().parameters()))
                        .toArray(String[]::new))
                .param(failed.stream().map(FailedMail::mail).toArray(UUID[]::new))
                .param(failed.stream().map(FailedMail::registration).toArray(UUID[]::new))
                .param(failed.stream().map(FailedMail::kind).toArray(String[]::new))
                .param(failed.stream().map(FailedMail::state).toArray(String[]::new))
                .param(failed.stream().map(one -> one.at().toString()).toArray(String[]::new))
                .param(registrations.toArray(UUID[]::new))
                .param(clock.offset().toMillis())
                .query(UUID.class)
                .set());
    }
}
