package org.openingminute.payment.sandbox;

import java.time.Duration;
import org.openingminute.kit.runtime.PollingJob;
import org.springframework.stereotype.Component;

/** Plays the payers' banks. */
@Component
@RehearsalOnly
final class DisputeJob extends PollingJob {

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
