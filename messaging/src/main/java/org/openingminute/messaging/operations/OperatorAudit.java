package org.openingminute.messaging.operations;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.operations.DeadLetter.OperatorAct;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who did what, when, why, and what came of it. Safe for use by all threads. */
final class OperatorAudit {

    private final JdbcClient jdbc;

    OperatorAudit(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes an act that is done, in the transaction that does it. */
    void note(
            String who,
            String what,
            @Nullable UUID letter,
            @Nullable String why,
            String outcome,
            @Nullable String detail) {
        insert(who, what, letter, why, outcome, detail);
    }

    /**
     * Notes that an act begins whose effects are committed elsewhere: whatever comes of it, it is known whose they are.
     *
     * @return what it is settled by; one that never is, because its instance died or its database failed, stays {@code begun}
     */
    long begin(String who, String what, @Nullable UUID letter, @Nullable String detail) {
        return insert(who, what, letter, null, "begun", detail);
    }

    /** Notes what came of an act that was begun. */
    void settle(long act, String outcome, @Nullable String detail) {
        jdbc.sql("update operator_act set outcome = ?, detail = ? where id = ?")
                .param(outcome)
                .param(detail)
                .param(act)
                .update();
    }

    private long insert(
            String who,
            String what,
            @Nullable UUID letter,
            @Nullable String why,
            String outcome,
            @Nullable String detail) {
        return jdbc.sql("""
                insert into operator_act (who, what, parked_message, why, outcome, detail) values (?, ?, ?, ?, ?, ?)
                returning id
                """)
                .param(who)
                .param(what)
                .param(letter)
                .param(why)
                .param(outcome)
                .param(detail)
                .query(Long.class)
                .single();
    }

    /** What was done with a letter, oldest first. */
    List<OperatorAct> of(UUID letter) {
        return jdbc.sql("""
                select at, who, what, why, outcome, detail from operator_act where parked_message = ? order by id
                """)
                .param(letter)
                .query((row, number) -> new OperatorAct(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("who"),
                        row.getString("what"),
                        row.getString("why"),
                        row.getString("outcome"),
                        row.getString("detail")))
                .list();
    }
}
