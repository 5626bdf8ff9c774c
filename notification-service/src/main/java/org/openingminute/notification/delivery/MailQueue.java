package org.openingminute.notification.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The waiting mails and their outcomes. Leases are measured by the database's clock, which all instances share. */
@Repository
class MailQueue {

    /** The number of mails read from a lane; later mails wait, even if their domain has room. */
    private static final int WINDOW = 200;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final NotificationServiceSettings.Pace pace;
    private final UUID instance;
    private final FairQueue lanes = new FairQueue();

    MailQueue(JdbcClient jdbc, Clock clock, Ids ids, NotificationServiceSettings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.pace = settings.pace();
        this.instance = ids.next();
    }

    /**
     * Leases due mails; nobody else gets them until the lease ends. Lanes are served in rotation, and each serves its
     * longest waiting mail first; what a person asked for waits in the lane of resends. A mail whose domain is at its limit lets
     * later ones pass, as far as the window reaches.
     *
     * @param underway how many mails this instance is sending to each domain
     * @param takeOver whether to take over mails that another instance leased and did not renew
     */
    List<WaitingMail> lease(int atMost, Map<String, Integer> underway, boolean takeOver) {
        List<Leased> leased = jdbc.sql("""
                with oldest as (
                    select head.id, head.domain, lane.place, head.turn
                      from unnest(:lanes::text[]) with ordinality as lane (kind, place)
                     cross join lateral (
                        select id, lower(split_part(recipient, '@', -1)) as domain,
                               row_number() over (order by next_try_at, id) as turn
                          from mail
                         where kind = lane.kind and copy = 0 and requested_by is null and state = 'waiting'
                           and next_try_at <= :now and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                         order by next_try_at, id
                         limit :window) as head
                    union all
                    (select id, lower(split_part(recipient, '@', -1)),
                            array_position(:lanes::text[], :copies), row_number() over (order by next_try_at, id)
                       from mail
                      where (copy > 0 or requested_by is not null) and kind = any(:lanes) and state = 'waiting'
                        and next_try_at <= :now
                        and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                      order by next_try_at, id
                      limit :window)),
                ranked as (
                    select oldest.id, turn, place,
                           row_number() over (partition by domain order by turn, place) + coalesce(busy.mails, 0) as nth
                      from oldest left join unnest(:domains::text[], :counts::integer[]) as busy (domain, mails)
                           using (domain)),
                due as (
                    select id from mail
                     where id in (select id from ranked where nth <= :perDomain order by turn, place limit :atMost)
                       and state = 'waiting' and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                       for update skip locked)
                update mail
                   set leased_by = :instance, leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                  from due
                 where mail.id = due.id
                returning mail.id, mail.registration_id, mail.kind, mail.about, mail.attempts, mail.refusals, mail.due_since,
                          mail.read_late, mail.copy, mail.copy > 0 or mail.requested_by is not null as resent,
                          mail.traceparent, lower(split_part(mail.recipient, '@', -1)) as domain
                """)
                .param("now", timestamp())
                .param("lanes", lanes.inOrder())
                .param("copies", FairQueue.COPIES)
                .param("window", WINDOW)
                .param("domains", underway.keySet().toArray(String[]::new))
                .param("counts", underway.values().toArray(Integer[]::new))
                .param("perDomain", pace.connectionsPerDomain())
                .param("atMost", atMost)
                .param("takeOver", takeOver)
                .param("instance", instance)
                .param("millis", pace.lease().toMillis())
                .query((row, number) -> leased(row))
                .list();
        leased.forEach(one -> lanes.served(one.lane()));
        return leased.stream().map(Leased::mail).toList();
    }

    private record Leased(WaitingMail mail, String lane) {}

    private static Leased leased(ResultSet row) throws SQLException {
        String kind = row.getString("kind");
        return new Leased(
                new WaitingMail(
                        row.getObject("id", UUID.class),
                        cause(kind, row),
                        row.getInt("copy"),
                        row.getInt("attempts"),
                        row.getInt("refusals"),
                        row.getTimestamp("due_since").toInstant(),
                        row.getBoolean("read_late"),
                        row.getString("domain"),
                        row.getString("traceparent")),
                row.getBoolean("resent") ? FairQueue.COPIES : kind);
    }

