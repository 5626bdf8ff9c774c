package org.openingminute.notification.maillog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.Browse;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.composition.ComposedMail.KeptBodies;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads mails for the desk, and writes resends. */
@Repository
class MailLogRepository {

    private static final String COLUMNS =
            "id, registration_id, kind, recipient, subject, state, state_since, tries, reason, last_answer, requested_by";

    private static final String CONFERENCE = """
            coalesce((select state::json ->> 'conference' from projection where projection.id = mail.registration_id),
                     (select conference from announcement where announcement.id = mail.announcement_id))
            """;

    /** SQL condition of a selection, in some or all conferences. */
    private static final String SELECTED = """
            state = any(:states) and state_since >= :since and (:until::timestamptz is null or state_since <= :until)
              and (:kind::text is null or kind = :kind) and (:conferences::text[] is null or %s = any(:conferences))
            """.formatted(CONFERENCE);

    /** SQL condition: a copy of the mail was requested since, so the mail is left to that copy. */
    private static final String HAS_NEWER = """
            exists (select 1 from mail as newer
                     where newer.registration_id = mail.registration_id and newer.kind = mail.kind
                       and newer.about = mail.about and newer.copy > mail.copy)
            """;

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final Clock clock;
    private final Ids ids;

    private final TraceContext traces;
    private final AuditLog audit;

    MailLogRepository(
            JdbcClient jdbc, @Browse JdbcClient browse, Clock clock, Ids ids, TraceContext traces, AuditLog audit) {
        this.audit = audit;
        this.jdbc = jdbc;
        this.browse = browse;
        this.clock = clock;
        this.ids = ids;
        this.traces = traces;
    }

    /** Returns machine time. */
    Instant now() {
        return clock.instant();
    }

    /**
     * Returns mails that match the filter, newest first; one more than the limit if there are more.
     *
     * @param conferences {@code null} for all conferences and for mails of no conference
     */
    List<MailView> list(MailFilter filter, @Nullable Set<String> conferences) {
        StringBuilder sql = new StringBuilder("select " + COLUMNS + " from mail where true");
        Map<String, Object> values = new HashMap<>();
        and(sql, values, "registration_id = :registration", "registration", filter.registration());
        and(sql, values, "lower(recipient) = lower(:to)", "to", filter.to());
        and(sql, values, "state = :state", "state", filter.state());
        and(sql, values, "id < :after", "after", filter.after());
        and(sql, values, CONFERENCE + " = any(:conferences)", "conferences", array(conferences));
        sql.append(" order by id desc limit :limit");
        values.put("limit", filter.limit() + 1);
        return browse.sql(sql.toString())
                .params(values)
                .query((row, number) -> view(row))
                .list();
    }

    /**
     * Returns a conference's mails in some states, newest first.
     *
     * @param kind {@code null} for all kinds
     * @param filter its registration and state are ignored
     * @param most the most mails returned
     */
    List<MailView> list(String conference, Set<String> states, @Nullable String kind, MailFilter filter, int most) {
        StringBuilder sql =
                new StringBuilder("select " + COLUMNS + " from mail where " + CONFERENCE + " = :conference");
        Map<String, Object> values = new HashMap<>();
        values.put("conference", conference);
        and(sql, values, "state = any(:states)", "states", array(states));
        and(sql, values, "kind = :kind", "kind", kind);
        and(sql, values, "lower(recipient) = lower(:to)", "to", filter.to());
        and(sql, values, "id < :after", "after", filter.after());
        sql.append(" order by id desc limit :limit");
        values.put("limit", most);
        return browse.sql(sql.toString())
                .params(values)
                .query((row, number) -> view(row))
                .list();
    }

    private static void and(
            StringBuilder sql, Map<String, Object> values, String condition, String name, @Nullable Object value) {
        if (value != null) {
            sql.append(" and ").append(condition);
            values.put(name, value);
        }
    }

    /**
     * Returns the registration with a reference, if the address is its contact's, ignoring case.
     *
     * @param reference such as {@code ML26-7K3F9Q}
     */
    Optional<UUID> registrationOf(String reference, String email) {
        return jdbc.sql("""
                select id from projection
                 where state::json ->> 'reference' = upper(:reference)
                   and lower(state::json #>> '{contact,email}') = lower(:email)
                """)
                .param("reference", reference)
                .param("email", email)
                .query(UUID.class)
                .optional();
    }

    /** Returns the conference that a mail belongs to, or an empty text for none; empty if there is no such mail. */
    Optional<String> conference(UUID mail) {
        return jdbc.sql("select coalesce(" + CONFERENCE + ", '') from mail where id = ?")
                .param(mail)
                .query(String.class)
                .optional();
    }

