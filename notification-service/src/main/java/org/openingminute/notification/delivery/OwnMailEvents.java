package org.openingminute.notification.delivery;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.notification.due.MailKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Restores from this service's own events which mails were sent, after the database has lost that, so that nobody gets a mail twice. */
@Component
class OwnMailEvents implements Inbox.OwnMessageRecovery {

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
        List<Sent> sent = messages.stream().flatMap(OwnMailEvents::sent).toList();
        if (!sent.isEmpty()) {
            insertRegistrations(sent.stream()
                    .filter(Sent::isNamed)
                    .map(Sent::registration)
                    .distinct()
                    .toArray(UUID[]::new));
            UUID[] ids = column(sent, one -> one.mail().id(), UUID[]::new);
            lock(ids);
            update(ids, sent);
            insert(sent.stream().filter(Sent::isNamed).toList());
        }
    }

    private static Stream<Sent> sent(Message message) {
        try {
            MailEvent event = message.body(MailEvent.class);
            return event.mails().stream()
                    .filter(mail -> mail.state().equals(Disposition.State.SENT.wireName()))
                    .map(mail -> new Sent(event.registration(), mail));
        } catch (PermanentFailure e) {
            log.warn("An event about sent mails of {} cannot be read: {}", message.key(), e.getMessage());
            return Stream.empty();
        }
    }

    private void insertRegistrations(UUID[] registrations) {
        jdbc.sql("""
                insert into projection (id) select id from unnest(?) as reported (id) order by id on conflict do nothing
                """).param(registrations).update();
    }

    /** Locks rows in a fixed order, because two instances may read the same events again in any order. */
    private void lock(UUID[] ids) {
        jdbc.sql("select id from mail where id = any(?) order by id for update")
                .param(ids)
                .query(UUID.class)
                .list();
    }

    private void update(UUID[] ids, List<Sent> sent) {
        jdbc.sql("""
                update mail
                   set state = 'sent', state_since = reported.at::timestamptz, reason = null, last_answer = null,
                       leased_by = null, leased_until = null
                  from unnest(?, ?) as reported (id, at)
                 where mail.id = reported.id and mail.state <> 'sent'
                """)
                .param(ids)
                .param(column(sent, one -> one.mail().at().toString(), String[]::new))
                .update();
    }

    private void insert(List<Sent> sent) {
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, copy, state, recipient, due_since, next_try_at,
                                  created_at, state_since)
                select distinct on (reported.registration, reported.kind, reported.about, reported.copy)
                       reported.id, reported.registration, reported.kind, reported.about, reported.copy, 'sent',
                       coalesce(projection.state::json #>> '{contact,email}', ''), at, at, at, at
                  from unnest(?, ?, ?, ?, ?, ?) as reported (id, registration, kind, about, copy, reported_at)
                  join projection on projection.id = reported.registration
                 cross join lateral (select reported.reported_at::timestamptz) as instant (at)
                 where not exists (select from mail where mail.id = reported.id)
                 order by reported.registration, reported.kind, reported.about, reported.copy
                on conflict (registration_id, kind, about, copy) do update
                   set state = 'sent', state_since = excluded.state_since, reason = null, last_answer = null,
                       leased_by = null, leased_until = null
                 where mail.state <> 'sent'
                """)
                .param(column(sent, one -> one.mail().id(), UUID[]::new))
                .param(column(sent, Sent::registration, UUID[]::new))
                .param(column(sent, one -> one.mail().kind(), String[]::new))
                .param(column(sent, Sent::about, String[]::new))
                .param(column(sent, Sent::copy, Integer[]::new))
                .param(column(sent, one -> one.mail().at().toString(), String[]::new))
                .update();
    }

    private static <T> T[] column(List<Sent> sent, Function<Sent, T> value, IntFunction<T[]> array) {
        return sent.stream().map(value).toArray(array);
    }

    private record Sent(UUID registration, MailEvent.Mail mail) {

        /**
         * Whether the mail has a name that identifies it. A mail without one, as earlier versions reported, is only recorded if its row
         * exists.
         */
        boolean isNamed() {
            return mail.about() != null
                    || MailKind.of(mail.kind())
                            .filter(kind -> !kind.isAboutSomething())
                            .isPresent();
        }

        String about() {
            return mail.about() == null ? "" : mail.about();
        }

        Integer copy() {
            return mail.copy() == null ? 0 : mail.copy();
        }
    }
}
