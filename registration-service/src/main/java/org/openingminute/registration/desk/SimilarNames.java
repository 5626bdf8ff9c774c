package org.openingminute.registration.desk;

import java.util.List;
import org.openingminute.registration.decision.Documents;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Suggests attendees with a similar name when a search by name found nobody. */
@Repository
public class SimilarNames {

    static final String SIMILAR = """
            with alike as materialized (
                select id, registration, :name <<-> name_key as distance, name_key from desk_attendee
                 where conference = :conference and (:name <% name_key or :name % name_key)
                 order by distance, name_key, id limit :most)
            """;

    private static final int MOST = 5;

    private final JdbcClient desk;

    SimilarNames(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /** Returns the names of at most five attendees of a conference, the most similar first. */
    public List<String> to(String conference, String name) {
        return desk
                .sql(SIMILAR + """
                select a.id, r.document from alike a join registration r on r.id = a.registration
                 order by a.distance, a.name_key, a.id
                """)
                .param("conference", conference)
                .param("name", SearchWords.sortKey(name))
                .param("most", MOST)
                .query((row, _) -> name(row.getString("id"), row.getString("document")))
                .list()
                .stream()
                .filter(found -> !found.isEmpty())
                .distinct()
                .toList();
    }

    /** Returns the attendee's name, or empty if the registration no longer has this attendee. */
    private static String name(String attendee, String registration) {
        return Documents.registration(registration).attendees().stream()
                .filter(one -> one.id().toString().equals(attendee))
                .map(one -> one.givenName() + " " + one.familyName())
                .findFirst()
                .orElse("");
    }
}
