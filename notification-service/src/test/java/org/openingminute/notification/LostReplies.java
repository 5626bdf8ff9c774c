package org.openingminute.notification;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A pool that can lose the reply to a commit: the server has committed, and the client does not know. */
final class LostReplies extends DelegatingDataSource {

    private static final AtomicReference<@Nullable String> NEXT = new AtomicReference<>();
    private static final AtomicInteger LOST = new AtomicInteger();

    private LostReplies(DataSource pool) {
        super(pool);
    }

    /** Loses the reply to the next commit of a transaction that prepared a statement with this text; none if it is {@code null}. */
    static void loseNext(@Nullable String text) {
        NEXT.set(text);
    }

    /** Returns the number of lost replies. */
    static int lost() {
        return LOST.get();
    }

    /** Runs before other wrappers of the pool, because Flyway unwraps those. */
    static final class Processor implements BeanPostProcessor, PriorityOrdered {

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof DataSource pool ? new LostReplies(pool) : bean;
        }

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        AtomicReference<@Nullable String> prepared = new AtomicReference<>();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    @Nullable String next = NEXT.get();
                    if (method.getName().equals("prepareStatement")
                            && next != null
                            && ((String) arguments[0]).contains(next)) {
                        prepared.set(next);
                    }
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("commit")
                                && prepared.get() != null
                                && NEXT.compareAndSet(prepared.get(), null)) {
                            LOST.incrementAndGet();
                            throw new SQLException("the reply was lost", "08006");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}
