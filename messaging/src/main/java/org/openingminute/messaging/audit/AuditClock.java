package org.openingminute.messaging.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * Supplies business time for audit entries whose writers do not know it. A service may provide one as a bean; without it the audit uses the
 * database's time.
 */
@FunctionalInterface
public interface AuditClock {

    /** The present business time, called on the thread that writes the entry; empty if it is not known. */
    Optional<Instant> now();
}
