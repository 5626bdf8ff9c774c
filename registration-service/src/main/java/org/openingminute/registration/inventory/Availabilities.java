package org.openingminute.registration.inventory;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Definition;

/** The availability of each conference, kept until a reservation ends or its definition changes. Thread-safe. */
public final class Availabilities {

    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(Definition definition, Availability availability) {}

    /** The same as {@link Availability#of}. */
    public Availability of(Definition definition, Instant now) {
        @Nullable Kept last = kept.get(definition.slug());
        if (last != null && last.availability().isOf(now) && last.definition().equals(definition)) {
            return last.availability();
        }
        Availability availability = Availability.of(definition, now);
        kept.put(definition.slug(), new Kept(definition, availability));
        return availability;
    }
}
