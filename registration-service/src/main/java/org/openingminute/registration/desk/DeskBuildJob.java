package org.openingminute.registration.desk;

import java.time.Duration;
import org.openingminute.kit.runtime.PollingJob;
import org.springframework.stereotype.Component;

/**
 * Makes the entries of the desk's index that no event makes: of registrations from before there was an index, after it was emptied,
 * and those of an older form. It goes on where another instance or a crash has left off, and leaves half of the time to others.
 */
@Component
final class DeskBuildJob extends PollingJob {

    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final int AT_ONCE = 200;

    private final DeskIndex index;

    DeskBuildJob(DeskIndex index) {
        super("desk-build", EVERY);
        this.index = index;
    }

    @Override
    protected boolean work() throws InterruptedException {
        index.beginBuild();
        long began = System.nanoTime();
        boolean more = index.buildSome(AT_ONCE);
        if (more) {
            Thread.sleep(Duration.ofNanos(System.nanoTime() - began));
        }
        return more;
    }
}
