package org.openingminute.registration.registrations;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.clock.BusinessClock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What happened to a registration, in plain words, oldest first. */
@Repository
public class TimelineRepository {

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    TimelineRepository(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** A line: when (business time), what, and what one might want to know about it. */
    public record Entry(Instant at, String what, @Nullable String detail) {}

    List<Entry> of(UUID registration) {
        return jdbc.sql("select at, what, detail from timeline where registration_id = ? order by at, id")
                .param(registration)
                .query((rs, row) ->
                        new Entry(rs.getTimestamp("at").toInstant(), rs.getString("what"), rs.getString("detail")))
                .list();
    }

    /** One line for each mail and what became of it, however often it is told. */
    void noteMail(UUID registration, UUID mail, String kind, String what) {
        jdbc.sql("""
                insert into timeline (registration_id, at, what, detail, mail_id)
                values (?, ?, ?, ?, ?)
                on conflict (mail_id, what) where mail_id is not null do nothing
                """)
                .param(registration)
                .param(clock.now().atOffset(ZoneOffset.UTC))
                .param(what)
                .param(kind.replace('-', ' '))
                .param(mail)
                .update();
    }
}
