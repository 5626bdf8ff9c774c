package org.openingminute.payment.ledger;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Objects;

/**
 * A conference, as far as its money needs it.
 *
 * @param timeZone in which its days are
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
