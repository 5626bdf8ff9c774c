package org.openingminute.kit.startup;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Delays the stop while requests are still answered. Spring Boot reports the service as not ready before the delay and closes the port
 * after it; without the delay, requests would still be routed to a closed port.
 */
final class Drain implements SmartLifecycle {

    private final Duration length;
    private volatile boolean running;

    Drain(Duration length) {
        this.length = length;
    }

    /** Runs in the same phase as the jobs, before the web server stops. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
