package org.openingminute.messaging;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which life of the database this is: raised when the server's system identifier is not the one noted, because a logical
 * restore starts transaction ids anew. Read once, after the migrations. Safe for use by all threads.
 */
final class Incarnation {

    private final JdbcClient jdbc;
    private @Nullable Integer number;

    Incarnation(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    synchronized int number() {
        if (number == null) {
            // The second statement sees what the first, or another instance's first, has inserted.
            jdbc.sql("""
                    insert into database_incarnation (number, system_identifier)
                    select coalesce((select max(number) from database_incarnation), 0) + 1, system_identifier
                      from pg_control_system()
                     where system_identifier is distinct from (
                           select system_identifier from database_incarnation order by number desc limit 1)
                    on conflict do nothing
                    """).update();
            number = jdbc.sql("select max(number) from database_incarnation")
                    .query(Integer.class)
                    .single();
        }
        return number;
    }
}
