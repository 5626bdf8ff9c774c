package org.openingminute.notification.projection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Stores the newest received states and the deferred mails. */
@Repository
public class ProjectionRepository {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    /**
     * SQL that reads the stored data of the registrations in a table expression {@code asked}, which must have the columns {@code id} and
     * {@code conference}; the latter is used for registrations without stored data.
     */
    public static final String OF_ASKED = """
             select asked.*, p.state, p.payment, p.hold_ends_at, p.deferred, conference.revision,
                    (select json_agg(json_build_object('id', id, 'kind', kind, 'about', about, 'copy', copy, 'state', state,
                                                       'leasedBy', leased_by,
                                                       'told', reason is not distinct from '%s'))
                       from mail
                      where registration_id = p.id and announcement_id is null and (copy = 0 or state = 'waiting')) as mails
               from asked
               left join projection as p on p.id = asked.id
               left join conference on conference.slug = coalesce(p.state::json ->> 'conference', asked.conference)
            """.formatted(StoredProjection.StoredMail.COMBINED_REASON);

    private final JdbcClient jdbc;

    ProjectionRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the stored data of registrations, with an entry for each. */
    public Map<UUID, StoredProjection> read(Collection<UUID> registrations) {
        Map<UUID, String> conferences = new HashMap<>();
        registrations.forEach(registration -> conferences.put(registration, ""));
        return read(conferences);
    }

    /**
     * Returns the stored data of registrations, with an entry for each.
     *
     * @param conferences the conference of each registration, for those without stored data; empty if unknown
     */
    public Map<UUID, StoredProjection> read(Map<UUID, String> conferences) {
        Map<UUID, StoredProjection> all = new HashMap<>();
        jdbc.sql("with asked as (select * from unnest(?::uuid[], ?::text[]) as asked (id, conference))" + OF_ASKED)
                .param(conferences.keySet().toArray(UUID[]::new))
                .param(conferences.values().toArray(String[]::new))
                .query((row, _) -> stored(row))
                .list()
                .forEach(stored -> all.put(stored.registration(), stored));
        return all;
    }

    /** Maps a row of {@link #OF_ASKED}. */
    public static StoredProjection stored(ResultSet row) throws SQLException {
        UUID registration = row.getObject("id", UUID.class);
        try {
            @Nullable Timestamp holdEndsAt = row.getTimestamp("hold_ends_at");
            return new StoredProjection(
                    registration,
                    new RegistrationProjection(
                            read(row.getString("state"), RegistrationSnapshot.class),
                            read(row.getString("payment"), PaymentSnapshot.class),
                            holdEndsAt == null ? null : holdEndsAt.toInstant()),
                    row.getObject("revision", Long.class),
                    list(row.getString("deferred"), DeferredMail[].class),
                    list(row.getString("mails"), StoredProjection.StoredMail[].class));
        } catch (RuntimeException e) {
            return StoredProjection.unreadable(registration, e);
        }
    }

    private static <T> @Nullable T read(@Nullable String json, Class<T> type) {
        return json == null ? null : JSON.readValue(json, type);
    }

    private static <T> List<T> list(@Nullable String json, Class<T[]> type) {
        return json == null ? List.of() : List.of(JSON.readValue(json, type));
    }

    /** Returns the stored data of a registration. */
    public StoredProjection read(UUID registration) {
        return Objects.requireNonNull(read(List.of(registration)).get(registration), "each has an entry");
    }

    /** Returns the states of a registration; empty if nothing about it was received yet. */
    public Optional<RegistrationProjection> find(UUID registration) {
        return Optional.of(read(registration).states())
                .filter(states -> states.registration() != null || states.payment() != null);
    }

