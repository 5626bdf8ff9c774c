package org.openingminute.gateway.room;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.Counters.Count;

/**
 * The totals of one opening, for its report. They end when the room closes; its admissions may be used later. Immutable.
 *
 * @param openedAt the second in which the room opened, or people began to gather; {@code null} for none
 * @param closedAt {@code null} while the room is open
 * @param before the totals when the room opened
 * @param until the latest totals
 * @param used how many admissions of this opening became a registration
 * @param waits how many people were called after each waiting time, by {@link #bin}
 */
public record Opening(
        @Nullable Long openedAt,
        @Nullable Long closedAt,
        Totals before,
        Totals until,
        long used,
        Map<Integer, Integer> waits) {

    static final Opening NONE = new Opening(null, null, Totals.NOTHING, Totals.NOTHING, 0, Map.of());

    private static final int ANSWER_SECONDS = 300;
    /** The resolution of waiting times: adjacent bins differ by five per cent. */
    private static final double BINS = 20;

    private static final double FINEST_SECONDS = 10;

    /**
     * Totals since the numbering began.
     *
     * @param issued numbers given
     * @param called numbers called
     * @param answerable called numbers whose holders still have time to come
     */
    record Totals(long issued, long called, long answerable, Map<Count, Long> counts) {

        static final Totals NOTHING = new Totals(0, 0, 0, Map.of());

        private static Totals of(Counters seen, long now) {
            Map<Count, Long> counts = new TreeMap<>();
            for (Count count : Count.values()) {
                counts.put(count, seen.total(count));
            }
            // The line may be ahead of the given numbers.
            long called = Math.min(seen.issued(), (long) Math.ceil(seen.stood(now)));
            long mayCome = called
                    - Math.min(called, (long) Math.ceil(seen.stood(now - ANSWER_SECONDS)))
                    - seen.sum(Count.CAME, now - ANSWER_SECONDS, now + 1);
            return new Totals(seen.issued(), called, Math.max(0, mayCome), counts);
        }

        private long of(Count count) {
            return counts.getOrDefault(count, 0L);
        }
    }

    /**
     * The report of an opening for the organiser.
     *
     * @param left people who were called and did not come
     * @param p50 the median time from taking a place to being called, in seconds; {@code null} if nobody came
     * @param estimatesKept the share of people who came whose number was called within the first estimate; {@code null} if no estimate
     *     was shown
     */
    public record Report(
            @Nullable Long openedAt,
            @Nullable Long closedAt,
            long waited,
            long admitted,
            long used,
            long left,
            @Nullable Long p50,
            @Nullable Long p95,
            @Nullable Double estimatesKept,
            long inversions) {}

    /** The bin in which a waiting time is counted. */
    public static int bin(long seconds) {
        return (int) Math.round(BINS * Math.log1p(Math.max(0, seconds) / FINEST_SECONDS));
    }

    private static long seconds(int bin) {
        return Math.round(FINEST_SECONDS * Math.expm1(bin / BINS));
    }

    /** The totals one second later. */
    Opening next(boolean wasOpen, boolean isOpen, Counters seen, Collection<WaitingRoom.Counted> counted, long now) {
        Totals totals = Totals.of(seen, now);
        if (isOpen && !wasOpen) {
            return new Opening(now, null, totals, totals, 0, Map.of());
        }
        long usedNow = used + used(counted);
        if (!wasOpen) {
            return new Opening(openedAt, closedAt, before, until, usedNow, waits);
        }
        Map<Integer, Integer> longer = new TreeMap<>(waits);
        counted.forEach(one -> one.waits().forEach((bin, people) -> longer.merge(bin, people, Integer::sum)));
        return new Opening(openedAt, isOpen ? null : (Long) now, before, totals, usedNow, longer);
    }

    private long used(Collection<WaitingRoom.Counted> counted) {
        return counted.stream()
                .flatMap(one -> one.entries().stream())
                .filter(entry -> entry.count() == Count.USED && isWithin(entry.second()))
                .mapToLong(WaitingRoom.Counted.Entry::by)
                .sum();
    }

    private boolean isWithin(long second) {
        return openedAt != null && second >= openedAt && (closedAt == null || second < closedAt);
    }

    Report report() {
        long estimates = count(Count.ESTIMATED);
        return new Report(
                openedAt,
                closedAt,
                until.issued() - before.issued(),
                count(Count.ADMITTED),
                used,
                Math.max(0, until.called() - before.called() - count(Count.CAME) - until.answerable()),
                percentile(0.5),
                percentile(0.95),
                estimates == 0 ? null : (Double) ((double) count(Count.KEPT) / estimates),
                count(Count.INVERTED));
    }

    private long count(Count count) {
        return until.of(count) - before.of(count);
    }

    private @Nullable Long percentile(double share) {
        long all = waits.values().stream().mapToLong(Integer::longValue).sum();
        long below = 0;
        for (Map.Entry<Integer, Integer> bin : new TreeMap<>(waits).entrySet()) {
            below += bin.getValue();
            if (below >= share * all) {
                return seconds(bin.getKey());
            }
        }
        return null;
    }
}
