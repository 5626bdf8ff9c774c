package org.openingminute.gateway.room;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Everything that the control law sees: anonymous counts for each of the last twenty minutes' seconds. Not thread-safe. */
public final class Counters {

    /** The number of seconds that are kept: a called person has five minutes to come, and fifteen to use the admission. */
    static final int SECONDS = 1200;

    private final Map<Count, Column> columns = new EnumMap<>(Count.class);
    private final long[] usedByAge = new long[LifeTable.BINS];
    private final double[] stood = new double[SECONDS];
    private long newest;
    private long issued;

    /** What is counted, and the second to which a count belongs. */
    public enum Count {
        /** Visitors who came to the form or took a place, by the second in which they did. */
        ARRIVED,
        /** Numbers given but not yet called, at the beginning of the second. */
        WAITING,
        /** Called numbers whose holders came, by the second in which the number was called. */
        CAME,
        /** Visitors admitted, by the second of the admission. */
        ADMITTED,
        /** Admissions that became a registration, by the second of the admission. */
        USED,
        /** Registrations that registration-service decided, by the second of the decision. */
        DECIDED,
        /** Registrations that registration-service refused because its queue was full. */
        REFUSED,
        /** The longest wait in registration-service's queue, in milliseconds. */
        WAIT_MILLIS,
        /** Those of {@link #CAME} to whom an estimate was shown. */
        ESTIMATED,
        /** Those of {@link #ESTIMATED} whose number was called within the estimate. */
        KEPT,
        /**
         * People whose number is higher than that of somebody who took a place more than a second later, by the second in which the place
         * was taken.
         */
        INVERTED
    }

    /** The serialised form. */
    private record Written(
            long newest,
            long issued,
            List<Double> stood,
            List<Long> usedByAge,
            Map<Count, int[]> seconds,
            Map<Count, Long> totals) {}

    private static final class Column {
        final int[] seconds = new int[SECONDS];
        long total;
    }

    /** Empty counters of a room whose clock stands at this second. */
    Counters(long second) {
        newest = second;
        for (Count count : Count.values()) {
            columns.put(count, new Column());
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static Counters of(Written written) {
        Counters counters = new Counters(written.newest());
        counters.issued = written.issued();
        Arrays.setAll(counters.stood, written.stood()::get);
        Arrays.setAll(counters.usedByAge, written.usedByAge()::get);
        // A count that an older gateway did not know stays at 0.
        written.seconds().forEach(counters::put);
        written.totals().forEach((count, total) -> counters.column(count).total = total);
        return counters;
    }

    @JsonValue
    private Written written() {
        Map<Count, int[]> seconds = new EnumMap<>(Count.class);
        Map<Count, Long> totals = new EnumMap<>(Count.class);
        columns.forEach((count, column) -> {
            seconds.put(count, column.seconds);
            totals.put(count, column.total);
        });
        return new Written(
                newest,
                issued,
                Arrays.stream(stood).boxed().toList(),
                Arrays.stream(usedByAge).boxed().toList(),
                seconds,
                totals);
    }

    private void put(Count count, int[] seconds) {
        System.arraycopy(seconds, 0, column(count).seconds, 0, SECONDS);
    }

    Counters copy() {
        Counters copy = new Counters(newest);
        copy.issued = issued;
        System.arraycopy(stood, 0, copy.stood, 0, SECONDS);
        System.arraycopy(usedByAge, 0, copy.usedByAge, 0, LifeTable.BINS);
        columns.forEach((count, column) -> {
            copy.put(count, column.seconds);
            copy.column(count).total = column.total;
        });
        return copy;
    }

    /**
     * Begins a second; what was counted 1,200 seconds before is dropped.
     *
     * @param number the first number that is not called yet; the line may be ahead of the given numbers, the counters are not
     * @param issued how many numbers were given
     */
    void begin(long second, double number, long issued) {
        this.issued = issued;
        double monotonic = Math.min(Math.max(number, stood[slot(newest)]), (double) issued);
        while (newest < second) {
            newest++;
            for (Column column : columns.values()) {
                column.seconds[slot(newest)] = 0;
            }
            stood[slot(newest)] = monotonic;
        }
        column(Count.WAITING).seconds[slot(newest)] = (int) Math.max(0, Math.ceil(issued - monotonic));
    }

    /** Adds to a count; for {@link Count#WAIT_MILLIS} the maximum is kept. */
    void add(Count count, long second, int by) {
        Column column = column(count);
        column.total += by;
        if (isKept(second)) {
            int before = column.seconds[slot(second)];
            column.seconds[slot(second)] = count == Count.WAIT_MILLIS ? Math.max(before, by) : before + by;
        }
    }

    /** Counts a registration, by the second of its admission and by the admission's age. */
    void used(long admitted, long second) {
        add(Count.USED, admitted, 1);
        usedByAge[LifeTable.bin(second - admitted)]++;
    }

    /** The count of one second; 0 for a second that was dropped or has not begun. */
    int of(Count count, long second) {
        return isKept(second) ? column(count).seconds[slot(second)] : 0;
    }

    /** The sum over the seconds from {@code first} to {@code end}, exclusive. */
    long sum(Count count, long first, long end) {
        long sum = 0;
        for (long second = first; second < end; second++) {
            sum += of(count, second);
        }
        return sum;
    }

    /** The highest count of the seconds from {@code first} to {@code end}, exclusive. */
    int highest(Count count, long first, long end) {
        int highest = 0;
        for (long second = first; second < end; second++) {
            highest = Math.max(highest, of(count, second));
        }
        return highest;
    }

    /** The total since these counters began. */
    long total(Count count) {
        return column(count).total;
    }

    /** All registrations since these counters began, by the age of their admission. */
    long[] usedByAge() {
        return usedByAge.clone();
    }

    /** The second that began last. */
    long newest() {
        return newest;
    }

    /** How many numbers were given when the newest second began. */
    long issued() {
        return issued;
    }

    /** The position of the line at the beginning of a second; for a dropped second, that of the oldest second kept. */
    double stood(long second) {
        return stood[slot(Math.max(second, oldest()))];
    }

    /** The second in which a called number was called; for one called long ago, the oldest second kept. */
    long calledIn(long number) {
        long low = oldest();
        long high = newest;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (stood(middle) <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private Column column(Count count) {
        return Objects.requireNonNull(columns.get(count));
    }

    private long oldest() {
        return Math.max(0, newest - SECONDS + 1);
    }

    private boolean isKept(long second) {
        return second <= newest && second > newest - SECONDS;
    }

    private static int slot(long second) {
        return Math.floorMod(second, SECONDS);
    }
}
