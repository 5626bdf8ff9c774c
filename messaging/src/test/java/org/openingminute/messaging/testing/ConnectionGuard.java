package org.openingminute.messaging.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool that refuses a second connection to a thread that holds one: with as many such threads as connections, each would
 * wait for a connection that another of them holds.
 */
public final class ConnectionGuard extends DelegatingDataSource {

    /** Of all pools: a thread that waits for one pool while it holds a connection of another holds up that one. */
    private static final ThreadLocal<@Nullable HeldConnection> newest = new ThreadLocal<>();

    private final Consumer<SecondConnection> report;

    private record HeldConnection(Connection connection, Throwable taken) {}

    /** @param report receives each refusal as well, because the caller's code may catch it and go on */
    public ConnectionGuard(DataSource pool, Consumer<SecondConnection> report) {
        super(pool);
        this.report = report;
    }

    /** The refusal, whose message names both places; its cause has the stack of the first. */
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

    /** The connection itself says whether it was returned, because another thread may have done that. */
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
