package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.ConnectionGuard;
import org.openingminute.messaging.testing.ConnectionGuard.SecondConnection;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves, on a real PostgreSQL, that the guard refuses a second connection to a thread that holds one. */
class ConnectionGuardIT {

    private final List<SecondConnection> reported = new ArrayList<>();
    private final ConnectionGuard pool = new ConnectionGuard(
            new DriverManagerDataSource(TestInfrastructure.newDatabase("guarded"), "postgres", "postgres"),
            reported::add);
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));

    private int one() {
        return jdbc.sql("select 1").query(Integer.class).single();
    }

    private int oneInARowMapper() {
        return jdbc.sql("select 2").query((_, _) -> one()).single();
    }

    @Test
    void query_in_a_row_mapper_is_refused_with_both_places() {
        assertThatThrownBy(this::oneInARowMapper)
                .isInstanceOf(SecondConnection.class)
                .message()
                .contains("since org.openingminute.messaging.ConnectionGuardIT.oneInARowMapper(ConnectionGuardIT.java:")
                .contains("at org.openingminute.messaging.ConnectionGuardIT.one(ConnectionGuardIT.java:");
        assertThat(reported).hasSize(1);
        assertThat(one()).as("the first connection was returned").isOne();
    }

    @Test
    void transaction_shares_its_connection_with_its_queries() {
        assertThat(transaction.<Integer>execute(_ -> oneInARowMapper())).isOne();
        assertThat(reported).isEmpty();
    }

    @Test
    void new_transaction_inside_another_is_refused() {
        TransactionTemplate anew = new TransactionTemplate(new JdbcTransactionManager(pool));
        anew.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        assertThatThrownBy(() -> transaction.execute(_ -> anew.execute(_ -> one())))
                .isInstanceOf(CannotCreateTransactionException.class)
                .hasCauseInstanceOf(SecondConnection.class);
        assertThat(reported).hasSize(1);
    }

    @Test
    void connection_may_be_returned_by_another_thread() throws Exception {
        Connection connection = pool.getConnection();
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            other.submit(() -> {
                        connection.close();
                        return null;
                    })
                    .get();
        }

        assertThat(one()).isOne();
        assertThat(reported).isEmpty();
    }
}
