package org.openingminute.registration.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Statements that go to the server together and are carried out one after the other: a batch pays for one round trip where
 * it would pay for seven, with the lock in its hand. For one thread and one use.
 */
final class Together {

    private final StringBuilder sql = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    /** @param values of the statement's question marks, in their order */
    void add(String statement, Object... values) {
        sql.append(statement.strip()).append(";\n");
        parameters.addAll(Arrays.asList(values));
    }

    void run(JdbcClient jdbc) {
        jdbc.sql(sql.toString()).params(parameters).update();
    }
}
