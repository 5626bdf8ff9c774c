package org.openingminute.kit.startup;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * At the beginning of a stop, a wait in which requests are answered as before. Spring Boot says before it that the service is not
 * ready any more, and closes the port after it; without the wait, requests would be on their way to a port that is closed.
 */
final class Drain implements SmartLifecycle {

    private final Duration length;
    private volatile boolean running;

    Drain(Duration length) {
        this.length = length;
    }

    /** With the jobs, and before the web server. */
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
