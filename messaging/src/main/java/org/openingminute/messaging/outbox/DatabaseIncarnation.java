package org.openingminute.messaging.outbox;

/**
 * Which life of the database this is. A logical restore, or an upgrade by {@code pg_upgrade}, goes on as another database, mostly
 * of another server, and may start transaction ids anew; what is written from then on has to sort after all that was there.
 */
final class DatabaseIncarnation {

    /**
     * Raises the number where this is not the database that was noted last. By any number of instances at once. It is the
     * minutes since 1970: one who restores the same copy twice gets another number each time.
     */
    static final String NOTE = """
            insert into database_incarnation (number, system_identifier, database)
            select greatest((select coalesce(max(number), 0) + 1 from database_incarnation),
                            (extract(epoch from clock_timestamp()) / 60)::integer),
                   system_identifier, oid
              from pg_control_system(), pg_database
             where datname = current_database()
               and not exists (
                   select from (select * from database_incarnation order by number desc limit 1) as latest
                    where latest.system_identifier = pg_control_system.system_identifier
                      and latest.database = pg_database.oid)
            on conflict do nothing""";

    private DatabaseIncarnation() {}
}
