package org.openingminute.payment.ledger;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the conferences whose definitions were received. */
@Repository
class ConferenceRepository {

    private final JdbcClient jdbc;

    ConferenceRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void keep(KnownConference conference) {
        jdbc.sql("""
                insert into conference (slug, name, time_zone) values (:slug, :name, :timeZone)
                on conflict (slug) do update set name = excluded.name, time_zone = excluded.time_zone
                """)
                .param("slug", conference.slug())
                .param("name", conference.name())
                .param("timeZone", conference.timeZone())
                .update();
    }

    Optional<KnownConference> find(String slug) {
        return jdbc.sql("select slug, name, time_zone from conference where slug = ?")
                .param(slug)
                .query((row, _) ->
                        new KnownConference(row.getString("slug"), row.getString("name"), row.getString("time_zone")))
                .optional();
    }
}
