package org.openingminute.messaging;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openingminute.messaging.testing.ConnectionGuard;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Proves, on a real PostgreSQL, how daily partitions are created ahead and dropped, also beside long transactions. */
class TimePartitionsIT {

    /** The SQL state of a lock time-out. */
    private static final String LOCKED = "55P03";

    /** How long an instance waits for the lock. */
    private static final Duration WAITED = Duration.ofSeconds(1);

    private final DriverManagerDataSource dataSource =
            new DriverManagerDataSource(TestInfrastructure.newDatabase("partitions"), "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(dataSource);
    private final TimePartitions partitions = new TimePartitions(dataSource, "noted");

    @BeforeEach
    void aTable() {
        jdbc.sql("create table noted (what text not null, at timestamptz not null default clock_timestamp())"
                        + " partition by range (at)")
                .update();
        jdbc.sql("create index on noted (what)").update();
    }

    @Test
    void rows_of_today_and_of_the_days_ahead_find_a_place_and_others_none() {
        partitions.makeAhead(2);
        partitions.makeAhead(2);

        note("now");
        note("+2 days");
        assertThat(all()).containsExactly("+2 days", "now");
        assertThatThrownBy(() -> note("+3 days")).isInstanceOf(DataAccessException.class);
    }

    @Test
    void old_days_are_dropped_and_the_others_stay_as_they_are() {
        partitions.makeAhead(2);
        makeDaysAgo(1);
        makeDaysAgo(2);
        note("-1 day");
        note("-2 days");
        note("now");

        assertThat(partitions.dropOlderThan(Duration.ofDays(2))).isZero();
        assertThat(partitions.dropOlderThan(Duration.ofDays(1))).isEqualTo(1);
        assertThat(all()).containsExactly("-1 day", "now");
        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(all()).containsExactly("now");
    }

    @Test
    void instances_that_start_at_once_make_each_day_once() throws Exception {
        try (ExecutorService instances = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> made = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                made.add(instances.submit(this::makeAheadDespiteOthers));
            }
            for (Future<?> one : made) {
                one.get();
            }
        }
        assertThat(jdbc.sql("select count(*) from pg_inherits where inhparent = 'noted'::regclass")
                        .query(Integer.class)
                        .single())
                .isEqualTo(4);
    }

    /** Tries again, as an instance that is restarted does, if the others have held the lock for longer than it waits. */
    private void makeAheadDespiteOthers() {
        for (int tries = 1; ; tries++) {
            long began = System.nanoTime();
            try {
                new TimePartitions(dataSource, "noted").makeAhead(3);
                return;
            } catch (DataAccessException e) {
                boolean hasWaited = System.nanoTime() - began >= WAITED.toNanos();
                boolean isLocked =
                        e.getMostSpecificCause() instanceof SQLException cause && LOCKED.equals(cause.getSQLState());
                if (tries == 5 || !hasWaited || !isLocked) {
                    throw e;
                }
            }
        }
    }

    @Test
    void a_half_detached_partition_is_dropped_the_next_time() {
        partitions.makeAhead(1);
        String yesterday = makeDaysAgo(1);
        jdbc.sql("update pg_inherits set inhdetachpending = true where inhrelid = ?::regclass")
                .param(yesterday)
                .update();

        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(exists(yesterday)).isFalse();
    }

    @Test
    void a_detached_partition_is_dropped_the_next_time() {
        partitions.makeAhead(1);
        String yesterday = makeDaysAgo(1);
        jdbc.sql("alter table noted detach partition " + yesterday).update();

        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(exists(yesterday)).isFalse();
    }

    @Test
    void no_connection_is_held_while_it_is_decided_whether_a_day_may_go() {
        partitions.makeAhead(1);
        String yesterday = makeDaysAgo(1);
        makeDaysAgo(2);
        ConnectionGuard pool = new ConnectionGuard(dataSource, _ -> {});

        int dropped = new TimePartitions(pool, "noted")
                .dropOlderThan(
                        Duration.ZERO,
                        name -> JdbcClient.create(pool)
                                .sql("select ? <> ?")
                                .params(name, yesterday)
                                .query(Boolean.class)
                                .single());

        assertThat(dropped).isEqualTo(1);
        assertThat(exists(yesterday)).isTrue();
    }

    @Test
    @Timeout(60)
    void long_reads_block_neither_inserts_nor_the_next_drop() throws SQLException {
        partitions.makeAhead(1);
        String yesterday = makeDaysAgo(1);
        note("-1 day");
        try (Connection reader = inTransaction("select count(*) from noted")) {
            assertThatThrownBy(() -> partitions.dropOlderThan(Duration.ZERO)).isInstanceOf(DataAccessException.class);
            note("now");
            assertThat(all()).as("the partition of yesterday is detached").containsExactly("now");
            reader.rollback();
        }
        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(exists(yesterday)).isFalse();
        assertThat(all()).containsExactly("now");
    }

    @Test
    @Timeout(60)
    void a_lock_on_the_whole_table_is_not_waited_for() throws SQLException {
        try (Connection holder = inTransaction("lock table noted in access exclusive mode")) {
            assertThatThrownBy(() -> partitions.makeAhead(1)).isInstanceOf(DataAccessException.class);
            holder.rollback();
        }
        partitions.makeAhead(1);
        note("+1 day");
    }

    @Test
    void a_connection_is_given_back_as_it_was() {
        SingleConnectionDataSource one =
                new SingleConnectionDataSource(requireNonNull(dataSource.getUrl()), "postgres", "postgres", true);
        try {
            new TimePartitions(one, "noted").makeAhead(1);
            new TimePartitions(one, "noted").dropOlderThan(Duration.ZERO);
            assertThat(JdbcClient.create(one)
                            .sql("show lock_timeout")
                            .query(String.class)
                            .single())
                    .isEqualTo("0");
        } finally {
            one.destroy();
        }
    }

    /** Opens a connection, executes a statement and leaves the transaction open. */
    private Connection inTransaction(String sql) throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private boolean exists(String name) {
        return jdbc.sql("select to_regclass(?) is not null")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    /** The day is taken from the database's clock, like all days of partitions. */
    private String makeDaysAgo(int days) {
        LocalDate today = jdbc.sql("select (clock_timestamp() at time zone 'UTC')::date")
                .query(LocalDate.class)
                .single();
        LocalDate day = today.minusDays(days);
        String name = "noted_" + day.toString().replace("-", "");
        jdbc.sql("create table %s partition of noted for values from ('%sT00:00Z') to ('%sT00:00Z')"
                        .formatted(name, day, day.plusDays(1)))
                .update();
        return name;
    }

    @Test
    void invalid_table_name_is_refused() {
        assertThatThrownBy(() -> new TimePartitions(dataSource, "noted; drop table noted"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void note(String what) {
        jdbc.sql("insert into noted (what, at) values (?, clock_timestamp() + ?::interval)")
                .param(what)
                .param(what.equals("now") ? "0" : what)
                .update();
    }

    private List<String> all() {
        return jdbc.sql("select what from noted order by what")
                .query(String.class)
                .list();
    }
}
