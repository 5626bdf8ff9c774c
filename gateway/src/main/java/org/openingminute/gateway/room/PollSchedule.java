package org.openingminute.gateway.room;

/**
 * Decides when waiting pages poll again, so that the number of polls a second at one gateway is bounded: each poll is moved to the first
 * second that has room for it. Thread-safe.
 */
public final class PollSchedule {

    private static final int POLLS_A_SECOND = 200;
    private static final int POLLS_A_NUMBER = 5;
    private static final double LONGEST_STRETCH = 2.5;
    private static final int SHORTEST = 3;
    private static final int LONGEST = 120;
    private static final int HALF_AN_HOUR = 1800;
    private static final int GATHERING = 300;
    private static final int GATHERING_STRETCH = 1200;
    private static final int AFTER_DRAW = 60;

    /** Polls further ahead than this leave room for those that cannot be postponed. */
    private static final int SOON = 30;

    private static final double LEFT_TO_OTHERS = 0.6;

    private static final int SECONDS = 1 << 12;

    private final int[] planned = new int[SECONDS];
    private long newest;

    /**
     * The seconds until a page polls again. The poll comes before the page's number is called, because a late poll would look like a person
     * who has left.
     *
     * @param left the seconds until the number is called, at the expected pace
     * @param pace numbers called a second
     * @param now the second of the room's clock
     */
    public synchronized int next(double left, double pace, long now) {
        forget(now);
        double interval = left > HALF_AN_HOUR ? left / 6 : Math.clamp(left / 2, SHORTEST, LONGEST);
        int first = (int) Math.min(interval, SECONDS - 1);
        int last = (int) Math.clamp(Math.min(interval * LONGEST_STRETCH, 0.8 * left), first, SECONDS - 1);
        double room = Math.max(POLLS_A_SECOND, POLLS_A_NUMBER * pace) * (first > SOON ? LEFT_TO_OTHERS : 1);
        return planned(first, last, room, now);
    }

    /**
     * The seconds until a page that waits for a draw polls again: seldom before the draw, because nothing changes until then, and within a
     * minute after it.
     *
     * @param left the seconds until the draw
     */
    public synchronized int gathering(double left, long now) {
        forget(now);
        int first = (int) Math.clamp(Math.ceil(left), 1, GATHERING);
        int last = (int) Math.clamp(left + AFTER_DRAW, first, first + GATHERING_STRETCH);
        return planned(first, last, POLLS_A_SECOND, now);
    }

    private int planned(int first, int last, double room, long now) {
        int best = first;
        for (int after = first; after <= last && planned[slot(now + best)] >= room; after++) {
            if (planned[slot(now + after)] < planned[slot(now + best)]) {
                best = after;
            }
        }
        planned[slot(now + best)]++;
        return best;
    }

    private void forget(long now) {
        for (long second = Math.max(newest, now - SECONDS); second < now; second++) {
            planned[slot(second)] = 0;
        }
        newest = Math.max(newest, now);
    }

    private static int slot(long second) {
        return Math.floorMod(second, SECONDS);
    }
}
