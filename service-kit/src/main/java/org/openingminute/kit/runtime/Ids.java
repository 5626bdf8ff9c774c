package org.openingminute.kit.runtime;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.Optional;
import java.util.UUID;

/** A source of new ids, passed in so that business rules do not depend on system state. */
@FunctionalInterface
public interface Ids {

    /** A new, unique id. */
    UUID next();

    /** UUID version 7 (RFC 9562): ids that sort by the millisecond of their creation. */
    static Ids timeOrdered() {
        TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();
        return generator::generate;
    }

    /** Parses an id in its canonical form, lower case with hyphens; empty for any other text. */
    static Optional<UUID> read(String text) {
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
