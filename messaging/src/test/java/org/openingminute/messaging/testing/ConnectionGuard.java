package org.openingminute.messaging.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool that refuses a second connection to a thread that already holds one. If as many threads did this as there are connections, all of
 * them would wait for each other.
 */
public final class ConnectionGuard extends DelegatingDataSource {

    /** Shared by all pools: a thread that holds a connection of one pool blocks it while it waits for another pool. */
    private static final ThreadLocal<@Nullable HeldConnection> newest = new ThreadLocal<>();

    private final Consumer<SecondConnection> report;

    private record HeldConnection(Connection connection, Throwable taken) {}

    /** @param report also receives each refusal, because the calling code may catch it and continue */
    public ConnectionGuard(DataSource pool, Consumer<SecondConnection> report) {
        super(pool);
        this.report = report;
    }

    /** The refusal. Its message names both places; its cause has the stack trace of the first. */
    public static final class SecondConnection extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private SecondConnection(Throwable first) {
            super(first);
        }

        @Override
        public String getMessage() {
            return "a thread that has held a connection since %s asks for a second at %s"
                    .formatted(place(getCause()), place(this));
        }

        private static String place(Throwable stack) {
            return Arrays.stream(stack.getStackTrace())
                    .filter(frame -> frame.getClassName().startsWith("org.openingminute.")
                            && !frame.getClassName().startsWith(ConnectionGuard.class.getName()))
                    .findFirst()
                    .map(StackTraceElement::toString)
                    .orElse("code of a library");
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        requireNoneHeld();
        return hold(super.getConnection());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        requireNoneHeld();
        return hold(super.getConnection(username, password));
    }

    /** Asks the connection whether it was closed, because another thread may have closed it. */
    private void requireNoneHeld() throws SQLException {
        @Nullable HeldConnection held = newest.get();
        if (held != null && !held.connection().isClosed()) {
            SecondConnection second = new SecondConnection(held.taken());
            report.accept(second);
            throw second;
        }
    }

    private Connection hold(Connection connection) {
        newest.set(new HeldConnection(connection, new Throwable("the first connection was taken here")));
        return connection;
    }
}
