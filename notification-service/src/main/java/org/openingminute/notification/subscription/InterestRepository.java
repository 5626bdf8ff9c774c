package org.openingminute.notification.subscription;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.messaging.Browse;
import org.openingminute.messaging.TraceContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores subscriptions. A subscriber who leaves is deleted together with the address in the rows of sent mails; what remains names nobody.
 */
@Repository
class InterestRepository {

    /** The time to confirm starts when the mail is sent, which may be long after it was due. */
    private static final String NEVER_CONFIRMED = """
            coalesce(asked_at, created_at) < :before
            and not exists (select 1 from interest where subscriber_id = subscriber.id)
            and not exists (select 1 from mail
                             where subscriber_id = subscriber.id and kind = :kind
                               and (state = 'waiting' or state_since >= :before))
            """;

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final Ids ids;
    private final InterestTokens tokens;

    private final TraceContext traces;

    InterestRepository(
            JdbcClient jdbc, @Browse JdbcClient browse, Ids ids, InterestTokens tokens, TraceContext traces) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.ids = ids;
        this.tokens = tokens;
        this.traces = traces;
    }

    /**
     * A subscriber.
     *
     * @param address in lower case
     * @param asked the topics in the last confirmation request
     */
    record Subscriber(UUID id, String conference, String address, Set<Topic> asked) {}

    /** Returns the subscriber with an address, inserted if there is none, and locked until the transaction ends. */
    Subscriber lock(String conference, InterestRequest request, String locale, Instant now) {
        return jdbc.sql("""
                insert into subscriber (id, reader, conference, email, address, locale, created_at)
                values (:id, :reader, :conference, :email, :address, :locale, :now)
                on conflict (conference, address) do update set address = excluded.address
                returning id, conference, address, asked
                """)
                .param("id", ids.next())
                .param("reader", tokens.reader(conference, request.normalAddress()))
                .param("conference", conference)
                .param("email", request.email())
                .param("address", request.normalAddress())
                .param("locale", locale)
                .param("now", Timestamp.from(now))
                .query(InterestRepository::subscriber)
                .single();
    }

    private static Subscriber subscriber(ResultSet row, int number) throws SQLException {
        return new Subscriber(
                row.getObject("id", UUID.class),
                row.getString("conference"),
                row.getString("address"),
                Topic.split(row.getString("asked")));
    }

    /** Returns the topics that a subscriber has confirmed. */
    Set<Topic> confirmed(UUID subscriber) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        jdbc.sql("select topic from interest where subscriber_id = ?")
                .param(subscriber)
                .query(String.class)
                .list()
                .forEach(code -> Topic.of(code).ifPresent(topics::add));
        return topics;
    }

    /** Adds topics to a mail that is not being sent yet; false if there is none. */
    boolean addToWaitingMail(UUID subscriber, Set<Topic> topics) {
        return jdbc.sql("""
                update mail set about = :topics
                 where subscriber_id = :subscriber and kind = :kind and state = 'waiting' and leased_by is null
                """)
                        .param("topics", Topic.join(topics))
                        .param("subscriber", subscriber)
                        .param("kind", SubscriptionMail.OPT_IN.code())
                        .update()
                > 0;
    }

    /** Whether a confirmation request has not been sent yet. */
    boolean hasUnsentMail(UUID subscriber) {
        return jdbc.sql("""
                select exists (select 1 from mail where subscriber_id = ? and kind = ? and state = 'waiting')
                """)
                .param(subscriber)
                .param(SubscriptionMail.OPT_IN.code())
                .query(Boolean.class)
                .single();
    }

    /** Returns the throttle of a subscriber's mailbox, inserted if there is none, and locked until the transaction ends. */
    OptInThrottle lockThrottle(Subscriber subscriber) {
        return jdbc.sql("""
                insert into opt_in_brake (mailbox) values (?)
                on conflict (mailbox) do update set mailbox = excluded.mailbox
                returning mailed_at, unanswered
                """)
                .param(mailbox(subscriber))
                .query((row, number) -> {
                    @Nullable Timestamp mailedAt = row.getTimestamp("mailed_at");
                    return new OptInThrottle(mailedAt == null ? null : mailedAt.toInstant(), row.getInt("unanswered"));
                })
                .single();
    }

    /** Counts another mail that was not answered yet. */
    void throttle(Subscriber subscriber, Instant mailedAt) {
        jdbc.sql("update opt_in_brake set mailed_at = ?, unanswered = unanswered + 1 where mailbox = ?")
                .param(Timestamp.from(mailedAt))
                .param(mailbox(subscriber))
                .update();
    }

    /** Resets the count because a mail was answered. */
    void easeThrottle(Subscriber subscriber) {
        jdbc.sql("update opt_in_brake set unanswered = 0 where mailbox = ?")
                .param(mailbox(subscriber))
                .update();
    }

    void releaseThrottle(Subscriber subscriber) {
        jdbc.sql("delete from opt_in_brake where mailbox = ?")
                .param(mailbox(subscriber))
                .update();
    }

    /** Deletes throttles that no longer delay any mail. */
    void releaseThrottlesBefore(Instant mailedAt) {
        BatchedMaintenance.repeat(most -> jdbc.sql("""
                delete from opt_in_brake
                 where ctid = any (array(select ctid from opt_in_brake where mailed_at < :at limit :most)) and mailed_at < :at
                """)
                .param("at", Timestamp.from(mailedAt))
                .param("most", most)
                .update());
    }

    private UUID mailbox(Subscriber subscriber) {
        return tokens.mailbox(subscriber.conference(), AddressForm.unlabelled(subscriber.address()));
    }

    /** Inserts a mail that asks the owner of the address to confirm. */
    void orderMail(UUID subscriber, String email, Set<Topic> topics, Instant from, Instant now) {
        jdbc.sql("""
                insert into mail (id, subscriber_id, kind, about, recipient, due_since, next_try_at, created_at, state_since,
                                  traceparent)
                values (:id, :subscriber, :kind, :topics, :email, :from, :from, :now, :now, :traceparent)
                """)
                .param("id", ids.next())
                .param("subscriber", subscriber)
                .param("kind", SubscriptionMail.OPT_IN.code())
                .param("topics", Topic.join(topics))
                .param("email", email)
                .param("from", Timestamp.from(from))
                .param("now", Timestamp.from(now))
                .param("traceparent", traces.parent(), Types.VARCHAR)
                .update();
    }

    /**
     * Saves the topics of the last confirmation request.
     *
     * @param at when it is due; {@code null} to keep the previous time
     */
    void asked(UUID subscriber, Set<Topic> topics, String locale, @Nullable Instant at) {
        jdbc.sql("""
                update subscriber set asked_at = coalesce(:at::timestamptz, asked_at), asked = :topics, asked_locale = :locale
                 where id = :subscriber
                """)
                .param("at", at == null ? null : Timestamp.from(at))
                .param("topics", Topic.join(topics))
                .param("locale", locale)
                .param("subscriber", subscriber)
                .update();
    }

    /** Returns a subscriber, locked until the transaction ends; empty if they have left. */
    Optional<Subscriber> lock(UUID subscriber) {
        return jdbc.sql("select id, conference, address, asked from subscriber where id = ? for update")
                .param(subscriber)
                .query(InterestRepository::subscriber)
                .optional();
    }

    /** Returns the subscriber of a reader's id, locked until the transaction ends; empty if they have left. */
    Optional<Subscriber> lockReader(UUID reader) {
        return jdbc.sql("""
                select id, conference, address, asked from subscriber where coalesce(reader, id) = ? for update
                """).param(reader).query(InterestRepository::subscriber).optional();
    }

    /** Returns the conference of a reader's subscriptions; empty if the reader has left. */
    Optional<String> conferenceOfReader(UUID reader) {
        return jdbc.sql("select conference from subscriber where coalesce(reader, id) = ?")
                .param(reader)
                .query(String.class)
                .optional();
    }

    /** Returns the conference of a subscriber; empty if they have left. */
    Optional<String> conferenceOf(UUID subscriber) {
        return jdbc.sql("select conference from subscriber where id = ?")
                .param(subscriber)
                .query(String.class)
                .optional();
    }

    /** Saves the topics that a subscriber confirmed, timed by the clock that announcements use; false if none of them is new. */
    boolean confirm(Subscriber subscriber, Set<Topic> topics) {
        int added = 0;
        for (Topic topic : topics) {
            added += jdbc.sql("""
                    insert into interest (conference, topic, subscriber_id, since) values (?, ?, ?, clock_timestamp())
                    on conflict do nothing
                    """)
                    .param(subscriber.conference())
                    .param(topic.code())
                    .param(subscriber.id())
                    .update();
        }
        return added > 0;
    }

    /** Sets the language of a subscriber's later mails. */
    void writeIn(String locale, UUID subscriber) {
        jdbc.sql("update subscriber set locale = ? where id = ?")
                .param(locale)
                .param(subscriber)
                .update();
    }

    /** Deletes a subscriber and all data that names them; waiting mails are superseded. */
    void forget(UUID subscriber, Instant now) {
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
        jdbc.sql("delete from subscriber where id = ?").param(subscriber).update();
    }

    /** Returns some of the subscribers who never confirmed and whose last request has expired. */
    List<UUID> neverConfirmed(Instant askedBefore, int atMost) {
        return browse.sql("select id from subscriber where " + NEVER_CONFIRMED + " limit :atMost")
                .param("before", Timestamp.from(askedBefore))
                .param("kind", SubscriptionMail.OPT_IN.code())
                .param("atMost", atMost)
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }

    /** Whether a locked subscriber is one of {@link #neverConfirmed}. */
    boolean isNeverConfirmed(UUID subscriber, Instant askedBefore) {
        return jdbc.sql("select exists (select 1 from subscriber where id = :id and " + NEVER_CONFIRMED + ")")
                .param("id", subscriber)
                .param("before", Timestamp.from(askedBefore))
                .param("kind", SubscriptionMail.OPT_IN.code())
                .query(Boolean.class)
                .single();
    }
}
