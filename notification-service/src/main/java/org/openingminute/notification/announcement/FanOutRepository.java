package org.openingminute.notification.announcement;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.projection.ProjectionLag;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the recipients of an announcement in steps. The progress is saved together with the inserted mails, and the unique key of a mail's
 * row allows one mail per reader.
 */
@Repository
class FanOutRepository {

    /** The id below all readers' ids, where each fan-out begins. */
    private static final UUID NOBODY = new UUID(0, 0);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Ids ids;

    FanOutRepository(JdbcClient jdbc, Clock clock, Ids ids) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
    }

    /** An announcement whose fan-out is not complete, and its progress. */
    record FanOut(UUID id, String conference, String kind, String topic, Instant madeAt, UUID reached) {}

    /**
     * Locks and returns the oldest incomplete announcement that no other transaction works on. The fan-out to attendees begins only when
     * all earlier events have been read.
     *
     * @param but announcements to skip
     * @param caughtUp whether the projections have caught up; matters only before a fan-out to attendees begins
     */
    Optional<FanOut> lockOldest(Collection<UUID> but, boolean caughtUp) {
        return jdbc.sql("""
                select id, conference, kind, topic, made_at, reached from announcement
                 where spread_at is null and id <> all(:but::uuid[])
                   and (topic <> :attendees or reached <> :nobody::uuid
                        or (:caughtUp and made_at <= clock_timestamp() - :millis * interval '1 millisecond'))
                 order by made_at, id limit 1
                   for update skip locked
                """)
                .param("but", but.toArray(UUID[]::new))
                .param("attendees", AnnouncementRequest.ATTENDEES)
                .param("nobody", NOBODY)
                .param("caughtUp", caughtUp)
                .param("millis", ProjectionLag.FRESH.toMillis())
                .query((row, number) -> new FanOut(
                        row.getObject("id", UUID.class),
                        row.getString("conference"),
                        row.getString("kind"),
                        row.getString("topic"),
                        row.getTimestamp("made_at").toInstant(),
                        row.getObject("reached", UUID.class)))
                .optional();
    }

    /** Whether a fan-out to attendees would begin if the projections had caught up. */
    boolean waitsForUnreadEvents(Collection<UUID> but) {
        return jdbc.sql("""
                select exists (select 1 from announcement
                                where spread_at is null and id <> all(:but::uuid[])
                                  and topic = :attendees and reached = :nobody::uuid)
                """)
                .param("but", but.toArray(UUID[]::new))
                .param("attendees", AnnouncementRequest.ATTENDEES)
                .param("nobody", NOBODY)
                .query(Boolean.class)
                .single();
    }

    /**
     * A recipient.
     *
     * @param place the id that orders recipients: the subscriber's or the registration's
     * @param attendee {@code null} for a subscriber
     */
    record Recipient(UUID place, @Nullable UUID attendee, String email) {}

    /**
     * Returns the next subscribers who had confirmed before the announcement was made, and locks them. A subscriber who leaves waits for
     * this transaction and then removes the inserted mail and its address.
     */
    List<Recipient> subscribers(FanOut announcement, int atMost) {
        return jdbc.sql("""
                select subscriber.id, subscriber.email
                  from interest join subscriber on subscriber.id = interest.subscriber_id
                 where interest.conference = :conference and interest.topic = :topic
                   and interest.subscriber_id > :reached and interest.since <= :madeAt
                 order by interest.subscriber_id limit :atMost
                   for key share of subscriber
                """)
                .param("conference", announcement.conference())
                .param("topic", announcement.topic())
                .param("reached", announcement.reached())
                .param("madeAt", Timestamp.from(announcement.madeAt()))
                .param("atMost", atMost)
                .query((row, number) -> new Recipient(row.getObject("id", UUID.class), null, row.getString("email")))
                .list();
    }

    /**
     * Returns the attendees of the next registrations, one per address of a registration. A registration that is not confirmed for the
     * conference yields a row without an attendee.
     *
     * @param atMost the most registrations
     */
    List<Recipient> attendees(FanOut announcement, int atMost) {
        return jdbc.sql("""
                with next as (
                    select id, state::json as state from projection
                     where id > :reached order by id limit :atMost)
                select next.id, (attendee.value ->> 'id')::uuid as attendee, coalesce(attendee.value ->> 'email', '') as email
                  from next left join lateral (
                       select distinct on (lower(one.value ->> 'email')) one.value
                         from json_array_elements(next.state -> 'attendees') with ordinality as one (value, place)
                        order by lower(one.value ->> 'email'), one.place) as attendee
                         on next.state ->> 'conference' = :conference and next.state ->> 'status' = 'confirmed'
                 order by next.id
                """)
                .param("conference", announcement.conference())
                .param("reached", announcement.reached())
                .param("atMost", atMost)
                .query((row, number) -> new Recipient(
                        row.getObject("id", UUID.class), row.getObject("attendee", UUID.class), row.getString("email")))
                .list();
    }

    /** Inserts the mails of recipients and returns how many were new. */
    int insertMails(FanOut announcement, List<Recipient> readers, boolean attendees) {
        Instant now = clock.instant();
        String[] emails = readers.stream().map(Recipient::email).toArray(String[]::new);
        UUID[] mails = Stream.generate(ids::next).limit(readers.size()).toArray(UUID[]::new);
        UUID[] places = readers.stream().map(Recipient::place).toArray(UUID[]::new);
        UUID[] of = readers.stream().map(Recipient::attendee).toArray(UUID[]::new);
        return jdbc.sql("""
                insert into mail (id, registration_id, announcement_id, subscriber_id, attendee_id, kind, about, recipient,
                                  due_since, next_try_at, created_at, state_since)
                select reader.mail, case when :attendees then reader.place end, :announcement,
                       case when not :attendees then reader.place end, reader.attendee, :kind,
                       concat_ws(' ', :announcement, reader.attendee), reader.email, :now, :now, :now, :now
                  from unnest(:mails::uuid[], :places::uuid[], :of::uuid[], :emails::text[])
                       as reader (mail, place, attendee, email)
                on conflict do nothing
                """)
                .param("attendees", attendees)
                .param("announcement", announcement.id())
                .param("kind", announcement.kind())
                .param("now", Timestamp.from(now))
                .param("mails", mails)
                .param("places", places)
                .param("of", of)
                .param("emails", emails)
                .update();
    }

    /** Saves the progress. */
    void saveProgress(UUID announcement, UUID place, int more) {
        jdbc.sql("update announcement set reached = ?, recipients = recipients + ? where id = ?")
                .param(place)
                .param(more)
                .param(announcement)
                .update();
    }

    /** Saves the outcomes of one announcement's mails once none of them waits; false if there is no such announcement. */
    boolean count() {
        return jdbc.sql("""
                with settled as (
                    select id from announcement
                     where spread_at is not null and counted_at is null
                       and not exists (select 1 from mail where announcement_id = announcement.id and mail.state = 'waiting')
                     order by id limit 1
                       for update skip locked),
                counted as (
                    select settled.id, count(*) filter (where state = 'sent') as sent,
                           count(*) filter (where state = 'failed') as failed,
                           count(*) filter (where state = 'bounced') as bounced,
                           count(*) filter (where state = 'superseded') as superseded
                      from settled left join mail on mail.announcement_id = settled.id
                     group by settled.id)
                update announcement
                   set sent = counted.sent, failed = counted.failed, bounced = counted.bounced,
                       superseded = counted.superseded, counted_at = clock_timestamp()
                  from counted where announcement.id = counted.id
                """).update() == 1;
    }

    /** Completes the fan-out: every recipient has a mail. */
    void complete(UUID announcement) {
        jdbc.sql("update announcement set spread_at = ? where id = ?")
                .param(Timestamp.from(clock.instant()))
                .param(announcement)
                .update();
    }
}
