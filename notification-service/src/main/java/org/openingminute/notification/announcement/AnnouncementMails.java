package org.openingminute.notification.announcement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composition.Announcement;
import org.openingminute.notification.composition.AnnouncementComposer;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.subscription.InterestTokens;
import org.openingminute.notification.subscription.MailboxConfirmations;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.notification.subscription.Topic;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Finds the content of announcement and subscription mails, and whether they are still due. */
@Repository
public class AnnouncementMails {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final InterestTokens tokens;
    private final AnnouncementComposer composer;

    AnnouncementMails(JdbcClient jdbc, JsonMapper json, InterestTokens tokens, AnnouncementComposer composer) {
        this.jdbc = jdbc;
        this.json = json;
        this.tokens = tokens;
        this.composer = composer;
    }

    /**
     * Returns the content for a mail's reader; empty if the reader has left or no longer attends, or if the announced event has passed.
     *
     * @param now machine time
     */
    public Optional<AnnouncementMail> find(UUID mail, Instant now) {
        return jdbc.sql("""
                select mail.kind, mail.about, mail.recipient, mail.subscriber_id, announcement.conference, announcement.topic,
                       announcement.subject, announcement.body, announcement.told, announcement.ends_at,
                       exists (select 1 from announcement as later
                                where later.conference = announcement.conference and later.kind = announcement.kind
                                  and announcement.told is not null and later.made_at > announcement.made_at
                                  and later.made_at <= :now
                                  and later.told::json #>> '{phase,code}' = announcement.told::json #>> '{phase,code}'
                              ) as overtaken,
                       subscriber.email, subscriber.locale, subscriber.conference as asked_of,
                       coalesce(subscriber.asked_locale, subscriber.locale) as asked_locale,
                       coalesce(subscriber.reader, subscriber.id) as reader,
                       (select string_agg(topic, ',') from interest where subscriber_id = mail.subscriber_id) as confirmed,
                       attendee.value ->> 'email' as attendee_email,
                       registration.state::json #>> '{contact,locale}' as attendee_locale
                  from mail
                  left join announcement on announcement.id = mail.announcement_id
                  left join subscriber on subscriber.id = mail.subscriber_id
                  left join projection as registration on mail.attendee_id is not null and registration.id = mail.registration_id
                                        and registration.state::json ->> 'status' = 'confirmed'
                  left join lateral json_array_elements(registration.state::json -> 'attendees') as attendee
                         on attendee.value ->> 'id' = mail.attendee_id::text
                 where mail.id = :mail
                """)
                .param("mail", mail)
                .param("now", Timestamp.from(now))
                .query((row, number) -> mail(row, now))
                .optional()
                .flatMap(found -> found);
    }

    /** Composes the mail. */
    public ComposedMail compose(AnnouncementMail mail, Conference conference) {
        return composer.compose(mail.announcement(), conference, mail.reader());
    }

    private Optional<AnnouncementMail> mail(ResultSet row, Instant now) throws SQLException {
        @Nullable UUID subscriber = row.getObject("subscriber_id", UUID.class);
        if (SubscriptionMail.OPT_IN.code().equals(row.getString("kind"))) {
            return subscriber == null ? Optional.empty() : optIn(row, subscriber, now);
        }
        if (SubscriptionMail.MAILBOX.code().equals(row.getString("kind"))) {
            return Optional.of(mailbox(row, now));
        }
        @Nullable Timestamp ends = row.getTimestamp("ends_at");
        // If a phase's end was moved, only the last notice is sent.
        if (row.getBoolean("overtaken") || (ends != null && !now.isBefore(ends.toInstant()))) {
            return Optional.empty();
        }
        return subscriber == null ? toAttendee(row) : toSubscriber(row);
    }

    private Optional<AnnouncementMail> optIn(ResultSet row, UUID subscriber, Instant now) throws SQLException {
        @Nullable String email = row.getString("email");
        Set<Topic> topics = Topic.split(row.getString("about"));
        topics.removeAll(confirmed(row));
        if (email == null || topics.isEmpty()) {
            return Optional.empty();
        }
        String locale = row.getString("asked_locale");
        // The time to confirm starts now, because the mail may have waited for the mail server for days.
        String confirmation = tokens.optIn(subscriber, now, topics, locale);
        return Optional.of(new AnnouncementMail(
                email,
                row.getString("asked_of"),
                new Announcement.OptInMail(topics.stream().map(Topic::code).toList(), confirmation),
                new Announcement.Reader(locale, null, leave(row))));
    }

    private AnnouncementMail mailbox(ResultSet row, Instant now) throws SQLException {
        MailboxConfirmations.Asked asked = MailboxConfirmations.Asked.of(row.getString("about"));
        String email = row.getString("recipient");
        return new AnnouncementMail(
                email,
                asked.conference(),
                new Announcement.MailboxMail(tokens.confirmation(email, now.plus(MailboxConfirmations.ANSWER_WITHIN))),
                new Announcement.Reader(asked.locale(), null, null));
    }

    private Optional<AnnouncementMail> toSubscriber(ResultSet row) throws SQLException {
        @Nullable String email = row.getString("email");
        String topic = row.getString("topic");
        if (email == null || confirmed(row).stream().noneMatch(one -> one.code().equals(topic))) {
            return Optional.empty();
        }
        return Optional.of(new AnnouncementMail(
                email,
                row.getString("conference"),
                announcement(row),
                new Announcement.Reader(row.getString("locale"), topic, leave(row))));
    }

    private String leave(ResultSet row) throws SQLException {
        return tokens.unsubscribe(row.getObject("reader", UUID.class));
    }

    private Optional<AnnouncementMail> toAttendee(ResultSet row) throws SQLException {
        @Nullable String email = row.getString("attendee_email");
        return email == null
                ? Optional.empty()
                : Optional.of(new AnnouncementMail(
                        email,
                        row.getString("conference"),
                        announcement(row),
                        new Announcement.Reader(row.getString("attendee_locale"), null, null)));
    }

    private static Set<Topic> confirmed(ResultSet row) throws SQLException {
        @Nullable String joined = row.getString("confirmed");
        return Topic.split(joined == null ? "" : joined);
    }

    private Announcement announcement(ResultSet row) throws SQLException {
        String kind = row.getString("kind");
        if (SubscriptionMail.SALE_OPENED.code().equals(kind)) {
            return new Announcement.SaleOpened(prices(row));
        }
        if (SubscriptionMail.DEADLINE_NEAR.code().equals(kind)) {
            return new Announcement.DeadlineNear(prices(row));
        }
        return new Announcement.Announced(row.getString("subject"), row.getString("body"));
    }

    private Announcement.Prices prices(ResultSet row) throws SQLException {
        SaleNotices.SaleNotice notice = json.readValue(row.getString("told"), SaleNotices.SaleNotice.class);
        return new Announcement.Prices(
                notice.phase().forMails(),
                notice.next() == null ? null : notice.next().forMails(),
                notice.prices().stream()
                        .map(price -> new Announcement.AnnouncedPrice(price.name(), price.now(), price.next()))
                        .toList());
    }

    /**
     * The content for one reader.
     *
     * @param recipient an address, as it was typed
     * @param conference its slug
     */
    public record AnnouncementMail(
            String recipient, String conference, Announcement announcement, Announcement.Reader reader) {}
}
