package org.openingminute.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.openingminute.messaging.testing.ConnectionGuard.SecondConnection;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Fails the running test if a {@link ConnectionGuard} of this process has refused a connection, even in a job that logs its failures and
 * continues. It is registered in {@code META-INF/spring.factories}, so that no test has to name it.
 */
class ConnectionGuardListener implements TestExecutionListener {

    private static final Queue<SecondConnection> FOUND = new ConcurrentLinkedQueue<>();

    static void note(SecondConnection second) {
        FOUND.add(second);
    }

    @Override
    public void afterTestMethod(TestContext test) {
        test.getApplicationContext()
                .getBeanProvider(DataSource.class)
                .forEach(pool -> assertThat(pool).isInstanceOf(ConnectionGuard.class));
        SecondConnection found = FOUND.poll();
        if (found != null) {
            FOUND.clear();
            throw found;
        }
    }
}
