package org.openingminute.gateway.room;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All that the law sees: counts of the last twenty minutes by the second, and nobody's name. Not thread-safe. */
public final class Counters {

    /** Seconds that are kept: a call has five minutes to be answered, and its admission fifteen to be used. */
    static final int SECONDS = 1200;

    private final Map<Count, Column> columns = new EnumMap<>(Count.class);
    private final long[] usedByAge = new long[LifeTable.BINS];
    private final double[] stood = new double[SECONDS];
    private long newest;
    private long issued;

    /** What is counted, and of which second. */
    public enum Count {
        /** Visitors who came to the form or took a place, of the second in which they did. */
        ARRIVED,
        /** Numbers given and not called, as the second began. */
        WAITING,
        /** Called numbers whose visitors came, of the second in which the number was called. */
        CAME,
        /** Visitors admitted, of the second in which they were. */
        ADMITTED,
        /** Admissions that became a registration, of the second of the admission. */
        USED,
        /** Registrations that registration-service decided, of the second in which it did. */
        DECIDED,
        /** Registrations that it refused because its queue was full. */
        REFUSED,
        /** The longest wait in its queue, in milliseconds. */
        WAIT_MILLIS,
        /** Those of {@link #CAME} who had been told an estimate. */
        ESTIMATED,
        /** Those of {@link #ESTIMATED} whose number was called within it. */
        KEPT,
        /** People whose number is above that of somebody who took a place over a second later, of the second in which it was taken. */
        INVERTED
    }

    /** As it is written down. */
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

    /** Counters of a room whose clock stands at this second, with nothing counted. */
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
     * Begins a second; what was 1,200 seconds before it is forgotten.
     *
     * @param number the first number that is not called yet
     * @param issued how many numbers were given
     */
    void begin(long second, double number, long issued) {
        this.issued = issued;
        double monotonic = Math.max(number, stood[slot(newest)]);
        while (newest < second) {
            newest++;
            for (Column column : columns.values()) {
                column.seconds[slot(newest)] = 0;
            }
            stood[slot(newest)] = monotonic;
        }
        column(Count.WAITING).seconds[slot(newest)] = (int) Math.max(0, Math.ceil(issued - monotonic));
    }

    /** Counts so many more; of {@link Count#WAIT_MILLIS} the longest stands. */
    void add(Count count, long second, int by) {
        Column column = column(count);
        column.total += by;
        if (isKept(second)) {
            int before = column.seconds[slot(second)];
            column.seconds[slot(second)] = count == Count.WAIT_MILLIS ? Math.max(before, by) : before + by;
        }
    }

    /** Counts a registration: by the second of its admission, and by how old that was. */
    void used(long admitted, long second) {
        add(Count.USED, admitted, 1);
        usedByAge[LifeTable.bin(second - admitted)]++;
    }

    /** The count of one second; 0 for one that is forgotten or has not begun. */
    int of(Count count, long second) {
        return isKept(second) ? column(count).seconds[slot(second)] : 0;
    }

    /** The sum over the seconds from {@code first} up to and without {@code end}. */
    long sum(Count count, long first, long end) {
        long sum = 0;
        for (long second = first; second < end; second++) {
            sum += of(count, second);
        }
        return sum;
    }

    /** The highest count of the seconds from {@code first} up to and without {@code end}. */
    int highest(Count count, long first, long end) {
        int highest = 0;
        for (long second = first; second < end; second++) {
            highest = Math.max(highest, of(count, second));
        }
        return highest;
    }

    /** All since these counters began. */
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

    /** Where the line stood as a second began; for one that is forgotten, as the oldest second kept began. */
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
