package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.messaging.testing.Writers;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves that migrations run on a real PostgreSQL while other sessions use the same tables. */
class MigrationsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String CONCURRENTLY = """
            set lock_timeout = 0;
            drop index concurrently if exists thing_name;
            create index concurrently thing_name on thing (name);
            set lock_timeout = '1s';
            """;

    @TempDir
    Path scripts;

    private String url;
    private JdbcClient jdbc;

    @BeforeEach
    void things() {
        url = TestInfrastructure.emptyDatabase("migrated");
        jdbc = JdbcClient.create(new DriverManagerDataSource(url, "postgres", "postgres"));
        script("V1__things.sql", "create table thing (id bigint generated always as identity primary key, name text)");
        migrate();
    }

    @Test
    void migration_without_its_lock_says_so_once_and_lets_writers_go_on() throws Exception {
        script("V2__colour.sql", """
                alter table thing add column colour text;
                create table waiting as select current_setting('lock_timeout') as longest;
                """);
        Writers writers = Writers.start(url, 2, "insert into thing (name) values (?)");
        ListAppender<ILoggingEvent> log = listen();
        try {
            CompletableFuture<Void> migrated;
            try (Connection holder = connection()) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("lock table thing in row share mode");
                migrated = CompletableFuture.runAsync(this::migrate);
                await().atMost(SOON).until(() -> log.list.size() > 1);
                long before = writers.written();
                await().atMost(SOON).until(() -> writers.written() > before && waitsForLock());
                assertThat(migrated).isNotDone();
            }
            assertThat(migrated).succeedsWithin(SOON);
        } finally {
            logger().detachAppender(log);
            writers.close();
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        begins -> assertThat(begins).isEqualTo("Migrating the database, 1 scripts"),
                        waits -> assertThat(waits).startsWith("V2__colour.sql waits for a table"),
                        done -> assertThat(done).isEqualTo("Migrated the database, 1 scripts here, now at 2"));
        assertThat(jdbc.sql("select longest from waiting").query(String.class).single())
                .isEqualTo("1s");
        assertThat(writers.longestWait()).isLessThan(SOON);
    }

    private static ListAppender<ILoggingEvent> listen() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger().addAppender(log);
        return log;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Migrations.class);
    }

    private boolean waitsForLock() {
        return jdbc.sql("""
                select exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock'
                                  and relation = 'thing'::regclass)
                """).query(Boolean.class).single();
    }

    @Test
    void migration_may_take_longer_than_any_transaction_of_the_service() {
        jdbc.sql(
                        "do $$ begin execute format('alter database %I set transaction_timeout = 2000', current_database()); end $$")
                .update();
        script("V2__slow.sql", "select pg_sleep(2.5)");

        migrate();

        assertThat(versions()).isEqualTo(2);
    }

    @Test
    void index_is_made_while_a_transaction_is_open_and_others_write() throws Exception {
        script("V2__by_name.sql", CONCURRENTLY);
        script("V2__by_name.sql.conf", "executeInTransaction=false");
        CompletableFuture<Void> migrated;
        try (Connection writer = connection();
                Connection other = connection()) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("insert into thing (name) values ('before')");
            migrated = CompletableFuture.runAsync(this::migrate);
            await().atMost(SOON).until(this::makesAnIndex);
            other.createStatement().execute("insert into thing (name) values ('meanwhile')");
            assertThat(migrated).isNotDone();
            writer.commit();
        }
        assertThat(migrated).succeedsWithin(SOON);
        assertThat(isIndexed()).isTrue();
    }

    @Test
    void instance_beside_one_that_does_not_get_its_lock_waits_as_well() throws Exception {
        script("V2__colour.sql", "alter table thing add column colour text");
        script("V2__colour.sql.conf", "executeInTransaction=false");
        ListAppender<ILoggingEvent> log = listen();
        CompletableFuture<Void> first;
        CompletableFuture<Void> second;
        try (Connection holder = connection()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("lock table thing in row share mode");
            first = CompletableFuture.runAsync(() -> migrate(Duration.ofSeconds(3)), Thread::startVirtualThread);
            await().atMost(SOON).until(this::waitsForLock);
            second = CompletableFuture.runAsync(() -> migrate(Duration.ofSeconds(3)), Thread::startVirtualThread);
            await().atMost(SOON)
                    .until(() -> second.isDone()
                            || log.list.stream()
                                            .filter(line -> line.getLevel() == Level.WARN)
                                            .count()
                                    >= 2);
            assertThat(second).isNotDone();
        } finally {
            logger().detachAppender(log);
        }
        assertThat(first).succeedsWithin(SOON);
        assertThat(second).succeedsWithin(SOON);
        assertThat(versions()).isEqualTo(2);
    }

    @Test
    void index_that_was_killed_half_made_is_made_at_the_next_start() throws Exception {
        script("V2__by_name.sql", CONCURRENTLY);
        script("V2__by_name.sql.conf", "executeInTransaction=false");
        try (Connection writer = connection()) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("insert into thing (name) values ('before')");
            CompletableFuture<Void> killed = CompletableFuture.runAsync(this::migrate);
            await().atMost(SOON).until(this::makesAnIndex);
            jdbc.sql("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and query like 'create index%'
                    """).query().listOfRows();
            assertThat(killed).failsWithin(SOON);
        }
        assertThat(isIndexed()).isFalse();

        migrate();

        assertThat(isIndexed()).isTrue();
    }

    private boolean makesAnIndex() {
        return jdbc.sql("""
                select exists (select from pg_stat_activity
                                where datname = current_database() and query like 'create index%' and wait_event_type = 'Lock')
                """).query(Boolean.class).single();
    }

    private boolean isIndexed() {
        return jdbc.sql("""
                select exists (select from pg_index where indexrelid = to_regclass('thing_name') and indisvalid)
                """).query(Boolean.class).single();
    }

    private int versions() {
        return jdbc.sql("select count(*) from flyway_schema_history where success")
                .query(Integer.class)
                .single();
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(url, "postgres", "postgres");
    }

    private void script(String name, String text) {
        try {
            Files.writeString(scripts.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Migrates as a service does at its start. */
    private void migrate() {
        migrate(Duration.ofMillis(200));
    }

    private void migrate(Duration pause) {
        Migrations migrations = new Migrations(
                new JdbcConnectionDetails() {
                    @Override
                    public String getJdbcUrl() {
                        return url;
                    }

                    @Override
                    public @Nullable String getUsername() {
                        return "postgres";
                    }

                    @Override
                    public @Nullable String getPassword() {
                        return "postgres";
                    }
                },
                pause);
        FluentConfiguration configuration = Flyway.configure().locations("filesystem:" + scripts);
        migrations.customize(configuration);
        migrations.migrate(configuration.load());
    }
}
