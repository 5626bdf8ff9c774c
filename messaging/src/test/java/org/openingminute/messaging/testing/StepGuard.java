package org.openingminute.messaging.testing;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Refuses statements that change more than a thousand rows of a table: upkeep goes in steps. */
public final class StepGuard {

    private StepGuard() {}

    /** @param change {@code update} or {@code delete} */
    public static void on(JdbcClient jdbc, String table, String change) {
        jdbc.sql("""
                create or replace function is_a_step() returns trigger language plpgsql as $$
                begin
                    if (select count(*) from changed) > 1000 then raise 'more than a step'; end if;
                    return null;
                end
                $$
                """).update();
        jdbc.sql("""
                create trigger is_a_step after %s on %s referencing old table as changed
                    for each statement execute function is_a_step()
                """.formatted(change, table)).update();
    }

    public static void remove(JdbcClient jdbc, String table) {
        jdbc.sql("drop trigger is_a_step on " + table).update();
    }
}
