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

/** Reads what documents say out of what was heard. Safe for all threads. */
@Repository
class DocumentRepository {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    private final JdbcClient jdbc;
    private final ProjectionRepository heard;

    DocumentRepository(JdbcClient jdbc, ProjectionRepository heard) {
        this.jdbc = jdbc;
        this.heard = heard;
    }

    /**
     * A registration that was heard of.
     *
     * @param paid whether its payment is known to have come, so that its confirmation is on the way if it is not here
     */
    record Known(DocumentSubject order, boolean paid) {}

    /** Empty where the registration was not heard of. */
    Optional<Known> order(UUID registration) {
        return jdbc.sql("select state, payment from registration where id = ? and state is not null")
                .param(registration)
                .query((row, number) -> known(row))
                .optional();
    }

    private static Known known(ResultSet row) throws SQLException {
        @Nullable String payment = row.getString("payment");
        return new Known(
                JSON.readValue(row.getString("state"), DocumentSubject.class),
                payment != null
                        && JSON.readValue(payment, PaymentSnapshot.class).hasCaptured());
    }

    /** Empty where the conference was not heard of. */
    Optional<Occasion> occasion(String slug) {
        return heard.findConference(slug)
                .flatMap(conference -> jdbc.sql("select revision, names from conference where slug = ?")
                        .param(slug)
                        .query((row, number) -> new Occasion(
                                conference,
                                row.getLong("revision"),
                                JSON.readValue(row.getString("names"), Occasion.Names.class)))
                        .optional());
    }
}
