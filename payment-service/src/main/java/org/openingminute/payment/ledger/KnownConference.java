package org.openingminute.payment.ledger;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Objects;

/**
 * The data of a conference that its money needs.
 *
 * @param timeZone decides to which day a posting belongs
 */
record KnownConference(String slug, String name, String timeZone) {

    /** @throws IllegalArgumentException if there is no such time zone */
    KnownConference {
        Objects.requireNonNull(slug, "a conference has a slug");
        Objects.requireNonNull(name, "a conference has a name");
        Objects.requireNonNull(timeZone, "a conference has a time zone");
        try {
            ZoneId.of(timeZone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("unknown time zone: " + timeZone, e);
        }
    }

    ZoneId zone() {
        return ZoneId.of(timeZone);
    }
}
