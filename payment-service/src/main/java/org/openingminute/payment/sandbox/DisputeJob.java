package org.openingminute.payment.sandbox;

import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.springframework.stereotype.Component;

/** Plays the payers' banks: opens disputes when they are due. */
@Component
@RehearsalOnly
final class DisputeJob extends PollingJob implements DueWork {

    private final Sandbox sandbox;

    DisputeJob(Sandbox sandbox) {
        super("sandbox-disputes");
        this.sandbox = sandbox;
    }

    @Override
    public String dueAt() {
        return "select min(dispute_at) from sandbox.session";
    }

    @Override
    protected boolean work() {
        sandbox.dispute();
        return false;
    }
}
