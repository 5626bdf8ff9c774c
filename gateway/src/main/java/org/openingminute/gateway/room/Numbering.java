package org.openingminute.gateway.room;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that nobody holds. After a counter was lost, numbering continued far enough ahead to give no number twice, which leaves gaps.
 * Positions in the line count only numbers that somebody may hold. Immutable.
 */
record Numbering(List<Gap> gaps) {

    private static final long LEAST_GAP = 10_000;

    /** A range of numbers, beginning with {@code first}, that was skipped. */
    record Gap(long first, long length) {}

    Numbering {
        gaps = List.copyOf(gaps);
    }

    static Numbering withoutGaps() {
        return new Numbering(List.of());
    }

    /**
     * Continues after a counter was lost.
     *
     * @param next the next number according to the newest copy of the counter
     * @param mostInOneSecond the highest number of places given within a second; the copy is at most a second old
     */
    Numbering resumed(long next, long mostInOneSecond) {
        List<Gap> longer = new ArrayList<>(gaps);
        longer.add(new Gap(next, Math.max(LEAST_GAP, 2 * mostInOneSecond)));
        return new Numbering(longer);
    }

    /** The first number after the last gap, at which numbering continued; 0 if there is no gap. */
    long end() {
        return gaps.isEmpty() ? 0 : gaps.getLast().first() + gaps.getLast().length();
    }

    /**
     * The position of a number in the line. A number inside a gap was given after the copy was made. It has the position of the gap's first
     * number, so it is called next and not lost.
     */
    long place(long number) {
        long leftOut = 0;
        for (Gap gap : gaps) {
            leftOut += Math.clamp(number - gap.first(), 0, gap.length());
        }
        return number - leftOut;
    }
}
