package org.openingminute.payment.sandbox;

import java.time.Duration;
import org.openingminute.payment.work.RepeatingJob;
import org.springframework.stereotype.Component;

/** Plays the payers' banks. */
@Component
@RehearsalOnly
final class DisputeJob extends RepeatingJob {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Sandbox sandbox;

    DisputeJob(Sandbox sandbox) {
        super("sandbox-disputes", PAUSE);
        this.sandbox = sandbox;
    }

    @Override
    protected boolean work() {
        sandbox.dispute();
        return false;
    }
}
