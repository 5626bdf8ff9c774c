package org.openingminute.messaging;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.StatementCallback;

/**
 * The daily partitions (UTC) of a table that is partitioned by time. They are created days ahead and attached; there is no default
 * partition. They are removed with {@code detach ... concurrently} under a lock time-out, because a stronger lock on the table would stop
 * every insert. Rows are never deleted one by one. Safe for use by several instances at once. Must not be called inside a transaction.
 */
public final class TimePartitions {

    private static final Pattern NAME = Pattern.compile("[a-z_]{1,40}");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");
    private static final String QUICKLY = "set lock_timeout = '1s'";
    private static final String AS_BEFORE = "reset lock_timeout";

    private final JdbcTemplate jdbc;
    private final String table;
    private final String stored;

    /** Manages partitions with PostgreSQL's default storage parameters. */
    public TimePartitions(DataSource dataSource, String table) {
        this(dataSource, table, "fillfactor = 100");
    }

    /**
     * @param stored the storage parameters of each partition; a partitioned table itself cannot have any
     * @param table the table's name in lower case; it is inserted into statements, where a parameter is not allowed
     * @throws IllegalArgumentException if the name is not a plain identifier
     */
    public TimePartitions(DataSource dataSource, String table, String stored) {
        if (!NAME.matcher(table).matches()) {
            throw new IllegalArgumentException("not a plain table name: " + table);
        }
        this.jdbc = new JdbcTemplate(dataSource);
        this.table = table;
        this.stored = stored;
    }

    /**
     * Creates the missing partitions for today, by the database's clock, and for some days after it.
     *
     * @param days the number of days ahead, 0 or more
     * @throws DataAccessException if the database is unavailable, or another session blocks the table for more than a second;
     *     partitions created before that remain
     */
    public void makeAhead(int days) {
        LocalDate today = today();
        for (int i = 0; i <= days; i++) {
            LocalDate day = today.plusDays(i);
            // One statement is one transaction and takes the lock itself, so two instances cannot interleave.
            jdbc.execute("""
                    do $$
                    begin
                        perform set_config('lock_timeout', '1s', true);
                        perform pg_advisory_xact_lock(hashtextextended('partitions of %1$s', 0));
                        if not exists (select from pg_inherits where inhparent = '%1$s'::regclass
                                          and inhrelid = to_regclass('%2$s')) then
                            create table if not exists %2$s (like %1$s including defaults including constraints
                                                             including generated including storage) with (%5$s);
                            alter table %1$s attach partition %2$s for values from ('%3$s') to ('%4$s');
                        end if;
                    end $$
                    """.formatted(
                            table,
                            name(day),
                            day.atStartOfDay(ZoneOffset.UTC),
                            day.plusDays(1).atStartOfDay(ZoneOffset.UTC),
                            stored));
        }
    }

    /**
     * Drops the partitions all of whose rows are older than an age. The database's clock decides, because an instance's clock may be days
     * off and would drop rows that are still needed.
     *
     * @return the number of dropped partitions
     * @throws DataAccessException if the database is unavailable, or a long transaction uses the table; the remaining partitions are
     *     dropped next time
     */
    public int dropOlderThan(Duration age) {
        return dropOlderThan(age, partition -> true);
    }

    /**
     * Like {@link #dropOlderThan(Duration)}, but keeps the partitions that a predicate refuses.
     *
     * @param mayGo decides whether an old partition may be dropped, by its name; no connection is held meanwhile, so the predicate may
     *     run queries
     */
    public int dropOlderThan(Duration age, Predicate<String> mayGo) {
        LocalDate firstKept = date("clock_timestamp() - interval '%d seconds'".formatted(age.toSeconds()));
        int dropped = 0;
        for (Partition partition : partitions()) {
            if (partition.day().isBefore(firstKept) && mayGo.test(name(partition.day()))) {
                jdbc.execute((StatementCallback<Boolean>) statement -> drop(statement, partition));
                dropped++;
            }
        }
        return dropped;
    }

    private boolean drop(Statement statement, Partition partition) throws SQLException {
        statement.execute(QUICKLY);
        try {
            // An interrupted detach is finished instead of being started again.
            switch (partition.state()) {
                case ATTACHED -> detach(statement, partition.day(), "concurrently");
                case LEAVING -> detach(statement, partition.day(), "finalize");
                case DETACHED -> {
                    // The partition is detached already and only has to be dropped.
                }
            }
            return statement.execute("drop table if exists " + name(partition.day()));
        } finally {
            statement.execute(AS_BEFORE);
        }
    }

    private void detach(Statement statement, LocalDate day, String how) throws SQLException {
        statement.execute("alter table %s detach partition %s %s".formatted(table, name(day), how));
    }

    private enum PartitionState {
        ATTACHED,
        LEAVING,
        DETACHED
    }

    private record Partition(LocalDate day, PartitionState state) {}

    private List<Partition> partitions() {
        return jdbc.query("""
                select relname, inhparent is null as detached, coalesce(inhdetachpending, false) as leaving
                  from pg_class
                  left join pg_inherits on inhrelid = pg_class.oid and inhparent = '%1$s'::regclass
                 where relname ~ '^%1$s_[0-9]{8}$' and relkind = 'r'
                   and relnamespace = (select relnamespace from pg_class where oid = '%1$s'::regclass)
                 order by relname
                """.formatted(table), (row, _) -> {
            String day = row.getString("relname").substring(table.length() + 1);
            PartitionState whole = row.getBoolean("leaving") ? PartitionState.LEAVING : PartitionState.ATTACHED;
            return new Partition(
                    LocalDate.parse(day, DAY), row.getBoolean("detached") ? PartitionState.DETACHED : whole);
        });
    }

    private LocalDate today() {
        return date("clock_timestamp()");
    }

    private LocalDate date(String instant) {
        LocalDate date = jdbc.queryForObject(
                "select ((%s) at time zone 'UTC')::date".formatted(instant),
                (rows, row) -> rows.getObject(1, LocalDate.class));
        if (date == null) {
            throw new IllegalStateException("every database has a clock");
        }
        return date;
    }

    private String name(LocalDate day) {
        return table + "_" + DAY.format(day);
    }
}
