package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class TimePartitionsIT {

    private final DataSource dataSource =
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
        makeYesterday();
        note("-1 day");
        note("now");

        assertThat(partitions.dropOlderThan(Duration.ofDays(1))).isZero();
        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);

        assertThat(all()).containsExactly("now");
    }

    @Test
    void instances_that_start_at_once_make_each_day_once() throws Exception {
        try (ExecutorService instances = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> made = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                made.add(instances.submit(() -> new TimePartitions(dataSource, "noted").makeAhead(3)));
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

    @Test
    void what_was_half_detached_is_dropped_the_next_time() {
        partitions.makeAhead(1);
        String yesterday = makeYesterday();
        jdbc.sql("update pg_inherits set inhdetachpending = true where inhrelid = ?::regclass")
                .param(yesterday)
                .update();

        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(exists(yesterday)).isFalse();
    }

    @Test
    void what_was_detached_and_not_dropped_is_dropped_the_next_time() {
        partitions.makeAhead(1);
        String yesterday = makeYesterday();
        jdbc.sql("alter table noted detach partition " + yesterday).update();

        assertThat(partitions.dropOlderThan(Duration.ZERO)).isEqualTo(1);
        assertThat(exists(yesterday)).isFalse();
    }

    private boolean exists(String name) {
        return jdbc.sql("select to_regclass(?) is not null")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    /** By the database's clock, as all of it. */
    private String makeYesterday() {
        LocalDate today = jdbc.sql("select (clock_timestamp() at time zone 'UTC')::date")
                .query(LocalDate.class)
                .single();
        LocalDate yesterday = today.minusDays(1);
        String name = "noted_" + yesterday.toString().replace("-", "");
        jdbc.sql("create table %s partition of noted for values from ('%sT00:00Z') to ('%sT00:00Z')"
                        .formatted(name, yesterday, today))
                .update();
        return name;
    }

    @Test
    void a_name_that_is_none_is_refused() {
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
