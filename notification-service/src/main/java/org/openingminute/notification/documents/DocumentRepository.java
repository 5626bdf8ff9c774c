package org.openingminute.notification.documents;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads the projections for documents. */
@Repository
class DocumentRepository {

    /** SQL with the expressions of the index of confirmed registrations, so that the index is used. */
    static final String CONFIRMED = """
            select id, state from projection
             where state::json ->> 'conference' = :conference and state::json ->> 'status' = 'confirmed' and id >= :from
               and (:category::text is null or strpos(state, :category) > 0)
             order by id limit :most
            """;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    private static final long BEFORE_MILLIS = 10_000;
    private static final int TIME_SHIFT = 16;

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final ProjectionRepository projections;

    DocumentRepository(JdbcClient jdbc, @Browse JdbcClient browse, ProjectionRepository projections) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.projections = projections;
    }

    /**
     * A registration that was received.
     *
     * @param paid whether its payment is known to have arrived; its confirmation has then arrived or will soon
     */
    record KnownDocument(DocumentSubject order, boolean paid) {}

    /** Returns the registration; empty if it was not received yet. */
    Optional<KnownDocument> order(UUID registration) {
        return jdbc.sql("select state, payment from projection where id = ? and state is not null")
                .param(registration)
                .query((row, number) -> known(row))
                .optional();
    }

    private static KnownDocument known(ResultSet row) throws SQLException {
        @Nullable String payment = row.getString("payment");
        return new KnownDocument(
                JSON.readValue(row.getString("state"), DocumentSubject.class),
                payment != null
                        && JSON.readValue(payment, PaymentSnapshot.class).hasCaptured());
    }

    /** A confirmed registration. */
    record Confirmed(UUID id, DocumentSubject order) {}

    /**
     * Returns the next confirmed registrations of a conference in the order of their ids.
     *
     * @param category selects registrations whose data contains this code, mostly as an attendee's category; {@code null} for all
     * @param from the first id to consider
     * @param most the most registrations
     */
    List<Confirmed> confirmed(String conference, @Nullable String category, UUID from, int most) {
        return browse.sql(CONFIRMED)
                .param("conference", conference)
                .param("category", category == null ? null : JSON.writeValueAsString(category), Types.VARCHAR)
                .param("from", from)
                .param("most", most)
                .query((row, _) -> new Confirmed(
                        row.getObject("id", UUID.class), JSON.readValue(row.getString("state"), DocumentSubject.class)))
                .list();
    }

    /**
     * Finds the registration of an attendee. There is no index for this. A registration's id is generated right before its attendees' ids,
     * and ids sort by time, so only the few registrations just before the attendee's id are read.
     */
    Optional<DocumentSubject> ofAttendee(UUID attendee) {
        return jdbc.sql("""
                select state from projection
                 where id <= :attendee and id >= :from and strpos(state, :text) > 0
                 order by id desc limit 1
                """)
                .param("attendee", attendee)
                .param("from", earlier(attendee))
                .param("text", attendee.toString())
                .query((row, _) -> JSON.readValue(row.getString("state"), DocumentSubject.class))
                .optional()
                .filter(order -> order.attendee(attendee).isPresent());
    }

    /** Returns the smallest id that is ten seconds older. */
    private static UUID earlier(UUID id) {
        long millis = id.getMostSignificantBits() >>> TIME_SHIFT;
        return new UUID(Math.max(0, millis - BEFORE_MILLIS) << TIME_SHIFT, 0);
    }

    /** Returns the conference; empty if it was not received yet. */
    Optional<DocumentConference> conference(String slug) {
        return projections
                .findConference(slug)
                .flatMap(conference -> jdbc.sql("select revision, names from conference where slug = ?")
                        .param(slug)
                        .query((row, number) -> new DocumentConference(
                                conference,
                                row.getLong("revision"),
                                JSON.readValue(row.getString("names"), DocumentConference.ConferenceNames.class)))
                        .optional());
    }
}
