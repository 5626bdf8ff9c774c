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
 * The incarnations of the service's database. A new one begins where the data goes on in another server or database, in which
 * transaction ids may start anew, or on a promoted standby, which may lack the last commits. What is written from then on sorts
 * after everything earlier. For the library's own packages.
 */
public final class DatabaseIncarnations {

    /** A copy in which no relay noted its presence for this long counts as a restored one. */
    static final Duration PROMOTED_WITHIN = Duration.ofMinutes(10);

    /** The number of the present incarnation; null until it is noted. */
    static final String CURRENT = """
            (select number from (select * from database_incarnation order by number desc limit 1) as latest
               join pg_control_system() using (system_identifier)
              where database = (select oid from pg_database where datname = current_database())
                and server_timeline() in (timeline, 0))""";

    /**
     * Raises the number if this is not the database that was noted last. Any number of instances may do this at once. The
     * number is the minutes since 1970, so restoring the same copy twice gives two numbers.
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

    /** Notes that a relay is present. */
    static final String NOTE_PRESENCE =
            "update database_incarnation set present_at = clock_timestamp() where number = " + CURRENT;

    /** A standby that this many checks in a row find is no backup. */
    private static final int NOT_A_BACKUP = 5;

    private static final Logger log = LoggerFactory.getLogger(DatabaseIncarnations.class);

    /** The pulse confirms each two seconds what was followed last. */
    private static final Duration RECENT = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private volatile @Nullable Read newest;
    private Server server = new Server(false, 0);

    DatabaseIncarnations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An incarnation.
     *
     * @param isRecalled whether the service has noted what its own topic holds of the time that may be lost
     * @param beforeTimelines whether it was noted by a version that named no incarnation to the brokers
     * @param presentAt when a relay last noted its presence in it; {@code null} if none did
     */
    public record Incarnation(
            int number,
            boolean isRecalled,
            boolean beforeTimelines,
            @Nullable Instant presentAt) {}

    /** All incarnations that this database knows, of which the last is the present one; never empty. */
    public record History(List<Incarnation> oldestFirst) {

        public History {
            oldestFirst = List.copyOf(oldestFirst);
        }

        public Incarnation present() {
            return oldestFirst.getLast();
        }

        /**
         * The instant from which a reader has to read again, because this database may lack what came after it: well before
         * the last presence in the newest incarnation that both the reader and this database know.
         *
         * @param readIn the incarnation in which the reader committed its offset; {@code null} if an earlier version did
         * @return {@link Instant#EPOCH} for everything; empty if nothing is lost
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
         * Whether a reader has still to go back.
         *
         * @param metadata of the offset that it committed
         */
        public boolean hasToGoBack(String metadata) {
            return readAgainFrom(readIn(metadata)).isPresent();
        }

        /** The instant from which the service's own topic may say more than this database. */
        public Instant recallFrom() {
            return lastPresence(oldestFirst.reversed().stream().skip(1).findFirst())
                    .orElse(Instant.EPOCH);
        }

        private static Optional<Instant> lastPresence(Optional<Incarnation> known) {
            return known.map(Incarnation::presentAt).map(last -> last.minus(PROMOTED_WITHIN));
        }
    }

    /** The incarnation that a committed offset's metadata names; {@code null} if a version that named none committed it. */
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

    /** Notes a new incarnation if there is one, and reads all of them, by one statement. */
    public History follow() {
        long at = System.nanoTime();
        History history = read("""
                with noted as (%s returning *)
                select * from database_incarnation union all select * from noted order by number
                """.formatted(NOTE));
        newest = new Read(history, at);
        return history;
    }

    /** Notes that the incarnation that was followed last is still the present one. */
    public void confirm() {
        @Nullable Read last = newest;
        if (last != null) {
            newest = new Read(last.history(), System.nanoTime());
        }
    }

    /** The incarnations as they were within the last five seconds; costs no statement while somebody follows them. */
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
     * Tells again and again which incarnation the database is in.
     *
     * @param number of the present incarnation, or {@code null} while it is not noted; on the thread of the pulse
     */
    public static void ask(Pulse pulse, Consumer<@Nullable Integer> number) {
        pulse.ask(CURRENT, Map.of(), Integer.class, number);
    }

    /** Whether the service has noted what its own topic holds, and this is still the incarnation in which it did. */
    public boolean isRecalled() {
        return jdbc.sql("select exists (select from database_incarnation where recalled and number = " + CURRENT + ")")
                .query(Boolean.class)
                .single();
    }

    /** Notes that the service has noted what its own topic holds. */
    public void noteRecalled(Incarnation incarnation) {
        jdbc.sql("update database_incarnation set recalled = true where number = ?")
                .param(incarnation.number())
                .update();
    }

    /** Notes a new incarnation if there is one; until then nobody can write. */
    public void note() {
        jdbc.sql(NOTE).update();
    }

    /**
     * Warns of a server that may lose commits or not tell of it, once when it begins; called each minute. A streaming backup
     * counts as a standby while it runs.
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
     * What is wrong with the server.
     *
     * @param unprotectedInARow in how many checks in a row there was a standby, and commits waited for none
     */
    private record Server(boolean withoutTimeline, int unprotectedInARow) {}
}
