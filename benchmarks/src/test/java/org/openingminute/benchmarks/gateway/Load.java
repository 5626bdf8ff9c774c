package org.openingminute.benchmarks.gateway;

import java.util.List;
import java.util.stream.Stream;

/**
 * What clients do, over connections that are kept.
 *
 * @param words what the report calls it
 * @param perSecond requests of all of them together; 0 if each asks again as soon as it has its answer
 */
record Load(String words, int clients, int perSecond) {

    /** Right after the start, when little is compiled. */
    static final Load COLD = new Load("100 a second, after the start", 16, 100);

    static final Load WARMING = of(16);

    /** The one that the target is for. */
    static final Load USUAL = new Load("1,000 a second", 16, 1_000);

    /** Few requests meet cold caches; of many, some are read and written together. */
    static final List<Load> WARM = List.of(new Load("100 a second", 16, 100), USUAL, of(1), of(16), of(64));

    /** In the order in which the report has them. */
    static final List<Load> ALL = Stream.concat(Stream.of(COLD), WARM.stream()).toList();

    private static Load of(int clients) {
        return new Load(clients == 1 ? "1 client" : clients + " clients", clients, 0);
    }

    /** From one request of a client to its next. */
    long pauseNanos() {
        return perSecond == 0 ? 0 : 1_000_000_000L * clients / perSecond;
    }
}
