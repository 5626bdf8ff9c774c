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
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Polls the service's database for everything that its parts need to know repeatedly, such as when work is due, with a single statement for
 * all questions. An idle service runs no other query. The pulse has a connection of its own, so that other work does not delay it.
 * Thread-safe.
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
    /** Confined to the thread of the pulse, on which the answers are delivered. */
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
     * @param scalar a scalar query, served by indexes; may use the parameter {@code now}, this machine's time
     * @param parameters further parameters of the query; their names must be unique among all questions
     * @param answer receives each answer on the thread of the pulse; must return at once
     */
    public <T> void ask(String scalar, Map<String, ?> parameters, Class<T> type, Consumer<@Nullable T> answer) {
        questions.add(new Question<>(scalar, Map.copyOf(parameters), type, answer));
    }

    /** Limits the time between two beats, for a question that needs frequent answers. Must be called before the application has started. */
    public void askEach(Duration atMost) {
        longestPause = shorter(longestPause, atMost);
    }

    /** Polls soon instead of at the next beat. To be called after new work has committed. */
    public void soon() {
        if (soon.availablePermits() == 0) {
            soon.release();
        }
    }

    /** Shortens the pause before the next beat. To be called by receivers of answers. */
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
            } catch (SQLException | RuntimeException | Error e) { // every job depends on the pulse, so it must not end
                String failure = RedactedException.types(e);
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

    /** Pauses briefly, because commits of other instances arrive in bursts: one query then covers them all. */
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
