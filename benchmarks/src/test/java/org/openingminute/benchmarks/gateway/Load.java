package org.openingminute.benchmarks.gateway;

import java.util.List;

/**
 * What clients do, over connections that are kept.
 *
 * @param words what the report calls it
 * @param perSecond requests of all of them together, sent when it is their time; 0 if each asks again as soon as it has its answer
 */
record Load(String words, int clients, int perSecond) {

    /** The one that the target is for. */
    static final Load USUAL = new Load("1,000 a second", 16, 1_000);

    /** All that they get done. */
    static final Load BUSY = new Load("16 clients", 16, 0);

    /** Five times the usual. */
    static final Load RUSH = new Load("5,000 a second", 64, 5_000);

    /** Few requests meet cold caches; of many, some are read and written together. */
    private static final List<Load> ALL = List.of(new Load("100 a second", 16, 100), USUAL, BUSY);

    static List<Load> of(Case.Group group) {
        return switch (group) {
            case PROXIED -> ALL;
            case PAGE -> List.of(USUAL, BUSY);
            case OWN -> List.of(USUAL, RUSH);
        };
    }

    /** From one request of a client to its next. */
    long pauseNanos() {
        return perSecond == 0 ? 0 : 1_000_000_000L * clients / perSecond;
    }
}
