package org.openingminute.local.admission;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Checks the invariants of the tables repeatedly under load. */
final class InvariantObserver implements AutoCloseable {

    private final Thread thread;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile int looks;

    InvariantObserver(TwoInstances instances, DatabaseSnapshot snapshot, Duration pause) {
        thread = Thread.ofVirtual().start(() -> {
            try (Connection connection = instances.connect()) {
                while (!ended.get()) {
                    snapshot.sheet(connection).check();
                    looks++;
                    TwoInstances.sleep(pause);
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
    }

    int looks() {
        return looks;
    }

    @Override
    public void close() throws Exception {
        ended.set(true);
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError("while people came: " + failure.get().getMessage(), failure.get());
        }
    }
}
