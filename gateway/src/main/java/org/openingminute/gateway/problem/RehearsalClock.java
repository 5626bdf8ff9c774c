package org.openingminute.gateway.problem;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.springframework.stereotype.Component;

/**
 * The time of a rehearsal, as registration-service told it last. It goes on while that service is away. Thread-safe.
 */
@Component
public final class RehearsalClock {

    private final boolean rehearsal;
    private final Clock clock;
    private volatile @Nullable Duration ahead;

    /** @param clock the machine's */
    public RehearsalClock(GatewaySettings settings, Clock clock) {
        rehearsal = settings.mode() == GatewaySettings.Mode.REHEARSAL;
        this.clock = clock;
    }

    /** Takes note of the present business time. */
    public void set(Instant now) {
        ahead = Duration.between(clock.instant(), now);
    }

    /**
     * Business time, to the minute, so that an unchanged page stays the same; empty before it was ever told, and in a deployment, which has
     * no other time than everyone's.
     */
    public Optional<Instant> minute() {
        Duration known = ahead;
        return rehearsal && known != null
                ? Optional.of(clock.instant().plus(known).truncatedTo(ChronoUnit.MINUTES))
                : Optional.empty();
    }
}
