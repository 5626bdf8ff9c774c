package org.openingminute.messaging.outbox;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Pulse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The incarnations of the service's database. A new incarnation begins when the data continues in another server or database, where
 * transaction ids may restart, or on a promoted standby, which may lack the last commits. Messages written in an incarnation sort after
 * those of all earlier ones. For the library's own packages. Thread-safe.
 */
public final class DatabaseIncarnations {

    /**
     * If no relay has recorded its presence in the data for this long, the data counts as restored from a backup and not as a promoted
     * standby.
     */
    static final Duration PROMOTED_WITHIN = Duration.ofMinutes(10);

    /** SQL for the number of the present incarnation; null until it is recorded. */
    static final String CURRENT = """
            (select number from (select * from database_incarnation order by number desc limit 1) as latest
               join pg_control_system() using (system_identifier)
              where database = (select oid from pg_database where datname = current_database())
                and server_timeline() in (timeline, 0))""";

    /**
     * SQL that records a new incarnation if this is not the database that was recorded last. Several instances may run it at once. The
     * number is the minutes since 1970, so restoring the same backup twice gives two numbers.
     */
    static final String NOTE = """
            insert into database_incarnation (number, system_identifier, database, timeline, restored)
            select greatest(latest.number + 1, (extract(epoch from clock_timestamp()) / 60)::integer),
                   here.system_identifier, oid, server_timeline(),
                   latest.system_identifier <> here.system_identifier or latest.database <> oid
                   or coalesce(latest.present_at < clock_timestamp() - interval '%d minutes', true)
              from (select * from database_incarnation order by number desc limit 1) as latest,
                   pg_control_system() as here, pg_database
             where datname = current_database() and %s is null
            on conflict do nothing""".formatted(PROMOTED_WITHIN.toMinutes(), CURRENT);

    /** SQL that records the presence of a relay. */
    static final String NOTE_PRESENCE =
            "update database_incarnation set present_at = clock_timestamp() where number = " + CURRENT;

    /** A standby that is found in this many consecutive checks is not merely a running backup. */
    private static final int NOT_A_BACKUP = 5;

    private static final Logger log = LoggerFactory.getLogger(DatabaseIncarnations.class);

    /** How long a result counts as recent; the pulse confirms it every two seconds. */
    private static final Duration RECENT = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private volatile @Nullable Read newest;
    private Server server = new Server(false, 0);

    DatabaseIncarnations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An incarnation of the database. Immutable.
     *
     * @param isRecovered whether the service has restored, from its own topic, what the database may have lost
     * @param beforeTimelines whether it was recorded by a version that did not name the incarnation in committed offsets
     * @param presentAt when a relay last recorded its presence; {@code null} if none did
     */
    public record Incarnation(
            int number,
            boolean isRecovered,
            boolean beforeTimelines,
            @Nullable Instant presentAt) {}

    /** All incarnations that this database knows, the last one being the present; never empty. */
    public record History(List<Incarnation> oldestFirst) {

        public History {
            oldestFirst = List.copyOf(oldestFirst);
        }

        public Incarnation present() {
            return oldestFirst.getLast();
        }

        /**
         * The instant from which a reader has to read again, because this database may lack what followed: ten minutes before the last
         * recorded presence in the newest incarnation that both the reader and this database know.
         *
         * @param readIn the incarnation in which the reader committed its offset; {@code null} if it was committed by a version that
         *     did not record it
         * @return {@link Instant#EPOCH} to read everything; empty if nothing is lost
         */
        public Optional<Instant> readAgainFrom(@Nullable Integer readIn) {
            Optional<Incarnation> known = oldestFirst.reversed().stream()
                    .filter(one -> readIn == null ? one.beforeTimelines() : one.number() <= readIn)
                    .findFirst();
            if (known.isPresent() && known.get().equals(present())) {
                return Optional.empty();
            }
            return Optional.of(lastPresence(known).orElse(Instant.EPOCH));
        }

        /**
         * Whether a reader still has to go back.
         *
         * @param metadata the metadata of the reader's committed offset
         */
        public boolean hasToGoBack(String metadata) {
            return readAgainFrom(readIn(metadata)).isPresent();
        }

