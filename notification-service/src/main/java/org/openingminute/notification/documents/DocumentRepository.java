package org.openingminute.notification.documents;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    private final JdbcClient jdbc;
    private final ProjectionRepository projections;

    DocumentRepository(JdbcClient jdbc, ProjectionRepository projections) {
        this.jdbc = jdbc;
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
