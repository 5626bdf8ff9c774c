package org.openingminute.messaging;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Fault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Asks the service's database what its parts want to know again and again, such as when work is due, by one statement for all of
 * them. An idle service asks nothing else. It has a connection of its own, so that no other work delays it. Safe for use by any
 * thread.
 */
public final class Pulse implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);
    private static final String[] SETTINGS = {"set plan_cache_mode = force_generic_plan", "set enable_seqscan = off"};

    private final OwnConnections connections;
    private final Clock clock;
    private final List<Question<?>> questions = new CopyOnWriteArrayList<>();
    private final Semaphore soon = new Semaphore(0);
    private Duration longestPause;
    /** Confined to the thread of the pulse, as are the answers. */
    private Duration pause;

    private volatile boolean running;
    private @Nullable Thread thread;

    Pulse(OwnConnections connections, Clock clock) {
        this(connections, clock, LONGEST_PAUSE);
    }

    Pulse(OwnConnections connections, Clock clock, Duration longestPause) {
        this.connections = connections;
        this.clock = clock;
        this.longestPause = longestPause;
        this.pause = longestPause;
    }

    private record Question<T>(String scalar, Map<String, ?> parameters, Class<T> type, Consumer<@Nullable T> answer) {

        void answered(ResultSet row, int column) throws SQLException {
            answer.accept(row.getObject(column, type));
        }
    }

    /**
     * Adds a question. Must be called before the application has started.
     *
     * @param scalar a scalar query, on indexes; it may use the parameter {@code now}, this machine's time
     * @param parameters further parameters of that query; the names are those of all questions
     * @param answer gets each answer on the thread of the pulse, and must return at once
     */
    public <T> void ask(String scalar, Map<String, ?> parameters, Class<T> type, Consumer<@Nullable T> answer) {
        questions.add(new Question<>(scalar, Map.copyOf(parameters), type, answer));
    }

    /** Asks this often, for a question that cannot wait as long as others. Must be called before the application has started. */
    public void askEach(Duration atMost) {
        longestPause = shorter(longestPause, atMost);
    }

    /** Asks soon and not at the next beat: work was made, and its commit is done. */
    public void soon() {
        if (soon.availablePermits() == 0) {
            soon.release();
        }
    }

    /** Makes the next pause shorter; for answers. */
    void askAgainIn(Duration atMost) {
        pause = shorter(pause, atMost);
    }

    @Override
    public void start() {
        if (!running && !questions.isEmpty()) {
            running = true;
            thread = Thread.ofVirtual().name("pulse").start(this::run);
        }
    }

    @Override
    public void stop() {
        running = false;
        soon();
        Thread stopping = thread;
        if (stopping != null) {
            try {
                if (!stopping.join(STOP_WITHIN)) {
                    stopping.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        String lastFailure = "";
        while (running) {
            try (Connection connection = connections.open(SETTINGS)) {
                JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
                while (running) {
                    ask(jdbc);
                    lastFailure = "";
                    rest();
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException | Error e) { // a pulse that ended would be missed by every job
                String failure = Fault.types(e);
                if (!lastFailure.equals(failure)) {
                    log.warn("The database could not be asked when work is due, retrying: {}", failure);
                    lastFailure = failure;
                }
                pauseAfterFailure();
            }
        }
    }

    private void ask(JdbcClient jdbc) {
        pause = longestPause;
        Map<String, Object> parameters = new HashMap<>();
        questions.forEach(question -> parameters.putAll(question.parameters()));
        parameters.put("now", clock.instant().atOffset(ZoneOffset.UTC));
        jdbc.sql(questions.stream()
                        .map(question -> "(" + question.scalar() + ")")
                        .collect(Collectors.joining(", ", "select ", "")))
                .params(parameters)
                .query(row -> {
                    for (int i = 0; i < questions.size(); i++) {
                        questions.get(i).answered(row, i + 1);
                    }
                });
    }

    /** Commits of other instances come many at a time: what they made is asked for once. */
    private void rest() throws InterruptedException {
        Thread.sleep(SHORTEST_PAUSE);
        Duration rest = pause.minus(SHORTEST_PAUSE);
        if (rest.isPositive() && soon.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS)) {
            soon.drainPermits();
        }
    }

    private void pauseAfterFailure() {
        try {
            if (running) {
                Thread.sleep(PAUSE_AFTER_FAILURE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
