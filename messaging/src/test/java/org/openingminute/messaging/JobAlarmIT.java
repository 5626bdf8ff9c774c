package org.openingminute.messaging;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves, on a real PostgreSQL and a real broker, that jobs sleep until their work is due and wake up for new work. */
class JobAlarmIT {

    /** Shorter than the sleep of a job that no signal wakes. */
    private static final Duration SOON = Duration.ofSeconds(25);

    private static final Duration NEVER = Duration.ofHours(1);

    private final String database = TestInfrastructure.newDatabase("alarm");
    private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
    private final Job job = new Job("one");
    private final Job other = new Job("other");
    private final AtomicInteger beats = new AtomicInteger();
    private @Nullable Pulse pulse;

    @BeforeEach
    void makeTable() {
        jdbc.sql("create table work (kind text not null, due_at timestamptz not null)")
                .update();
        jdbc.sql("create index work_due_at on work (kind, due_at)").update();
    }

    @AfterEach
    void stop() {
        requireNonNull(pulse).stop();
        job.stop();
        other.stop();
    }

    @Test
    void jobs_sleep_while_nothing_is_due() {
        start(Duration.ofMillis(250));
        make("one", NEVER);
        awaitBeats(3);

        assertThat(job.runs).hasValue(1);
    }

    @Test
    void job_runs_when_its_work_is_due_and_others_sleep_on() {
        Pulse started = start(NEVER);
        Instant due = make("one", Duration.ofSeconds(1));
        started.soon();

        await().atMost(SOON).until(() -> job.done.get() == 1);

        assertThat(Instant.now()).isAfterOrEqualTo(due);
        assertThat(other.runs).hasValue(1);
    }

    @Test
    void work_that_nobody_reports_is_found_at_the_next_beat() {
        start(Duration.ofSeconds(1));
        make("one", Duration.ZERO);

        await().atMost(SOON).until(() -> job.done.get() == 1);
    }

    @Test
    void job_is_woken_again_while_its_work_waits() {
        Pulse started = start(NEVER);
        job.mayWork = false;
        make("one", Duration.ZERO);
        started.soon();
        await().atMost(SOON).until(() -> job.runs.get() > 3);
        job.mayWork = true;

        await().atMost(SOON).until(() -> job.done.get() == 1);
    }

    @Test
    void alarm_outlives_its_connection() {
        Pulse started = start(NEVER);
        jdbc.sql("""
                select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                """).query().listOfRows();
        make("one", Duration.ZERO);
        started.soon();

        await().atMost(SOON).until(() -> job.done.get() == 1);
    }

    private Pulse start(Duration longestPause) {
        Pulse started = new Pulse(new OwnConnections(new Details(database)), Clock.systemUTC(), longestPause);
        pulse = started;
        started.ask("select 1", Map.of(), Integer.class, _ -> beats.incrementAndGet());
        JobAlarm _ = new JobAlarm(started, List.of(job, other), Clock.systemUTC());
        started.start();
        job.start();
        other.start();
        await().atMost(SOON).until(() -> beats.get() > 0 && job.runs.get() == 1 && other.runs.get() == 1);
        return started;
    }

    private void awaitBeats(int more) {
        int from = beats.get();
        await().atMost(SOON).until(() -> beats.get() >= from + more);
    }

    private Instant make(String kind, Duration in) {
        Instant due = Instant.now().plus(in);
        jdbc.sql("insert into work (kind, due_at) values (?, ?)")
                .param(kind)
                .param(due.atOffset(ZoneOffset.UTC))
                .update();
        return due;
    }

    private final class Job extends PollingJob implements DueWork {

        private final String kind;
        private final AtomicInteger runs = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile boolean mayWork = true;

        Job(String kind) {
            super("job-" + kind);
            this.kind = kind;
        }

        @Override
        public String dueAt() {
            return "select min(due_at) from work where kind = '" + kind + "'";
        }

        @Override
        protected boolean work() {
            if (mayWork) {
                done.addAndGet(jdbc.sql("delete from work where kind = ? and due_at <= ?")
                        .param(kind)
                        .param(OffsetDateTime.now(ZoneOffset.UTC))
                        .update());
            }
            runs.incrementAndGet();
            return false;
        }
    }

    private record Details(String getJdbcUrl) implements JdbcConnectionDetails {

        @Override
        public String getUsername() {
            return "postgres";
        }

        @Override
        public String getPassword() {
            return "postgres";
        }
    }
}
