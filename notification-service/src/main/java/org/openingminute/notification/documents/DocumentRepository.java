package org.openingminute.notification.documents;

import java.sql.ResultSet;
import java.sql.SQLException;
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
     * @param paid whether its payment is known to have arrived, so that its confirmation is here or on its way
     */
    record KnownDocument(DocumentSubject order, boolean paid) {}

    /** The registration; empty before it was received. */
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

    /**
     * A registration among those that were looked at.
     *
     * @param order {@code null} where it is not a confirmed one of the conference
     */
    record Scanned(UUID id, @Nullable DocumentSubject order) {}

    /**
     * The next registrations by their ids, of all conferences, since no index tells them apart; those of one are read.
     *
     * @param from the first that is looked at
     * @param most how many are looked at
     */
    List<Scanned> confirmed(String conference, UUID from, int most) {
        return browse.sql("""
                select id, case when state::json ->> 'conference' = :conference and state::json ->> 'status' = 'confirmed'
                                then state end as state
                  from projection where id >= :from and state is not null order by id limit :most
                """)
                .param("conference", conference)
                .param("from", from)
                .param("most", most)
                .query((row, _) -> scanned(row))
                .list();
    }

    private static Scanned scanned(ResultSet row) throws SQLException {
        @Nullable String state = row.getString("state");
        return new Scanned(
                row.getObject("id", UUID.class), state == null ? null : JSON.readValue(state, DocumentSubject.class));
    }

    /**
     * The registration that an attendee is one of. It has no index: its id was made right before the attendee's, and ids sort by time,
     * so it is one of the few before it.
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

    /** The smallest id of ten seconds before. */
    private static UUID earlier(UUID id) {
        long millis = id.getMostSignificantBits() >>> TIME_SHIFT;
        return new UUID(Math.max(0, millis - BEFORE_MILLIS) << TIME_SHIFT, 0);
    }

    /** The conference; empty before it was received. */
    Optional<Occasion> occasion(String slug) {
        return projections
                .findConference(slug)
                .flatMap(conference -> jdbc.sql("select revision, names from conference where slug = ?")
                        .param(slug)
                        .query((row, number) -> new Occasion(
                                conference,
                                row.getLong("revision"),
                                JSON.readValue(row.getString("names"), Occasion.OccasionNames.class)))
                        .optional());
    }
}
