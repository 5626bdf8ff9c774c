package org.openingminute.messaging.operations;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.operations.DeadLetter.OperatorAct;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records what operators do: account and person, act, time, reason and outcome. Acts that change something are also written to the audit.
 */
final class OperatorAudit {

    private static final String DRY_RUN = "dry-run";

    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final String service;

    /** @param service the service's name, with which the displayed ids of dead letters begin */
    OperatorAudit(JdbcClient jdbc, AuditLog audit, String service) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.service = service;
    }

    /** Records an act in the transaction that performs it. */
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
     * Records the start of an act whose effects are committed in other transactions, so that the operator is known whatever happens next.
     *
     * @return the id by which the act is settled. An act that is never settled, because its instance died or its database failed, stays
     *     {@code begun}
     */
    long begin(Person operator, String what, @Nullable UUID deadLetter, @Nullable String detail) {
        return insert(operator, what, deadLetter, null, "begun", detail);
    }

    /** Records the outcome of an act that was started before. */
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
        if (!what.equals(DRY_RUN)) {
            audit.write(
                    new Person.AuditEntry(operator, inWords(what), null, null, null, about(deadLetter, detail), why));
        }
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

    private static String inWords(String what) {
        return switch (what) {
            case "replay" -> "replayed a dead letter";
            case "discard" -> "discarded a dead letter";
            case "relay-again" -> "relayed messages again";
            default -> what;
        };
    }

    private JsonNode about(@Nullable UUID deadLetter, @Nullable String detail) {
        ObjectNode about = JsonNodeFactory.instance.objectNode();
        return deadLetter == null ? about.put("messages", detail) : about.put("deadLetter", service + "." + deadLetter);
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
