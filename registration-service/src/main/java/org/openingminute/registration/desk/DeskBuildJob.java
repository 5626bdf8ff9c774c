package org.openingminute.registration.desk;

import java.time.Duration;
import org.openingminute.kit.runtime.PollingJob;
import org.springframework.stereotype.Component;

/**
 * Builds the entries of the desk's index that no event triggers: registrations that are older than the index, all registrations after the
 * index was emptied, and entries of an older version. The job resumes where another instance or a crash stopped, and sleeps as long as it
 * works, so that it takes at most half of the time.
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
