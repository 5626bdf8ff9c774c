package org.openingminute.messaging.outbox;

/**
 * Which life of the database this is. A logical restore, or an upgrade by {@code pg_upgrade}, goes on as another server, and
 * may start transaction ids anew; what is written from then on has to sort after all that was there.
 */
final class DatabaseIncarnation {

    /** Raises the number where the server is not the one that was noted last. By any number of instances at once. */
    static final String NOTE = """
            insert into database_incarnation (number, system_identifier)
            select coalesce((select max(number) from database_incarnation), 0) + 1, system_identifier
              from pg_control_system()
             where system_identifier is distinct from (
                   select system_identifier from database_incarnation order by number desc limit 1)
            on conflict do nothing""";

    private DatabaseIncarnation() {}
}
