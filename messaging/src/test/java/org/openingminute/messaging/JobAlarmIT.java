package org.openingminute.messaging;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Jobs that sleep until their work is due. */
class JobAlarmIT {

    /** Less than a job sleeps that nobody wakes. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Duration LATER = Duration.ofHours(1);

    private final String database = TestInfrastructure.newDatabase("alarm");
    private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
    private final Pulse pulse = new Pulse(new OwnConnections(new Details(database)), Clock.systemUTC());
    private final Job job = new Job("one");
    private final Job other = new Job("other");
    private final AtomicInteger beats = new AtomicInteger();

    @BeforeEach
    void start() {
        jdbc.sql("create table work (kind text not null, due_at timestamptz not null)")
                .update();
        jdbc.sql("create index work_due_at on work (kind, due_at)").update();
        pulse.ask("select 1", Map.of(), Integer.class, _ -> beats.incrementAndGet());
        new JobAlarm(pulse, List.of(job, other), Clock.systemUTC());
        pulse.start();
        job.start();
        other.start();
        await().atMost(SOON).until(() -> job.runs.get() == 1 && other.runs.get() == 1);
    }

    @AfterEach
    void stop() {
        pulse.stop();
        job.stop();
        other.stop();
    }

    @Test
    void job_sleeps_while_nothing_is_due() {
        make("one", LATER);
        awaitBeats(3);

        assertThat(job.runs).hasValue(1);
    }

    @Test
    void job_runs_when_its_work_is_due_and_others_sleep_on() {
        Instant due = make("one", Duration.ofSeconds(3));

        await().atMost(SOON).until(() -> job.done.get() == 1);

        assertThat(Instant.now()).isBetween(due, due.plusSeconds(3));
        assertThat(other.runs).hasValue(1);
    }

    @Test
    void beats_are_few_while_nothing_is_due() {
        Instant began = Instant.now();
        awaitBeats(4);

        assertThat(Duration.between(began, Instant.now())).isGreaterThan(Duration.ofSeconds(5));
    }

    @Test
    void work_of_a_commit_is_asked_for_at_once() {
        awaitBeats(1);
        make("one", Duration.ZERO);
        int before = beats.get();
        pulse.soon();

        await().atMost(SOON).until(() -> job.done.get() == 1);

        assertThat(beats.get() - before).isLessThanOrEqualTo(2);
    }

    @Test
    void job_is_woken_again_while_its_work_waits() {
        job.mayWork = false;
        make("one", Duration.ZERO);
        await().atMost(SOON).until(() -> job.runs.get() > 3);
        job.mayWork = true;

        await().atMost(SOON).until(() -> job.done.get() == 1);
    }

    @Test
    void alarm_outlives_its_connection() {
        awaitBeats(1);
        jdbc.sql("""
                select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                """).query().listOfRows();
        make("one", Duration.ZERO);

        await().atMost(SOON).until(() -> job.done.get() == 1);
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
