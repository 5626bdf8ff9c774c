package org.openingminute.notification.projection;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The data of a conference that mails need.
 *
 * @param sample whether its prices are fictitious
 */
public record Conference(
        String slug,
        String name,
        @Nullable String fullName,
        LocalDate startsOn,
        LocalDate endsOn,
        String timeZone,
        @Nullable String city,
        @Nullable String region,
        @Nullable String country,
        boolean sample) {

    public Conference {
        Objects.requireNonNull(slug, "a conference has a slug");
        Objects.requireNonNull(name, "a conference has a name");
        Objects.requireNonNull(startsOn, "a conference has a first day");
        Objects.requireNonNull(endsOn, "a conference has a last day");
        Objects.requireNonNull(timeZone, "a conference has a time zone");
        try {
            ZoneId.of(timeZone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("unknown time zone: " + timeZone, e);
        }
    }

    public ZoneId zone() {
        return ZoneId.of(timeZone);
    }
}
