package org.openingminute.notification.sending;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.openingminute.messaging.Ids;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.composing.ComposedMail;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.owed.Owed;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The mails that wait, and what became of them. Leases are measured by the database's clock, which all instances share. Safe
 * for all threads.
 */
@Repository
class MailQueue {

    private final JdbcClient jdbc;
    private final Clock clock;
    private final NotificationSettings.Pace pace;
    private final UUID instance;

    MailQueue(JdbcClient jdbc, Clock clock, Ids ids, NotificationSettings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.pace = settings.pace();
        this.instance = ids.next();
    }

    /** Leases mails that are due, the longest waiting first; nobody else gets them until the lease has passed. */
    List<WaitingMail> lease(int atMost) {
        return jdbc.sql("""
                with due as (
                    select id from mail
                     where state = 'waiting' and next_try_at <= :now and kind = any(:known)
                       and (leased_until is null or leased_until < clock_timestamp())
                     order by next_try_at
                     limit :atMost
                       for update skip locked)
                update mail
                   set leased_by = :instance, leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                  from due
                 where mail.id = due.id
                returning mail.id, mail.registration_id, mail.kind, mail.about, mail.attempts, mail.owed_from, mail.read_late
                """)
                .param("now", timestamp())
                .param("known", MailKind.codes())
                .param("atMost", atMost)
                .param("instance", instance)
                .param("millis", pace.lease().toMillis())
                .query((row, number) -> new WaitingMail(
                        row.getObject("id", UUID.class),
                        row.getObject("registration_id", UUID.class),
                        new Owed(MailKind.of(row.getString("kind")).orElseThrow(), row.getString("about")),
                        row.getInt("attempts"),
                        row.getTimestamp("owed_from").toInstant(),
                        row.getBoolean("read_late")))
                .list();
    }

    /** Renews the leases of mails that are still being sent. */
    void renew(Collection<UUID> mails) {
        jdbc.sql("""
                update mail set leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                 where id = any(:mails) and leased_by = :instance and state = 'waiting'
                """)
                .param("millis", pace.lease().toMillis())
                .param("mails", mails.toArray(UUID[]::new))
                .param("instance", instance)
                .update();
    }

    /** Whether this instance still has a mail to itself. */
    boolean isOurs(WaitingMail mail) {
        return jdbc.sql("""
                select count(*) from mail
                 where id = ? and leased_by = ? and state = 'waiting' and leased_until > clock_timestamp()
                """).param(mail.id()).param(instance).query(Long.class).single() == 1;
    }

    /** Whether no server took a mail for so long that it is given up. */
    boolean isTooOld(WaitingMail mail) {
        return mail.owedFrom().plus(pace.giveUpAfter()).isBefore(clock.instant());
    }

    /** Gives a mail back to be tried later. */
    void postpone(WaitingMail mail, Duration wait, int attempts, String reason) {
        jdbc.sql("""
                update mail
                   set next_try_at = :next, attempts = :attempts, reason = :reason, leased_by = null, leased_until = null
                 where id = :id and state = 'waiting' and leased_by = :instance
                """)
                .param("next", Timestamp.from(clock.instant().plus(wait)))
                .param("attempts", attempts)
                .param("reason", reason)
                .param("id", mail.id())
                .param("instance", instance)
                .update();
    }

    /** Passes a mail over whose state has gone. */
    void supersede(WaitingMail mail) {
        settle(mail, "superseded", "what it was about has passed");
    }

    /**
     * Notes a mail as sent, as it may be kept.
     *
     * @return whether it was still waiting
     */
    boolean sent(WaitingMail mail, String recipient, ComposedMail composed) {
        return jdbc.sql("""
                update mail
                   set state = 'sent', state_since = :now, recipient = :recipient, subject = :subject, text_body = :text,
                       html_body = :html, reason = null, leased_by = null, leased_until = null
                 where id = :id and state = 'waiting'
                """)
                        .param("now", timestamp())
                        .param("recipient", recipient)
                        .param("subject", composed.subject())
                        .param("text", composed.keptText())
                        .param("html", composed.keptHtml())
                        .param("id", mail.id())
                        .update()
                == 1;
    }

    /**
     * Notes a mail as given up.
     *
     * @return whether it was still waiting
     */
    boolean failed(WaitingMail mail, String reason) {
        return settle(mail, "failed", reason);
    }

    /**
     * Notes that the address does not take mail.
     *
     * @return whether it was still waiting
     */
    boolean bounced(WaitingMail mail, String reason) {
        return settle(mail, "bounced", reason);
    }

    private boolean settle(WaitingMail mail, String state, String reason) {
        return jdbc.sql("""
                update mail
                   set state = :state, state_since = :now, reason = :reason, leased_by = null, leased_until = null
                 where id = :id and state = 'waiting'
                """)
                        .param("state", state)
                        .param("now", timestamp())
                        .param("reason", reason)
                        .param("id", mail.id())
                        .update()
                == 1;
    }

    /** The next number in the sequence of what is told of a registration's mails. */
    long nextSequence(UUID registration) {
        return jdbc.sql(
                        "update registration set mail_sequence = mail_sequence + 1 where id = ? returning mail_sequence")
                .param(registration)
                .query(Long.class)
                .single();
    }

    /** All mails of a registration but those that were passed over, oldest first. */
    List<MailEvent.Mail> ofRegistration(UUID registration) {
        return jdbc.sql("""
                select id, kind, state, state_since from mail
                 where registration_id = ? and state <> 'superseded' order by created_at, id
                """)
                .param(registration)
                .query((row, number) -> new MailEvent.Mail(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getString("state"),
                        row.getTimestamp("state_since").toInstant()))
                .list();
    }

    /** The time by which mails are due: the machine's. */
    Instant now() {
        return clock.instant();
    }

    private Timestamp timestamp() {
        return Timestamp.from(clock.instant());
    }
}