        /** The instant from which the service's own topic may know more than this database. */
        public Instant recoverFrom() {
            return lastPresence(oldestFirst.reversed().stream().skip(1).findFirst())
                    .orElse(Instant.EPOCH);
        }

        private static Optional<Instant> lastPresence(Optional<Incarnation> known) {
            return known.map(Incarnation::presentAt).map(last -> last.minus(PROMOTED_WITHIN));
        }
    }

    /** Parses the incarnation in a committed offset's metadata; {@code null} if it names none. */
    public static @Nullable Integer readIn(String metadata) {
        try {
            return Integer.valueOf(metadata.split(" ", 2)[0]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Reads the incarnations. */
    public History history() {
        return read("select * from database_incarnation order by number");
    }

    /** Records a new incarnation if there is one, and returns all of them, in one statement. */
    public History follow() {
        long at = System.nanoTime();
        History history = read("""
                with noted as (%s returning *)
                select * from database_incarnation union all select * from noted order by number
                """.formatted(NOTE));
        newest = new Read(history, at);
        return history;
    }

    /** Marks the result of the last {@link #follow} as still current. */
    public void confirm() {
        @Nullable Read last = newest;
        if (last != null) {
            newest = new Read(last.history(), System.nanoTime());
        }
    }

    /** The incarnations as of at most five seconds ago. Runs no query while {@link #follow} or {@link #confirm} is called regularly. */
    public History recent() {
        @Nullable Read last = newest;
        return last != null && System.nanoTime() - last.at() < RECENT.toNanos() ? last.history() : history();
    }

    private record Read(History history, long at) {}

    private History read(String sql) {
        return new History(jdbc.sql(sql)
                .query((row, _) -> {
                    @Nullable Timestamp presentAt = row.getTimestamp("present_at");
                    return new Incarnation(
                            row.getInt("number"),
                            row.getBoolean("recalled"),
                            row.getObject("restored") == null,
                            presentAt == null ? null : presentAt.toInstant());
                })
                .list());
    }

    /**
     * Makes the pulse report the present incarnation at every beat.
     *
     * @param number receives the number of the present incarnation, {@code null} while it is not recorded, on the thread of the pulse
     */
    public static void ask(Pulse pulse, Consumer<@Nullable Integer> number) {
        pulse.ask(CURRENT, Map.of(), Integer.class, number);
    }

    /** Whether the service has restored what its own topic contains, in the incarnation that is still the present one. */
    public boolean isRecovered() {
        return jdbc.sql("select exists (select from database_incarnation where recalled and number = " + CURRENT + ")")
                .query(Boolean.class)
                .single();
    }

    /** Records that the service has restored what its own topic contains. */
    public void noteRecovered(Incarnation incarnation) {
        jdbc.sql("update database_incarnation set recalled = true where number = ?")
                .param(incarnation.number())
                .update();
    }

    /** Records a new incarnation if there is one; until then no message can be appended. */
    public void note() {
        jdbc.sql(NOTE).update();
    }

    /**
     * Warns once, when the condition begins, of a server that may lose commits or that does not report its timeline. Called every minute. A
     * streaming backup counts as a standby while it runs.
     */
    void checkServer() {
        Server now = jdbc.sql("""
                select server_timeline() = 0 as without_timeline,
                       current_setting('synchronous_standby_names') = ''
                       and exists (select from pg_stat_replication) as unprotected
                """)
                .query((row, _) -> new Server(
                        row.getBoolean("without_timeline"),
                        row.getBoolean("unprotected") ? server.unprotectedInARow() + 1 : 0))
                .single();
        if (now.withoutTimeline() && !server.withoutTimeline()) {
            log.warn("PostgreSQL does not report its timeline, so the promotion of a standby will go unnoticed");
        }
        if (now.unprotectedInARow() == NOT_A_BACKUP) {
            log.warn("PostgreSQL has a standby, and synchronous_standby_names is empty: a failover may lose commits");
        }
        server = now;
    }

    /**
     * Risky properties of the server.
     *
     * @param unprotectedInARow the number of consecutive checks in which there was a standby for which commits do not wait
     */
    private record Server(boolean withoutTimeline, int unprotectedInARow) {}
}
