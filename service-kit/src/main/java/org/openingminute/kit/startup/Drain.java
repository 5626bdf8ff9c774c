package org.openingminute.kit.startup;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Waits at the beginning of a stop, while requests are still answered. Spring Boot reports the service as not ready before the
 * wait and closes the port after it; without the wait, requests would still arrive at a closed port.
 */
final class Drain implements SmartLifecycle {

    private final Duration length;
    private volatile boolean running;

    Drain(Duration length) {
        this.length = length;
    }

    /** Stops together with the jobs, and before the web server. */
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
