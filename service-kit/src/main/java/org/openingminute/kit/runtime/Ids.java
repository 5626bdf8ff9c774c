package org.openingminute.kit.runtime;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.Optional;
import java.util.UUID;

/** A source of new ids, passed as an argument so that rules do not depend on the system. */
@FunctionalInterface
public interface Ids {

    /** An id that was never given before. */
    UUID next();

    /** UUID version 7 (RFC 9562): ids that sort by the millisecond of their creation. */
    static Ids timeOrdered() {
        TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();
        return generator::generate;
    }

    /** The id that a text denotes in the usual form, lower case with dashes; empty for every other text. */
    static Optional<UUID> read(String text) {
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
