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
 * The business time of a rehearsal, as registration-service last reported it. It continues while that service is unavailable. Thread-safe.
 */
@Component
public final class RehearsalClock {

    private final boolean rehearsal;
    private final Clock clock;
    private volatile @Nullable Duration ahead;

    /** @param clock the machine's clock */
    public RehearsalClock(GatewaySettings settings, Clock clock) {
        rehearsal = settings.mode() == GatewaySettings.Mode.REHEARSAL;
        this.clock = clock;
    }

    /** Sets the present business time. */
    public void set(Instant now) {
        ahead = Duration.between(clock.instant(), now);
    }

    /** Business time in milliseconds; empty before the first report, and in a deployment, where only real time exists. */
    public Optional<Instant> now() {
        Duration known = ahead;
        return rehearsal && known != null
                ? Optional.of(clock.instant().plus(known).truncatedTo(ChronoUnit.MILLIS))
                : Optional.empty();
    }

    /** Business time truncated to the minute, so that an unchanged page stays byte-identical. */
    public Optional<Instant> minute() {
        return now().map(now -> now.truncatedTo(ChronoUnit.MINUTES));
    }
}
