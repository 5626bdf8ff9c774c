package org.openingminute.notification;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A pool that counts transactions and, by text, prepared statements. */
final class CountingDataSource extends DelegatingDataSource {

    private static final Map<String, LongAdder> STATEMENTS = new ConcurrentHashMap<>();
    private static final LongAdder TRANSACTIONS = new LongAdder();

    private CountingDataSource(DataSource pool) {
        super(pool);
    }

    /** Wraps the pool of a service. Runs before other wrappers, because Flyway unwraps those. */
    static final class Processor implements BeanPostProcessor, PriorityOrdered {

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof DataSource pool ? new CountingDataSource(pool) : bean;
        }

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    /**
     * Counts up to an instant, or between two.
     *
     * @param statements counts by text
     */
    record Counts(long nanos, Map<String, Double> statements, double transactions) {

        static Counts now() {
            Map<String, Double> statements = new TreeMap<>();
            STATEMENTS.forEach((text, times) -> statements.put(text, times.doubleValue()));
            return new Counts(System.nanoTime(), statements, TRANSACTIONS.doubleValue());
        }

        Counts since(Counts before) {
            return new Counts(
                    nanos - before.nanos, less(statements, before.statements, 1), transactions - before.transactions);
        }

        /** Returns the counts less those of an idle service in the same time. */
        Counts without(Counts idle) {
            double times = nanos / (double) idle.nanos;
            return new Counts(
                    nanos, less(statements, idle.statements, times), transactions - idle.transactions * times);
        }

        private static Map<String, Double> less(Map<String, Double> all, Map<String, Double> other, double times) {
            Map<String, Double> left = new TreeMap<>();
            all.forEach((text, count) -> left.put(text, count - other.getOrDefault(text, 0.0) * times));
            return left;
        }

        double all() {
            return statements.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, counting(super.getConnection()));
    }

    private static InvocationHandler counting(Connection connection) {
        return (_, method, arguments) -> {
            if (method.getName().equals("commit")) {
                TRANSACTIONS.increment();
            }
            try {
                Object result = method.invoke(connection, arguments);
                return result instanceof PreparedStatement statement
                        ? Proxy.newProxyInstance(
                                CountingDataSource.class.getClassLoader(),
                                new Class<?>[] {PreparedStatement.class},
                                counting(connection, statement, (String) arguments[0]))
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        };
    }

    private static InvocationHandler counting(Connection connection, PreparedStatement statement, String text) {
        return (_, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                STATEMENTS
                        .computeIfAbsent(text.strip().replaceAll("\\s+", " "), _ -> new LongAdder())
                        .increment();
                if (connection.getAutoCommit()) {
                    TRANSACTIONS.increment();
                }
            }
            try {
                return method.invoke(statement, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        };
    }
}