    /** Returns the conference that a mail belongs to; {@code null} for none. */
    @Nullable
    String conferenceOf(MailView mail) {
        return conference(mail.id()).filter(conference -> !conference.isEmpty()).orElse(null);
    }

    /** Records in the audit that an organiser has opened a registration's mails. */
    void noteOpened(Person organiser, @Nullable String conference, UUID registration) {
        audit.write(new Person.AuditEntry(organiser, "opened the mails of a registration", conference, registration));
    }

    /** Records in the audit that an organiser has read a mail. */
    void noteOpened(Person organiser, MailView mail) {
        audit.write(new Person.AuditEntry(
                organiser,
                "opened a mail",
                conferenceOf(mail),
                mail.registration(),
                null,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("mail", mail.id().toString())
                        .put("kind", mail.kind()),
                null));
    }

    private static String @Nullable [] array(@Nullable Set<String> texts) {
        return texts == null ? null : texts.toArray(String[]::new);
    }

    /** Returns a mail with its bodies. */
    Optional<MailWithBodies> find(UUID mail) {
        return jdbc.sql("select " + COLUMNS + ", bodies, text_body, html_body from mail where id = ?")
                .param(mail)
                .query((row, number) -> withBodies(row))
                .optional();
    }

    private static MailWithBodies withBodies(ResultSet row) throws SQLException {
        byte @Nullable [] compressed = row.getBytes("bodies");
        if (compressed == null) {
            return new MailWithBodies(view(row), row.getString("text_body"), row.getString("html_body"));
        }
        KeptBodies bodies = KeptBodies.of(compressed);
        return new MailWithBodies(view(row), bodies.text(), bodies.html());
    }

    /** Returns the kind and subject of a mail; empty for a kind that only a later version knows. */
    Optional<DueMail> due(UUID mail) {
        return jdbc.sql("select kind, about from mail where id = ? and kind = any(?)")
                .param(mail)
                .param(MailKind.codes())
                .query((row, _) -> due(row))
                .optional();
    }

    private static DueMail due(ResultSet row) throws SQLException {
        return new DueMail(MailKind.of(row.getString("kind")).orElseThrow(), row.getString("about"));
    }

    /** Returns the newest waiting mail of that kind and subject. */
    Optional<MailView> waiting(UUID registration, DueMail due) {
        return jdbc.sql("select " + COLUMNS + """
                 from mail
                 where registration_id = :registration and kind = :kind and about = :about and state = 'waiting'
                 order by copy desc limit 1
                """)
                .param("registration", registration)
                .param("kind", due.kind().code())
                .param("about", due.about())
                .query((row, number) -> view(row))
                .optional();
    }

    /**
     * Inserts a copy of a mail, to be sent at once. The caller must hold the registration's lock.
     *
     * @param requestedBy the account that requested it, or the registrant
     */
    MailView copy(UUID registration, DueMail due, String recipient, String requestedBy) {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.sql("""
                insert into mail (id, registration_id, kind, about, copy, requested_by, recipient,
                                  due_since, next_try_at, created_at, state_since, traceparent)
                select :id, :registration, :kind, :about, coalesce(max(copy), 0) + 1, :by, :recipient,
                       :now, :now, :now, :now, :traceparent
                  from mail where registration_id = :registration and kind = :kind and about = :about
                returning
                """ + COLUMNS)
                .param("id", ids.next())
                .param("registration", registration)
                .param("kind", due.kind().code())
                .param("about", due.about())
                .param("by", requestedBy)
                .param("recipient", recipient)
                .param("now", now)
                .param("traceparent", traces.parent(), Types.VARCHAR)
                .query((row, number) -> view(row))
                .single();
    }

    /**
     * The number of a conference's mails that were put back into the queue.
     *
     * @param conference {@code null} for mails of no conference
     */
    record Resent(@Nullable String conference, int mails) {}

    /**
     * Puts the selected mails back into the queue. Each reuses its own row and is therefore sent once: a waiting mail is no longer among
     * the failed ones. A mail is left out if a copy of it was requested since.
     *
     * @param conferences {@code null} for mails of all conferences and of none
     * @param requestedBy the account that requested it
     * @return the number of mails per conference, for conferences with at least one
     */
    List<Resent> resend(MailSelection selection, @Nullable Set<String> conferences, String requestedBy) {
        return jdbc.sql("""
                with selected as (
                    select id from mail where %s and not %s
                       for update skip locked),
                resent as (
                    update mail
                       set state = 'waiting', state_since = :now, due_since = :now, next_try_at = :now, attempts = 0,
                           refusals = 0, reason = null, requested_by = :by, traceparent = :traceparent
                      from selected
                     where mail.id = selected.id
                    returning mail.announcement_id, %s as conference),
                uncounted as (
                    update announcement set counted_at = null where id in (select announcement_id from resent))
                select conference, count(*) as mails from resent group by conference
                """.formatted(SELECTED, HAS_NEWER, CONFERENCE))
                .paramSource(selected(selection, conferences)
                        .addValue("now", utc(clock.instant()), Types.TIMESTAMP_WITH_TIMEZONE)
                        .addValue("by", requestedBy)
                        .addValue("traceparent", traces.parent(), Types.VARCHAR))
                .query((row, _) -> new Resent(row.getString("conference"), row.getInt("mails")))
                .list();
    }

