package org.openingminute.registration.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.openingminute.registration.Settings;
import org.openingminute.registration.inventory.Inventory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Business time, which decides on phases, holds, policies and deadlines: machine time plus an offset that only a rehearsal sets. Decisions
 * under the lock use the database's clock (see the admission package); this class serves reads and displays.
 */
@Component
public class BusinessClock {

    private static final Duration FRESH = Duration.ofMillis(100);

    /** The time for which an instance may refuse from its cache because a sale is not open. */
    private static final Duration CACHED_FOR = Inventory.SOLD_AGAIN_AFTER.plusMillis(50);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final boolean movable;
    private final AtomicReference<KnownOffset> known = new AtomicReference<>(KnownOffset.nothing());

    private record KnownOffset(Duration offset, Instant readAt) {

        static KnownOffset nothing() {
            return new KnownOffset(Duration.ZERO, Instant.MIN);
        }
    }

    BusinessClock(JdbcClient jdbc, Clock clock, Settings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.movable = settings.rehearsal();
        if (!movable && !read().isZero()) {
            throw new IllegalStateException(
                    "this database was used for a rehearsal, and its clock was moved; APP_MODE=deployed needs another database");
        }
    }

    /** Returns business time in milliseconds. An offset set by another instance takes effect within a tenth of a second. */
    public Instant now() {
        Instant machine = clock.instant();
        return machine.plus(offset(machine)).truncatedTo(ChronoUnit.MILLIS);
    }

    /** Returns the offset of business time from machine time. A value computed with an earlier offset is outdated once this changes. */
    public Duration offset() {
        return offset(clock.instant());
    }

    private Duration offset(Instant machine) {
        if (!movable) {
            return Duration.ZERO;
        }
        KnownOffset last = known.get();
        if (!last.readAt().isBefore(machine.minus(FRESH))) {
            return last.offset();
        }
        KnownOffset now = new KnownOffset(read(), machine);
        // Not cached if the offset was moved meanwhile, because the value read may be the previous one.
        known.compareAndSet(last, now);
        return now.offset();
    }

    /** Moves business time to an instant, which may make sale notices due. Returns once no instance has the previous time cached. */
    public Instant moveTo(Instant to) throws InterruptedException {
        // The condition is always true; it makes the update use the index, as each statement on conferences does.
        jdbc.sql("""
                with moved as (
                    insert into rehearsal_clock (offset_millis)
                    values (round(extract(epoch from ?::timestamptz - clock_timestamp()) * 1000)::bigint)
                    on conflict (only_row) do update set offset_millis = excluded.offset_millis)
                update conference set notices_due_at = '-infinity' where notices_due_at >= '-infinity'
                """).param(to.toString()).update();
        known.set(KnownOffset.nothing());
        Thread.sleep(CACHED_FOR);
        return now();
    }

    /**
     * Starts business time at an instant if it has never been set.
     *
     * @throws IllegalStateException if this is a deployment's database, which has conferences that no rehearsal created
     */
    public void startAt(Instant start) {
        if (isOfADeployment()) {
            throw new IllegalStateException(
                    "this database is a deployment's, with real conferences; APP_MODE=rehearsal needs another database");
        }
        jdbc.sql("""
                insert into rehearsal_clock (offset_millis)
                values (round(extract(epoch from ?::timestamptz - clock_timestamp()) * 1000)::bigint)
                on conflict (only_row) do nothing
                """).param(start.toString()).update();
        known.set(KnownOffset.nothing());
    }

    /** Whether there are conferences but no rehearsal clock: a rehearsal sets its clock before it creates its first conference. */
    private boolean isOfADeployment() {
        return jdbc.sql("select exists (select from conference) and not exists (select from rehearsal_clock)")
                .query(Boolean.class)
                .single();
    }

    private Duration read() {
        return Duration.ofMillis(jdbc.sql("select coalesce((select offset_millis from rehearsal_clock), 0)")
                .query(Long.class)
                .single());
    }
}
