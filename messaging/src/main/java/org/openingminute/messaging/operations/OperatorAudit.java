package org.openingminute.messaging.operations;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.operations.DeadLetter.OperatorAct;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The operators' acts: account and person, act, time, reason and outcome. */
final class OperatorAudit {

    private final JdbcClient jdbc;

    OperatorAudit(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records an act in the transaction that does it. */
    void note(
            Person operator,
            String what,
            @Nullable UUID deadLetter,
            @Nullable String why,
            String outcome,
            @Nullable String detail) {
        insert(operator, what, deadLetter, why, outcome, detail);
    }

    /**
     * Records the beginning of an act whose effects are committed elsewhere, so that it is known whose they are,
     * whatever happens.
     *
     * @return the id by which it is settled; an act that is never settled, because its instance died or its database failed,
     *     stays {@code begun}
     */
    long begin(Person operator, String what, @Nullable UUID deadLetter, @Nullable String detail) {
        return insert(operator, what, deadLetter, null, "begun", detail);
    }

    /** Records the outcome of an act that was begun. */
    void settle(long entry, String outcome, @Nullable String detail) {
        jdbc.sql("update operator_act set outcome = ?, detail = ? where id = ?")
                .param(outcome)
                .param(detail)
                .param(entry)
                .update();
    }

    private long insert(
            Person operator,
            String what,
            @Nullable UUID deadLetter,
            @Nullable String why,
            String outcome,
            @Nullable String detail) {
        return jdbc.sql("""
                insert into operator_act (who, person, what, parked_message, why, outcome, detail)
                values (?, ?, ?, ?, ?, ?, ?)
                returning id
                """)
                .param(operator.subject())
                .param(operator.name())
                .param(what)
                .param(deadLetter)
                .param(why)
                .param(outcome)
                .param(detail)
                .query(Long.class)
                .single();
    }

    /** The acts on a dead letter, oldest first. */
    List<OperatorAct> of(UUID deadLetter) {
        return jdbc.sql("""
                select at, who, person, what, why, outcome, detail from operator_act where parked_message = ? order by id
                """)
                .param(deadLetter)
                .query((row, number) -> new OperatorAct(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("who"),
                        row.getString("person"),
                        row.getString("what"),
                        row.getString("why"),
                        row.getString("outcome"),
                        row.getString("detail")))
                .list();
    }
}
