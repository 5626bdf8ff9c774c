package org.openingminute.notification.interest;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Ids;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who wants to be told what. Who leaves is deleted, and so is the address in the rows of mails that were sent: what is left
 * names nobody. Safe for all threads.
 */
@Repository
class InterestRepository {

    private final JdbcClient jdbc;
    private final Ids ids;

    InterestRepository(JdbcClient jdbc, Ids ids) {
        this.jdbc = jdbc;
        this.ids = ids;
    }

    /**
     * A subscriber.
     *
     * @param askedAt when a mail to confirm was ordered last
     * @param asked what that mail is about
     */
    record Subscriber(UUID id, @Nullable Instant askedAt, Set<Topic> asked) {}

    /** The subscriber of an address, made if there is none, and locked until the transaction ends. */
    Subscriber lock(String conference, InterestRequest request, String locale, Instant now) {
        return jdbc.sql("""
                insert into subscriber (id, conference, email, address, locale, created_at)
                values (:id, :conference, :email, :address, :locale, :now)
                on conflict (conference, address) do update set locale = excluded.locale
                returning id, asked_at, asked
                """)
                .param("id", ids.next())
                .param("conference", conference)
                .param("email", request.email())
                .param("address", request.normalAddress())
                .param("locale", locale)
                .param("now", Timestamp.from(now))
                .query((row, number) -> {
                    @Nullable Timestamp askedAt = row.getTimestamp("asked_at");
                    return new Subscriber(
                            row.getObject("id", UUID.class),
                            askedAt == null ? null : askedAt.toInstant(),
                            Topic.split(row.getString("asked")));
                })
                .single();
    }

    /** What a subscriber has confirmed. */
    Set<Topic> confirmed(UUID subscriber) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        jdbc.sql("select topic from interest where subscriber_id = ?")
                .param(subscriber)
                .query(String.class)
                .list()
                .forEach(code -> Topic.of(code).ifPresent(topics::add));
        return topics;
    }

    /** Adds topics to a mail that has not been begun; false where there is none. */
    boolean addToWaitingMail(UUID subscriber, Set<Topic> topics) {
        return jdbc.sql("""
                update mail set about = :topics
                 where subscriber_id = :subscriber and kind = :kind and state = 'waiting' and leased_by is null
                """)
                        .param("topics", Topic.join(topics))
                        .param("subscriber", subscriber)
                        .param("kind", NewsKind.OPT_IN.code())
                        .update()
                > 0;
    }

    /** Writes down a mail that asks whether it was really them. */
    void orderMail(UUID subscriber, String email, Set<Topic> topics, Instant from, Instant now) {
        jdbc.sql("""
                insert into mail (id, subscriber_id, kind, about, recipient, owed_from, next_try_at, created_at, state_since)
                values (:id, :subscriber, :kind, :topics, :email, :from, :from, :now, :now)
                """)
                .param("id", ids.next())
                .param("subscriber", subscriber)
                .param("kind", NewsKind.OPT_IN.code())
                .param("topics", Topic.join(topics))
                .param("email", email)
                .param("from", Timestamp.from(from))
                .param("now", Timestamp.from(now))
                .update();
    }

    void asked(UUID subscriber, Set<Topic> topics, Instant at) {
        jdbc.sql("update subscriber set asked_at = ?, asked = ? where id = ?")
                .param(Timestamp.from(at))
                .param(Topic.join(topics))
                .param(subscriber)
                .update();
    }

    /** The conference of a subscriber, who is locked until the transaction ends; empty for one who has left. */
    Optional<String> lock(UUID subscriber) {
        return jdbc.sql("select conference from subscriber where id = ? for update")
                .param(subscriber)
                .query(String.class)
                .optional();
    }

    /** The conference of a subscriber; empty for one who has left. */
    Optional<String> conferenceOf(UUID subscriber) {
        return jdbc.sql("select conference from subscriber where id = ?")
                .param(subscriber)
                .query(String.class)
                .optional();
    }

    /** Notes what a subscriber wants to be told from now on. */
    void confirm(UUID subscriber, String conference, Set<Topic> topics, Instant now) {
        for (Topic topic : topics) {
            jdbc.sql("""
                    insert into interest (conference, topic, subscriber_id, since) values (?, ?, ?, ?)
                    on conflict do nothing
                    """)
                    .param(conference)
                    .param(topic.code())
                    .param(subscriber)
                    .param(Timestamp.from(now))
                    .update();
        }
    }

    /** Deletes a subscriber and whatever names them; mails that wait are passed over. */
    boolean forget(UUID subscriber, Instant now) {
        jdbc.sql("""
                update mail
                   set recipient = '', last_answer = null,
                       reason = case state when 'waiting' then 'unsubscribed' end,
                       state_since = case state when 'waiting' then :now else state_since end,
                       state = case state when 'waiting' then 'superseded' else state end
                 where subscriber_id = :subscriber
                """)
                .param("now", Timestamp.from(now))
                .param("subscriber", subscriber)
                .update();
        return jdbc.sql("delete from subscriber where id = ?").param(subscriber).update() == 1;
    }

    /** Some of those who asked so long ago that they can confirm no longer, and never confirmed anything. */
    List<UUID> neverConfirmed(Instant now, Duration longest, int atMost) {
        return jdbc.sql("""
                select id from subscriber
                 where coalesce(asked_at, created_at) < ?
                   and not exists (select 1 from interest where subscriber_id = subscriber.id)
                 limit ?
                """)
                .param(Timestamp.from(now.minus(longest)))
                .param(atMost)
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }
}