    private static MapSqlParameterSource selected(MailSelection selection, @Nullable Set<String> conferences) {
        return new MapSqlParameterSource("states", array(selection.states()))
                .addValue("since", utc(selection.since()), Types.TIMESTAMP_WITH_TIMEZONE)
                .addValue("until", utc(selection.until()), Types.TIMESTAMP_WITH_TIMEZONE)
                .addValue("kind", selection.kind(), Types.VARCHAR)
                .addValue("conferences", array(conferences), Types.ARRAY);
    }

    /**
     * The number of selected mails that would be put back into the queue.
     *
     * @param kind empty for all kinds together
     * @param people the number of addresses they would go to
     * @param left how many more are left out because of a newer copy
     */
    record Selected(String kind, int mails, int people, int left) {}

    /** Returns what {@link #resend} would do: a row for each kind, those with most mails first, and a last row for all kinds together. */
    List<Selected> count(MailSelection selection, Set<String> conferences) {
        return browse.sql("""
                select coalesce(selected.kind, '') as kind, count(*) filter (where not has_newer) as mails,
                       count(distinct lower(recipient)) filter (where not has_newer) as people,
                       count(*) filter (where has_newer) as "left"
                  from (select kind, recipient, %s as has_newer from mail where %s) as selected
                 group by grouping sets ((selected.kind), ())
                 order by grouping(selected.kind), mails desc, selected.kind
                """.formatted(HAS_NEWER, SELECTED))
                .paramSource(selected(selection, conferences))
                .query((row, _) -> new Selected(
                        row.getString("kind"), row.getInt("mails"), row.getInt("people"), row.getInt("left")))
                .list();
    }

    /** A mail about a registration. */
    record OfRegistration(UUID registration, DueMail due) {}

    /** Returns the mails about registrations that {@link #resend} would put back, of the kinds that this version knows. */
    List<OfRegistration> ofRegistrations(MailSelection selection, Set<String> conferences) {
        return browse.sql("""
                select registration_id, kind, about from mail
                 where registration_id is not null and announcement_id is null and kind = any(:known) and %s and not %s
                """.formatted(SELECTED, HAS_NEWER))
                .paramSource(selected(selection, conferences).addValue("known", MailKind.codes()))
                .query((row, _) -> new OfRegistration(row.getObject("registration_id", UUID.class), due(row)))
                .list();
    }

    /** Returns since when the oldest of a conference's mails in some states has been in its state; empty if there are none. */
    Optional<Instant> oldest(String conference, Set<String> states) {
        return browse.sql("select min(state_since) from mail where state = any(:states) and " + CONFERENCE
                        + " = :conference")
                .param("states", array(states))
                .param("conference", conference)
                .query((row, _) -> row.getTimestamp(1))
                .optional()
                .map(Timestamp::toInstant);
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /**
     * Returns how long it takes until fewer than this many copies were made in the last hour; empty if there are fewer already. The caller
     * must hold the registration's lock.
     */
    Optional<Duration> waitForLessThan(int copies, UUID registration) {
        Instant now = clock.instant();
        return jdbc.sql("""
                select created_at from mail
                 where registration_id = :registration and copy > 0 and created_at > :hourAgo
                 order by created_at desc offset :others limit 1
                """)
                .param("registration", registration)
                .param("hourAgo", Timestamp.from(now.minus(Duration.ofHours(1))))
                .param("others", copies - 1)
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .optional()
                .map(oldest -> Duration.between(now, oldest.plus(Duration.ofHours(1))));
    }

    private static MailView view(ResultSet row) throws SQLException {
        return new MailView(
                row.getObject("id", UUID.class),
                row.getObject("registration_id", UUID.class),
                row.getString("kind"),
                row.getString("recipient"),
                row.getString("subject"),
                row.getString("state"),
                row.getTimestamp("state_since").toInstant(),
                row.getInt("tries"),
                row.getString("reason"),
                row.getString("last_answer"),
                row.getString("requested_by"));
    }
}