    /** Saves changes under the locks of their registrations, and when each has its next mail due. */
    public void write(Collection<StoredProjection.ProjectionChange> changes) {
        jdbc.sql("""
                with change as (
                    select *
                      from unnest(:ids::uuid[], :states::text[], :holdEnds::text[], :payments::text[], :deferred::text[],
                                  :dueAt::text[])
                           as change (id, state, hold_ends_at, payment, deferred, due_at)),
                kept as (
                    insert into projection (id, state, hold_ends_at, payment, deferred)
                    select id, state, hold_ends_at::timestamptz, payment, deferred from change
                    on conflict (id) do update
                       set state = coalesce(excluded.state, projection.state),
                           hold_ends_at = case when excluded.state is null then projection.hold_ends_at
                                               else excluded.hold_ends_at end,
                           payment = coalesce(excluded.payment, projection.payment), deferred = excluded.deferred),
                done as (
                    delete from mail_due using change where registration_id = change.id and change.due_at is null)
                insert into mail_due (registration_id, due_at)
                select id, due_at::timestamptz from change where due_at is not null
                on conflict (registration_id) do update set due_at = excluded.due_at
                 where mail_due.due_at <> excluded.due_at
                """)
                .param("ids", column(changes, StoredProjection.ProjectionChange::registration, UUID[]::new))
                .param("states", column(changes, StoredProjection.ProjectionChange::state, String[]::new))
                .param("holdEnds", column(changes, change -> text(change.holdEndsAt()), String[]::new))
                .param("payments", column(changes, StoredProjection.ProjectionChange::payment, String[]::new))
                .param("deferred", column(changes, change -> json(change.deferred()), String[]::new))
                .param("dueAt", column(changes, change -> text(change.dueAt()), String[]::new))
                .update();
    }

    private static <T> T[] column(
            Collection<StoredProjection.ProjectionChange> changes,
            Function<StoredProjection.ProjectionChange, @Nullable T> value,
            IntFunction<T[]> array) {
        return changes.stream().map(value).toArray(array);
    }

    private static @Nullable String json(List<DeferredMail> deferred) {
        return deferred.isEmpty() ? null : JSON.writeValueAsString(deferred);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    /** Postpones registrations that failed, so that others come first. */
    public void putOff(Collection<UUID> registrations, Instant until) {
        jdbc.sql("update mail_due set due_at = ? where registration_id = any(?)")
                .param(Timestamp.from(until))
                .param(registrations.toArray(UUID[]::new))
                .update();
    }

    /** Returns the registrations with a mail due by an instant, the longest overdue first. */
    public List<UUID> due(Instant now, int atMost) {
        return jdbc.sql("select registration_id from mail_due where due_at <= ? order by due_at limit ?")
                .param(Timestamp.from(now))
                .param(atMost)
                .query((row, _) -> row.getObject("registration_id", UUID.class))
                .list();
    }

    void keepConference(Conference conference, long revision, ConferenceDefinitionsListener.Names names) {
        jdbc.sql("""
                insert into conference
                       (slug, name, full_name, starts_on, ends_on, time_zone, city, region, country, sample)
                values (:slug, :name, :fullName, :startsOn, :endsOn, :timeZone, :city, :region, :country, :sample)
                on conflict (slug) do update
                   set name = excluded.name, full_name = excluded.full_name, starts_on = excluded.starts_on,
                       ends_on = excluded.ends_on, time_zone = excluded.time_zone, city = excluded.city,
                       region = excluded.region, country = excluded.country, sample = excluded.sample
                """).paramSource(conference).update();
        jdbc.sql("update conference set revision = :revision, names = :names where slug = :slug")
                .param("revision", revision)
                .param("names", JSON.writeValueAsString(names))
                .param("slug", conference.slug())
                .update();
    }

    /** Returns a conference; empty if its definition was not received yet. */
    public Optional<Conference> findConference(String slug) {
        return jdbc.sql("""
                select slug, name, full_name, starts_on, ends_on, time_zone, city, region, country, sample
                  from conference where slug = ?
                """).param(slug).query(Conference.class).optional();
    }
}
