package org.openingminute.gateway.instances;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Whose turn it is among the instances of one service. Safe for all threads. */
final class Turns {

    private record Known(List<URI> all, List<URI> best) {

        List<URI> candidates() {
            return best.isEmpty() ? all : best;
        }
    }

    private final AtomicInteger count = new AtomicInteger();
    private volatile Known known;

    Turns(List<URI> instances) {
        this.known = new Known(instances, instances);
    }

    /** @param best those that get requests; all where there is none */
    void are(List<URI> all, List<URI> best) {
        known = new Known(all, best);
    }

    URI next() {
        List<URI> candidates = known.candidates();
        return candidates.get(Math.floorMod(count.getAndIncrement(), candidates.size()));
    }

    void unreachable(URI instance) {
        Known now = known;
        known = new Known(
                now.all(),
                now.candidates().stream().filter(one -> !one.equals(instance)).toList());
    }
}