    private static WaitingMail.Cause cause(String kind, ResultSet row) throws SQLException {
        @Nullable MailKind due = MailKind.of(kind).orElse(null);
        return due == null
                ? new WaitingMail.SubscriptionCause(kind)
                : new WaitingMail.RegistrationCause(
                        row.getObject("registration_id", UUID.class), new DueMail(due, row.getString("about")));
    }

    /**
     * Renews the leases of mails that are still being sent.
     *
     * @param over the connection reserved for renewals
     */
    void renew(JdbcClient over, Collection<UUID> mails) {
        over.sql("""
                update mail set leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                 where id = any(:mails) and leased_by = :instance and state = 'waiting'
                """)
                .param("millis", pace.lease().toMillis())
                .param("mails", mails.toArray(UUID[]::new))
                .param("instance", instance)
                .update();
    }

    /** Counts an attempt and renews the lease if this instance still holds the mail; false if it does not. */
    boolean beginAttempt(WaitingMail mail) {
        return jdbc.sql("""
                update mail
                   set tries = tries + 1, leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                 where id = :id and leased_by = :instance and state = 'waiting' and leased_until > clock_timestamp()
                """)
                        .param("millis", pace.lease().toMillis())
                        .param("id", mail.id())
                        .param("instance", instance)
                        .update()
                == 1;
    }

    /**
     * Saves a disposition if the mail still waits. That the server has the mail is true whoever says so; every other
     * disposition is saved only for the holder of the lease, because another instance may be sending the mail.
     *
     * @return whether it was saved
     */
    boolean apply(WaitingMail mail, Disposition disposition) {
        Disposition.@Nullable Content content = disposition.content();
        return jdbc.sql("""
                update mail
                   set state = :state, state_since = case when :state = 'waiting' then state_since else :now end,
                       next_try_at = coalesce(:nextAttemptAt, next_try_at), attempts = attempts + :attempts,
                       refusals = refusals + :refusals, reason = :reason, last_answer = coalesce(:answer, last_answer),
                       recipient = coalesce(:recipient, recipient), subject = coalesce(:subject, subject),
                       text_body = coalesce(:text, text_body), html_body = coalesce(:html, html_body),
                       leased_by = null, leased_until = null
                 where id = :id and state = 'waiting' and (:state = 'sent' or leased_by = :instance)
                """)
                        .param("state", disposition.state().wireName())
                        .param("now", utc(clock.instant()), Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("nextAttemptAt", utc(disposition.nextAttemptAt()), Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("attempts", disposition.attempts())
                        .param("refusals", disposition.refusals())
                        .param("reason", disposition.reason(), Types.VARCHAR)
                        .param("answer", disposition.answer(), Types.VARCHAR)
                        .param("recipient", content == null ? null : content.recipient(), Types.VARCHAR)
                        .param("subject", content == null ? null : content.subject(), Types.VARCHAR)
                        .param("text", content == null ? null : content.text(), Types.VARCHAR)
                        .param("html", content == null ? null : content.html(), Types.VARCHAR)
                        .param("id", mail.id())
                        .param("instance", instance)
                        .update()
                == 1;
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /** The next sequence number of the events about a registration's mails. */
    long nextSequence(UUID registration) {
        return jdbc.sql("update projection set mail_sequence = mail_sequence + 1 where id = ? returning mail_sequence")
                .param(registration)
                .query(Long.class)
                .single();
    }

    /** All mails of a registration except superseded ones and announcements, oldest first. */
    List<MailEvent.Mail> ofRegistration(UUID registration) {
        return jdbc.sql("""
                select id, kind, state, state_since, about, copy from mail
                 where registration_id = ? and announcement_id is null and state <> 'superseded' order by created_at, id
                """)
                .param(registration)
                .query((row, number) -> new MailEvent.Mail(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getString("state"),
                        row.getTimestamp("state_since").toInstant(),
                        row.getString("about"),
                        row.getInt("copy")))
                .list();
    }

    /** The time by which mails are due, from the machine's clock. */
    Instant now() {
        return clock.instant();
    }

    private Timestamp timestamp() {
        return Timestamp.from(clock.instant());
    }
}
