package org.openingminute.notification.delivery;

import java.sql.Timestamp;
import java.util.List;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.notification.due.MailKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notes as sent what this service reported as sent before its database lost it, so that nobody gets it twice. */
@Component
class OwnMailEvents implements Inbox.OwnMessages {

    private static final Logger log = LoggerFactory.getLogger(OwnMailEvents.class);

    private final JdbcClient jdbc;

    OwnMailEvents(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String topic() {
        return MailEvent.TOPIC;
    }

    @Override
    public void note(List<Message> messages) {
        for (Message message : messages) {
            try {
                note(message.body(MailEvent.class));
            } catch (PermanentFailure e) {
                log.warn("What was sent for {} cannot be read: {}", message.key(), e.getMessage());
            }
        }
    }

    private void note(MailEvent event) {
        event.mails().stream()
                .filter(mail -> mail.state().equals(Disposition.State.SENT.wireName()))
                .forEach(mail -> note(event, mail));
    }

    /** A mail that no name identifies, as an earlier version reported it, is noted only where its row is. */
    private void note(MailEvent event, MailEvent.Mail mail) {
        boolean isNamed = mail.about() != null
                || MailKind.of(mail.kind())
                        .filter(kind -> !kind.isAboutSomething())
                        .isPresent();
        jdbc.sql("insert into registration (id) select :registration where :named on conflict do nothing")
                .param("registration", event.registration())
                .param("named", isNamed)
                .update();
        jdbc.sql("""
                with known as (
                       update mail set state = 'sent', state_since = :at, reason = null, last_answer = null,
                              leased_by = null, leased_until = null
                        where id = :id and state <> 'sent'
                       returning id)
                insert into mail (id, registration_id, kind, about, copy, state, recipient, owed_from, next_try_at,
                                  created_at, state_since)
                select :id, id, :kind, :about, :copy, 'sent', coalesce(state::json #>> '{contact,email}', ''), :at, :at, :at, :at
                  from registration
                 where id = :registration and :named and not exists (select from mail where mail.id = :id)
                on conflict (registration_id, kind, about, copy) do update
                   set state = 'sent', state_since = excluded.state_since, reason = null, last_answer = null,
                       leased_by = null, leased_until = null
                 where mail.state <> 'sent'
                """)
                .param("id", mail.id())
                .param("registration", event.registration())
                .param("kind", mail.kind())
                .param("about", mail.about() == null ? "" : mail.about())
                .param("copy", mail.copy() == null ? 0 : mail.copy())
                .param("named", isNamed)
                .param("at", Timestamp.from(mail.at()))
                .update();
    }
}
