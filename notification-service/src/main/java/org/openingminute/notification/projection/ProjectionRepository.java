package org.openingminute.notification.projection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stores the newest received states. The row of a registration is also the lock that orders this service's events about
 * it.
 */
@Repository
public class ProjectionRepository {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    private final JdbcClient jdbc;
    private final OrderLocks locks;

    ProjectionRepository(JdbcClient jdbc, OrderLocks locks) {
        this.jdbc = jdbc;
        this.locks = locks;
    }

    /**
     * Takes the lock of a registration that this service has a row for; it must be the first statement of a
     * transaction.
     */
    public OrderLock lock(UUID registration) {
        return locks.take("select 1 from registration where id = ? for update", registration);
    }

    /** Saves the state that an event reports, and locks the registration's row until the transaction ends. */
    public void keepRegistration(Message event, RegistrationSnapshot state) {
        @Nullable
        Timestamp holdEndsAt = state.heldFor()
                .map(held -> Timestamp.from(event.time().plus(held)))
                .orElse(null);
        jdbc.sql("""
                insert into registration (id, state, hold_ends_at) values (:id, :state, :holdEndsAt)
                on conflict (id) do update set state = excluded.state, hold_ends_at = excluded.hold_ends_at
                """)
                .param("id", state.id())
                .param("state", event.json())
                .param("holdEndsAt", holdEndsAt)
                .update();
    }

    /** Saves the payment that an event reports, and locks the registration's row until the transaction ends. */
    public void keepPayment(Message event, PaymentSnapshot payment) {
        jdbc.sql("""
                insert into registration (id, payment) values (:id, :payment)
                on conflict (id) do update set payment = excluded.payment
                """)
                .param("id", payment.registration())
                .param("payment", event.json())
                .update();
    }

    /** The projection of a registration; empty before anything about it was received. */
    public Optional<RegistrationProjection> find(UUID registration) {
        return jdbc.sql("select state, payment, hold_ends_at from registration where id = ?")
                .param(registration)
                .query((row, number) -> projection(row))
                .optional();
    }

    private static RegistrationProjection projection(ResultSet row) throws SQLException {
        @Nullable String state = row.getString("state");
        @Nullable String payment = row.getString("payment");
        @Nullable Timestamp holdEndsAt = row.getTimestamp("hold_ends_at");
        return new RegistrationProjection(
                state == null ? null : JSON.readValue(state, RegistrationSnapshot.class),
                payment == null ? null : JSON.readValue(payment, PaymentSnapshot.class),
                holdEndsAt == null ? null : holdEndsAt.toInstant());
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

    /** The projection of a conference; empty before its definition was received. */
    public Optional<Conference> findConference(String slug) {
        return jdbc.sql("""
                select slug, name, full_name, starts_on, ends_on, time_zone, city, region, country, sample
                  from conference where slug = ?
                """).param(slug).query(Conference.class).optional();
    }
}
