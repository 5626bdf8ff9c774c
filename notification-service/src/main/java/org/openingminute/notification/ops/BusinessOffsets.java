package org.openingminute.notification.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Records how far a rehearsal's business time is ahead of machine time, from events that contain both. In a deployment the two are equal.
 * Thread-safe.
 */
@Component
public class BusinessOffsets {

    /** The offsets of two events may differ by this much without a move of the clock, because one event waited longer for its commit. */
    private static final Duration SAME = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final boolean rehearsal;

    /** The offset of the newest event, once a committed row is known to have it. */
    private volatile @Nullable Duration known;

    BusinessOffsets(JdbcClient jdbc, @Browse JdbcClient browse, NotificationServiceSettings settings) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.rehearsal = settings.mode() == NotificationServiceSettings.Mode.REHEARSAL;
    }

    /**
     * Offsets by the machine time from which they applied. Immutable.
     *
     * @param ahead empty if business time equals machine time
     */
    public record OffsetHistory(NavigableMap<Instant, Duration> ahead) {

        public OffsetHistory {
            ahead = Collections.unmodifiableNavigableMap(new TreeMap<>(ahead));
        }

        /** Converts machine time to business time. Before the first known offset, that first offset is used. */
        public Instant businessTime(Instant machine) {
            Map.@Nullable Entry<Instant, Duration> then = ahead.floorEntry(machine);
            if (then == null) {
                then = ahead.firstEntry();
            }
            return then == null ? machine : machine.plus(then.getValue());
        }

        /** Returns the first machine time at which business time was this or later. */
        public Instant machineTime(Instant business) {
            @Nullable Instant machine = null;
            for (Map.Entry<Instant, Duration> one : ahead.entrySet()) {
                Instant since = one.getKey();
                if (machine != null && machine.isBefore(since)) {
                    return machine;
                }
                Instant then = business.minus(one.getValue());
                machine = machine != null && then.isBefore(since) ? since : then;
            }
            return machine == null ? business : machine;
        }
    }

    /**
     * Records the offset in an event. Events may arrive in any order and repeatedly; an event without a new offset costs no statement.
     *
     * @param writtenAt when it was written, machine time
     * @param at the same instant in business time
     */
    public void note(Instant writtenAt, Instant at) {
        Duration ahead = Duration.between(writtenAt, at);
        if (!rehearsal || isKnown(ahead)) {
            return;
        }
        int inserted = jdbc.sql("""
                insert into business_offset (since, ahead_millis)
                select :since, :ahead
                 where not exists (
                       select from (select ahead_millis from business_offset where since <= :since order by since desc limit 1) as earlier
                        where abs(earlier.ahead_millis - :ahead) < :same)
                on conflict (since) do nothing
                """)
                .param("since", writtenAt.atOffset(ZoneOffset.UTC))
                .param("ahead", ahead.toMillis())
                .param("same", SAME.toMillis())
                .update();
        // A row that was just inserted may be rolled back, so the offset is not cached yet.
        known = inserted == 0 ? ahead : null;
    }

    private boolean isKnown(Duration ahead) {
        Duration last = known;
        return last != null && ahead.minus(last).abs().compareTo(SAME) < 0;
    }

    /** Returns all offsets so far, with one statement; none in a deployment. */
    public OffsetHistory history() {
        NavigableMap<Instant, Duration> ahead = new TreeMap<>();
        if (rehearsal) {
            browse.sql("select since, ahead_millis from business_offset").query(row -> {
                ahead.put(
                        row.getObject("since", OffsetDateTime.class).toInstant(),
                        Duration.ofMillis(row.getLong("ahead_millis")));
            });
        }
        return new OffsetHistory(ahead);
    }
}
