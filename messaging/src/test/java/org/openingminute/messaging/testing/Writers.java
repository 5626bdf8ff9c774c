package org.openingminute.messaging.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that write all the time, each statement in its own transaction, and measure how long they wait. */
public final class Writers implements AutoCloseable {

    private final AtomicLong written = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final List<SQLException> failures = new ArrayList<>();
    private volatile boolean running = true;

    private Writers() {}

    /**
     * Starts the writers.
     *
     * @param statements executed in turn; each parameter is the same random number below a million, as text
     */
    public static Writers start(String database, int connections, String... statements) {
        Writers writers = new Writers();
        for (int i = 0; i < connections; i++) {
            writers.threads.add(Thread.ofVirtual().start(() -> writers.write(database, statements)));
        }
        return writers;
    }

    private void write(String database, String... statements) {
        try (Connection connection = DriverManager.getConnection(database, "postgres", "postgres")) {
            while (running) {
                String number = Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000));
                for (String sql : statements) {
                    write(connection, sql, number);
                }
            }
        } catch (SQLException e) {
            synchronized (failures) {
                failures.add(e);
            }
        }
    }

    private void write(Connection connection, String sql, String number) throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
                statement.setString(i, number);
            }
            statement.execute();
        }
        longestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
        written.incrementAndGet();
    }

    /** The number of committed statements. */
    public long written() {
        return written.get();
    }

    /** The longest time that a statement took. */
    public Duration longestWait() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** Stops the writers; throws if one of them failed. */
    @Override
    public void close() throws SQLException, InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw failures.getFirst();
            }
        }
    }
}
