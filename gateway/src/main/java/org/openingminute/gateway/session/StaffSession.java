package org.openingminute.gateway.session;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.staff.Member;
import org.springframework.web.server.ServerWebExchange;

/**
 * A browser's session from sign-in to sign-out. It is stored only in the browser's cookie. Immutable.
 *
 * @param usedAt when the session was last used, accurate to a few minutes
 */
record StaffSession(UUID id, Member member, Instant startedAt, Instant usedAt) {

    private static final Duration UNUSED = Duration.ofHours(8);
    static final Duration LONGEST = Duration.ofHours(14);
    private static final Duration NOTED_AFTER = Duration.ofMinutes(5);
    private static final String ATTRIBUTE = StaffSession.class.getName();

    /** When the session ends if it is not used any more. */
    Instant endsAt() {
        Instant unused = usedAt.plus(UNUSED);
        return unused.isBefore(lastsUntil()) ? unused : lastsUntil();
    }

    /** When the session ends however much it is used. */
    Instant lastsUntil() {
        return startedAt.plus(LONGEST);
    }

    /** Whether the cookie must be renewed, so that the session does not expire while it is in use. */
    boolean isToBeNoted(Instant now) {
        return usedAt.plus(NOTED_AFTER).isBefore(now);
    }

    StaffSession heldBy(Member now) {
        return new StaffSession(id, now, startedAt, usedAt);
    }

    StaffSession used(Instant now) {
        return new StaffSession(id, member, startedAt, now);
    }

    /** The session of a request; {@code null} if it has no valid one. */
    static @Nullable StaffSession of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    void putInto(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
