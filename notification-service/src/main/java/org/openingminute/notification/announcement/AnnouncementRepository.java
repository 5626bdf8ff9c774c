package org.openingminute.notification.announcement;

import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.Browse;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.notification.subscription.Topic;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Stores announcements. The times of announcements and subscriptions decide about recipients, so they are taken from the database's clock,
 * which all instances share.
 */
@Repository
class AnnouncementRepository {

    /** Mails are counted while some are waiting; after that, the row has the number of each outcome. */
    private static final String VIEW = """
            select id, conference, kind, topic, subject, body, made_by, made_at, spread_at is not null as complete, recipients,
                   mails.waiting, mails.sent, mails.failed, mails.bounced, mails.superseded
              from announcement
             cross join lateral (
                select 0 as waiting, announcement.sent, announcement.failed, announcement.bounced, announcement.superseded
                 where announcement.counted_at is not null
                union all
                select count(*) filter (where state = 'waiting'), count(*) filter (where state = 'sent'),
                       count(*) filter (where state = 'failed'), count(*) filter (where state = 'bounced'),
                       count(*) filter (where state = 'superseded')
                  from mail where announcement_id = announcement.id and announcement.counted_at is null
                having announcement.counted_at is null) as mails
            """;

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final Ids ids;
    private final JsonMapper json;
    private final TransactionTemplate transaction;
    private final AuditLog audit;

    AnnouncementRepository(
            JdbcClient jdbc,
            @Browse JdbcClient browse,
            Ids ids,
            JsonMapper json,
            TransactionTemplate transaction,
            AuditLog audit) {
        this.transaction = transaction;
        this.audit = audit;
        this.jdbc = jdbc;
        this.browse = browse;
        this.ids = ids;
        this.json = json;
    }

    /**
     * Inserts an organiser's announcement.
     *
     * @return its id; empty if the key was used before
     */
    Optional<UUID> insert(String conference, AnnouncementRequest request, Person by, @Nullable String key) {
        return Objects.requireNonNull(transaction.execute(_ -> {
            Optional<UUID> id = inserted(conference, request, by.subject(), key);
            id.ifPresent(made -> audit.write(new Person.AuditEntry(
                    by,
                    "announced",
                    conference,
                    null,
                    null,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("announcement", made.toString())
                            .put("topic", request.topic())
                            .put("subject", request.subject()),
                    null)));
            return id;
        }));
    }

    private Optional<UUID> inserted(String conference, AnnouncementRequest request, String by, @Nullable String key) {
        UUID id = ids.next();
        int inserted = jdbc.sql("""
                insert into announcement (id, conference, kind, topic, about, subject, body, made_by, made_at,
                                          idempotency_key, request_hash)
                values (:id, :conference, :kind, :topic, :about, :subject, :body, :by, clock_timestamp(), :key, :hash)
                on conflict (conference, idempotency_key) where idempotency_key is not null do nothing
                """)
                .param("id", id)
                .param("conference", conference)
                .param("kind", SubscriptionMail.ANNOUNCEMENT.code())
                .param("topic", request.topic())
                .param("about", id.toString())
                .param("subject", request.subject())
                .param("body", request.body())
                .param("by", by)
                .param("key", key, Types.VARCHAR)
                .param("hash", request.hash())
                .update();
        return inserted == 1 ? Optional.of(id) : Optional.empty();
    }

    /** The announcement created with a key, and the hash of its request. */
    record Keyed(UUID id, String requestHash) {}

    /** Returns the announcement created with a key. */
    Keyed keyed(String conference, String key) {
        return jdbc.sql("select id, request_hash from announcement where conference = ? and idempotency_key = ?")
                .param(conference)
                .param(key)
                .query((row, number) -> new Keyed(row.getObject("id", UUID.class), row.getString("request_hash")))
                .single();
    }

    /**
     * Inserts the announcement of a sale notice; a repetition changes nothing.
     *
     * @param about distinguishes the notice from others of its kind
     * @param ends machine time
     */
    void insertNotice(
            String conference,
            SubscriptionMail kind,
            Topic topic,
            String about,
            SaleNotices.SaleNotice notice,
            Instant ends) {
        jdbc.sql("""
                insert into announcement (id, conference, kind, topic, about, told, made_at, ends_at)
                values (:id, :conference, :kind, :topic, :about, :told, clock_timestamp(), :ends)
                on conflict (conference, kind, about) do nothing
                """)
                .param("id", ids.next())
                .param("conference", conference)
                .param("kind", kind.code())
                .param("topic", topic.code())
                .param("about", about)
                .param("told", json.writeValueAsString(notice))
                .param("ends", Timestamp.from(ends))
                .update();
    }

    /** Returns the part of an announcement that never changes. */
    AnnouncementMade made(UUID id) {
        return jdbc.sql(
                        "select id, conference, kind, topic, subject, body, made_by, made_at from announcement where id = ?")
                .param(id)
                .query((row, number) -> new AnnouncementMade(
                        row.getObject("id", UUID.class),
                        row.getString("conference"),
                        row.getString("kind"),
                        row.getString("topic"),
                        row.getString("subject"),
                        row.getString("body"),
                        row.getString("made_by"),
                        row.getTimestamp("made_at").toInstant()))
                .single();
    }

    /** Returns the announcements of a conference, newest first. */
    List<AnnouncementView> list(String conference, @Nullable UUID after, int atMost) {
        return browse.sql(VIEW + """
                 where conference = :conference and (:after::uuid is null or id < :after::uuid)
                 order by id desc limit :atMost
                """)
                .param("conference", conference)
                .param("after", after, Types.OTHER)
                .param("atMost", atMost)
                .query((row, number) -> view(row))
                .list();
    }

    private static AnnouncementView view(ResultSet row) throws SQLException {
        return new AnnouncementView(
                row.getObject("id", UUID.class),
                row.getString("conference"),
                row.getString("kind"),
                row.getString("topic"),
                row.getString("subject"),
                row.getString("body"),
                row.getString("made_by"),
                row.getTimestamp("made_at").toInstant(),
                row.getBoolean("complete"),
                row.getInt("recipients"),
                row.getInt("waiting"),
                row.getInt("sent"),
                row.getInt("failed"),
                row.getInt("bounced"),
                row.getInt("superseded"));
    }

    /**
     * An organiser's announcement as the reply shows it. It never changes, because a repeated request gets the same reply.
     *
     * @param by the organiser's account
     */
    @Schema(name = "AnnouncementMade")
    record AnnouncementMade(
            UUID id,
            String conference,
            String kind,
            String topic,
            String subject,
            String body,
            String by,
            Instant at) {}
}
