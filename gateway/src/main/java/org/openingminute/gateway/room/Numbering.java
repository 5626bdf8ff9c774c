package org.openingminute.gateway.room;

import java.util.ArrayList;
import java.util.List;

/**
 * Which numbers nobody holds, because their counter was lost and numbering went on far enough ahead to give none twice. The line
 * and everybody's position go by places, which count only those numbers that may be held. Immutable.
 */
record Numbering(List<Gap> gaps) {

    private static final long LEAST_GAP = 10_000;

    /** Numbers from {@code first} on that were left out. */
    record Gap(long first, long length) {}

    Numbering {
        gaps = List.copyOf(gaps);
    }

    static Numbering withoutGaps() {
        return new Numbering(List.of());
    }

    /**
     * Goes on after a counter was lost.
     *
     * @param next the next number by the newest copy of the counter
     * @param mostInOneSecond the most numbers that were given within a second; the copy is a second old at most
     */
    Numbering resumed(long next, long mostInOneSecond) {
        List<Gap> longer = new ArrayList<>(gaps);
        longer.add(new Gap(next, Math.max(LEAST_GAP, 2 * mostInOneSecond)));
        return new Numbering(longer);
    }

    /** The first number after the last gap, with which numbering went on; 0 where none was left out. */
    long end() {
        return gaps.isEmpty() ? 0 : gaps.getLast().first() + gaps.getLast().length();
    }

    /**
     * The place of a number in the line. A number within a gap, given after the copy was made, has the place of the gap's first: it
     * is called with the next, and not lost.
     */
    long place(long number) {
        long leftOut = 0;
        for (Gap gap : gaps) {
            leftOut += Math.clamp(number - gap.first(), 0, gap.length());
        }
        return number - leftOut;
    }
}
