package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.lifecycle.Status;

/** Proves when a hold ends, as a batch decides it, in memory. */
class HoldDecisionTest extends ReviewBatches {

    @Test
    void hold_that_was_extended_meanwhile_does_not_end() {
        UUID id = register(null, "seat");
        Instant end = end(id);
        done(new Command.Extend(SLUG, id, key("extend"), hash()));

        now = end;
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(allocated("capacity").held()).isEqualTo(1);

        now = end(id);
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(allocated("capacity").held()).isZero();
    }
}
