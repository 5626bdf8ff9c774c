package org.openingminute.registration.proofs;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.decision.Documents;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** Reads from the audit who decided about a proof. */
@Repository
class PastReviews {

    /** The most audit entries read: a registration has at most ten attendees, and each proof is decided once. */
    private static final int MOST = 20;

    private final JdbcClient browse;

    PastReviews(@Browse JdbcClient browse) {
        this.browse = browse;
    }

    /**
     * A past decision.
     *
     * @param who name of the organiser
     * @param at business time
     */
    record PastReview(String who, Instant at, boolean accepted) {}

    private record Row(PastReview review, JsonNode before, JsonNode after) {

        boolean isAbout(@Nullable UUID attendee) {
            return attendee == null || !proof(before, attendee).equals(proof(after, attendee));
        }

        private static String proof(JsonNode registration, UUID attendee) {
            for (JsonNode one : registration.path("attendees")) {
                if (one.path("id").asString("").equals(attendee.toString())) {
                    return one.path("proof").asString("");
                }
            }
            return "";
        }
    }

    /** Returns the newest decision about an attendee's proof or, without an attendee, about any proof of the registration. */
    Optional<PastReview> find(UUID registration, @Nullable UUID attendee) {
        return browse
                .sql("""
                select coalesce(person, who) as who, at, what, before, after from audit
                 where registration_id = :registration and what in ('accepted a proof', 'refused a proof')
                 order by entry desc limit :most
                """)
                .param("registration", registration)
                .param("most", MOST)
                .query((row, _) -> new Row(
                        new PastReview(
                                row.getString("who"),
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                row.getString("what").startsWith("accepted")),
                        Documents.tree(row.getString("before")),
                        Documents.tree(row.getString("after"))))
                .list()
                .stream()
                .filter(row -> row.isAbout(attendee))
                .map(Row::review)
                .findFirst();
    }

    /** Adds to a refusal who decided before and when, if there is such a decision. */
    Problem withPastReview(Problem refused, UUID registration, @Nullable UUID attendee) {
        return refused.code() == CommonProblem.NOT_ALLOWED_NOW
                ? find(registration, attendee)
                        .map(past -> new Problem(
                                refused.code(), refused.detail(), Map.of("who", past.who(), "at", past.at())))
                        .orElse(refused)
                : refused;
    }
}
