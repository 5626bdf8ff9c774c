package org.openingminute.gateway.instances;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Whose turn it is among the instances of one service. Safe for all threads. */
final class Turns {

    private record Known(List<URI> all, List<URI> ready) {

        List<URI> candidates() {
            return ready.isEmpty() ? all : ready;
        }
    }

    private final AtomicInteger count = new AtomicInteger();
    private volatile Known known;

    Turns(List<URI> instances) {
        this.known = new Known(instances, instances);
    }

    void are(List<URI> all, List<URI> ready) {
        known = new Known(all, ready);
    }

    URI next() {
        List<URI> candidates = known.candidates();
        return candidates.get(Math.floorMod(count.getAndIncrement(), candidates.size()));
    }

    void unreachable(URI instance) {
        Known now = known;
        known = new Known(
                now.all(),
                now.ready().stream().filter(one -> !one.equals(instance)).toList());
    }
}
