package org.openingminute.ui;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Business time of a rehearsal, as the gateway passes it with each request. In a deployment the header is ignored, because a client could
 * forge it and the machine's clock is the only valid time. Thread-safe.
 */
public final class RequestTime {

    private final Clock clock;
    private final boolean rehearsal;

    /** @param clock the machine's clock */
    public RequestTime(Clock clock, boolean rehearsal) {
        this.clock = clock;
        this.rehearsal = rehearsal;
    }

    /** The business time of the request that this thread handles; empty in a deployment, outside of a request, and without the header. */
    public Optional<Instant> fromRequest() {
        if (rehearsal && RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
            return BusinessTime.instant(attributes.getRequest().getHeader(BusinessTime.HEADER));
        }
        return Optional.empty();
    }

    /** Business time where it is known, otherwise the machine's. */
    public Instant now() {
        return fromRequest().orElseGet(clock::instant);
    }
}
