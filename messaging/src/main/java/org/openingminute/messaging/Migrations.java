package org.openingminute.messaging;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Migrates a service's database while instances work on it: on connections of its own, without the limits of the pool, so that
 * it may take hours. It waits a second for a lock, because whoever wants the same table waits behind it, and then tries again.
 */
public final class Migrations implements FlywayConfigurationCustomizer, FlywayMigrationStrategy {

    private static final Logger log = LoggerFactory.getLogger(Migrations.class);

    /** The account or the database may have limits, too. Flyway's lock is on a session that is idle meanwhile. */
    private static final String SETTINGS = "set transaction_timeout = 0; set statement_timeout = 0;"
            + " set idle_session_timeout = 0; set lock_timeout = '1s'";

    /** A lock that was not got in time, and a deadlock. */
    private static final Set<String> LOCKED = Set.of("55P03", "40P01");

    /** Part of what Flyway says of such a note; it has no code. */
    private static final String NOTE_OF_FAILURE = "failed migration to version";

    private final JdbcConnectionDetails database;
    private final Duration pause;

    Migrations(JdbcConnectionDetails database) {
        this(database, Duration.ofSeconds(5));
    }

    /** @param pause between two tries to get a lock, in which those who waited behind the first go on */
    Migrations(JdbcConnectionDetails database, Duration pause) {
        this.database = database;
        this.pause = pause;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        configure(flyway, database.getJdbcUrl(), database.getUsername(), database.getPassword());
    }

    /** Sets the connections and the lock of a Flyway, which a test may do for one of its own. */
    public static FluentConfiguration configure(
            FluentConfiguration flyway, String url, @Nullable String user, @Nullable String password) {
        DriverManagerDataSource own = new DriverManagerDataSource(url);
        own.setUsername(user);
        own.setPassword(password);
        own.setConnectionProperties(OwnConnections.properties());
        // One instance migrates, however long; the others wait for it. A transaction's lock would have Flyway wait for
        // itself where it creates an index concurrently.
        flyway.getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return flyway.dataSource(own).initSql(SETTINGS).lockRetryCount(-1);
    }

    /**
     * Migrates, and tries again for as long as a lock is not got, here or by another instance. Whoever replaces instances goes by
     * "Migrating" and "Migrated" in the log.
     *
     * @throws FlywayException if a migration fails for another reason
     */
    @Override
    public void migrate(Flyway flyway) {
        DataSource own = flyway.getConfiguration().getDataSource();
        forgetFailures(own);
        int pending = flyway.info().pending().length;
        if (pending > 0) {
            log.info("Migrating the database, {} scripts", pending);
        }
        Set<String> waiting = new HashSet<>();
        while (true) {
            try {
                MigrateResult done = flyway.migrate();
                if (pending > 0) {
                    log.info(
                            "Migrated the database, {} scripts here, now at {}",
                            done.migrationsExecuted,
                            flyway.info().current().getVersion());
                }
                return;
            } catch (FlywayException e) {
                if (!isLocked(e)) {
                    throw e;
                }
                String script = script(e);
                if (waiting.add(script)) {
                    log.warn(
                            "{} waits for a table that a long transaction uses, and is tried again every {} s;"
                                    + " writers go on (pg_stat_activity shows whose it is)",
                            script,
                            pause.toSeconds());
                }
                rest(e);
                forgetFailures(own);
            }
        }
    }

    /** A script that is no transaction leaves a note when it fails, with which Flyway would refuse to run it again. */
    private static void forgetFailures(DataSource own) {
        JdbcClient jdbc = JdbcClient.create(own);
        boolean isMigrated = jdbc.sql("select to_regclass('flyway_schema_history') is not null")
                .query(Boolean.class)
                .single();
        if (isMigrated) {
            jdbc.sql(SETTINGS + "; delete from flyway_schema_history where not success")
                    .update();
        }
    }

    private void rest(FlywayException failure) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /** Another instance that did not get its lock leaves its note until it tries again, or this one removes it. */
    private static boolean isLocked(FlywayException failure) {
        return cause(failure, SQLException.class)
                .map(sql -> LOCKED.contains(sql.getSQLState()))
                .orElseGet(() -> String.valueOf(failure.getMessage()).contains(NOTE_OF_FAILURE));
    }

    private static String script(FlywayException failure) {
        return cause(failure, FlywayMigrateException.class)
                .map(failed -> failed.getMigration().getScript())
                .orElse("A migration");
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
