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
 * Migrates a service's database while instances use it. Migrations run on connections of their own, without the pool's time-outs, so they
 * may take hours. A migration waits for a table lock for one second at most, because every other session that needs the table queues behind
 * it, and is then retried.
 */
public final class Migrations implements FlywayConfigurationCustomizer, FlywayMigrationStrategy {

    private static final Logger log = LoggerFactory.getLogger(Migrations.class);

    /** The account or the database may set limits, too. Flyway holds its lock on a session that is idle meanwhile. */
    private static final String SETTINGS = "set transaction_timeout = 0; set statement_timeout = 0;"
            + " set idle_session_timeout = 0; set lock_timeout = '1s'";

    /** SQL states of a lock time-out and a deadlock. */
    private static final Set<String> LOCKED = Set.of("55P03", "40P01");

    /** A part of the message with which Flyway reports a failed migration in its history; the exception has no error code. */
    private static final String NOTE_OF_FAILURE = "failed migration to version";

    private final JdbcConnectionDetails database;
    private final Duration pause;

    Migrations(JdbcConnectionDetails database) {
        this(database, Duration.ofSeconds(5));
    }

    /** @param pause the pause between two attempts to get a lock, during which the sessions that queued behind the first can proceed */
    Migrations(JdbcConnectionDetails database, Duration pause) {
        this.database = database;
        this.pause = pause;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        configure(flyway, database.getJdbcUrl(), database.getUsername(), database.getPassword());
    }

    /** Configures the connections and the lock of a Flyway instance. Tests may use it for their own. */
    public static FluentConfiguration configure(
            FluentConfiguration flyway, String url, @Nullable String user, @Nullable String password) {
        DriverManagerDataSource own = new DriverManagerDataSource(url);
        own.setUsername(user);
        own.setPassword(password);
        own.setConnectionProperties(OwnConnections.properties());
        // Only one instance migrates, however long that takes; the others wait for it. With a transactional lock Flyway
        // would deadlock with itself when it creates an index concurrently.
        flyway.getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return flyway.dataSource(own).initSql(SETTINGS).lockRetryCount(-1);
    }

    /**
     * Migrates the database, and retries for as long as this or another instance cannot get a lock. Operators who replace instances look
     * for "Migrating" and "Migrated" in the log.
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

    /**
     * Removes failed migrations from Flyway's history. A script outside of a transaction leaves such a row when it fails, and Flyway then
     * refuses to run the script again.
     */
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

    /**
     * Whether a lock was unavailable, here or in another instance. Such an instance leaves a failed row in Flyway's history until it
     * retries, or until this instance removes the row.
     */
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
