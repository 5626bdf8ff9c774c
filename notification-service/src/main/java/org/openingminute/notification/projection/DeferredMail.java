package org.openingminute.notification.projection;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail that is due later: it has no row yet, and none if its state passes before.
 *
 * @param id of the later row
 * @param kind by its name, because it may be one that only a newer version knows
 * @param about empty if this kind is due once for a registration; otherwise the id of its subject, such as a refund
 * @param since when it came to be due
 * @param dueAt when it may be sent
 * @param readLate whether the event that made it due was old when it was read
 * @param traceparent the trace of that event
 */
public record DeferredMail(
        UUID id,
        String kind,
        String about,
        Instant since,
        Instant dueAt,
        boolean readLate,
        @Nullable String traceparent) {

    /** The same, due at another time. */
    public DeferredMail dueAt(Instant other) {
        return new DeferredMail(id, kind, about, since, other, readLate, traceparent);
    }
}
