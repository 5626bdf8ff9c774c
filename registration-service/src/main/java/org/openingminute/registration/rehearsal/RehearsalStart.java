package org.openingminute.registration.rehearsal;

import org.springframework.context.SmartLifecycle;

/** Starts the clock of a rehearsal before anything begins to work, so that nothing works over the database of a deployment. */
final class RehearsalStart implements SmartLifecycle {

    private final Runnable clock;
    private volatile boolean running;

    RehearsalStart(Runnable clock) {
        this.clock = clock;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    @Override
    public void start() {
        clock.run();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
