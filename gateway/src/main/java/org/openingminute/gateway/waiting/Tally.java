package org.openingminute.gateway.waiting;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Opening;
import org.openingminute.gateway.room.WaitingRoom.Counted;

/** What this gateway has counted of a room since the last {@link #take}. Thread-safe. */
final class Tally {

    private final Map<Count, Map<Long, Integer>> counts = new EnumMap<>(Count.class);
    private final Map<Integer, Integer> waits = new HashMap<>();
    /** The positions, relative to {@link #first}, whose holders came when called, so that a token that is shown twice counts once. */
    private BitSet came = new BitSet();

    private long first;
    private long next;
    private long latest;

    synchronized void add(Count count, long second, int by) {
        counts.computeIfAbsent(count, _ -> new HashMap<>()).merge(second, by, Integer::sum);
    }

    /** Counts a number that was given. */
    synchronized void countGiven(long number, long second) {
        if (second < latest - 1) {
            add(Count.INVERTED, second, 1);
        }
        next = Math.max(next, number + 1);
        latest = Math.max(latest, second);
    }

    /** Whether the holder of this position is here for the first time since it was called. */
    synchronized boolean isFirstVisit(long position) {
        int bit = (int) (position - first);
        if (bit < 0 || came.get(bit)) {
            return false;
        }
        came.set(bit);
        return true;
    }

    synchronized void waited(long seconds) {
        waits.merge(Opening.bin(seconds), 1, Integer::sum);
    }

    /** The number after all that are known here. */
    synchronized long next() {
        return next;
    }

    /** Learns which numbers other gateways gave, and drops the visits of positions whose time to come has passed. */
    synchronized void know(long nextNumber, long latestSecond, long firstPlace) {
        next = Math.max(next, nextNumber);
        latest = Math.max(latest, latestSecond);
        int gone = (int) Math.max(0, firstPlace - first);
        if (gone > 0) {
            came = gone < came.length() ? came.get(gone, came.length()) : new BitSet();
            first = firstPlace;
        }
    }

    /** Returns everything that was counted since the last call. */
    synchronized Counted take() {
        List<Counted.Entry> entries = new ArrayList<>();
        counts.forEach(
                (count, seconds) -> seconds.forEach((second, by) -> entries.add(new Counted.Entry(count, second, by))));
        Counted counted = new Counted(entries, Map.copyOf(waits), latest);
        counts.clear();
        waits.clear();
        return counted;
    }
}
