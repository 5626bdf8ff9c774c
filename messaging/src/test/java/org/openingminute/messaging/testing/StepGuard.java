package org.openingminute.messaging.testing;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Rejects statements that change many rows of a table, to prove that maintenance works in steps. */
public final class StepGuard {

    private StepGuard() {}

    /** Rejects statements that change more than a thousand rows. */
    public static void on(JdbcClient jdbc, String table, String change) {
        on(jdbc, table, change, 1_000);
    }

    /**
     * Starts to reject statements.
     *
     * @param change {@code update} or {@code delete}
     * @param most the number of rows that one statement may change
     */
    public static void on(JdbcClient jdbc, String table, String change, int most) {
        jdbc.sql("""
                create or replace function is_a_step() returns trigger language plpgsql as $$
                begin
                    if (select count(*) from changed) > tg_argv[0]::int then raise 'more than a step'; end if;
                    return null;
                end
                $$
                """).update();
        jdbc.sql("""
                create trigger is_a_step after %s on %s referencing old table as changed
                    for each statement execute function is_a_step(%d)
                """.formatted(change, table, most)).update();
    }

    public static void remove(JdbcClient jdbc, String table) {
        jdbc.sql("drop trigger is_a_step on " + table).update();
    }
}
