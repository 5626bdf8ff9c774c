package org.openingminute.notification.projection;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail that is due later. It has no row yet, and gets none if its state passes before.
 *
 * @param id of its later row
 * @param kind the code, because only a later version may know the kind
 * @param about empty if this kind is due once per registration; otherwise the id of its subject, such as a refund
 * @param since when it became due
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

    /** Returns the same mail with another due time. */
    public DeferredMail dueAt(Instant other) {
        return new DeferredMail(id, kind, about, since, other, readLate, traceparent);
    }
}
