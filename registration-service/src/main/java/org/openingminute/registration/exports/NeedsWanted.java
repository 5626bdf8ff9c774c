package org.openingminute.registration.exports;

import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;

/**
 * Whether diets and access needs are asked for, and why.
 *
 * @param needs {@code true}, {@code false}, or nothing
 */
record NeedsWanted(@Nullable String needs, @Nullable String reason) {

    static final int LONGEST_REASON = 200;

    /** @throws Problem {@code invalid} for another word than {@code true} or {@code false} */
    boolean areWanted() {
        return switch (needs == null ? "" : needs) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw Problem.invalid("needs", "not-one-of", "must be one of {}", "true, false");
        };
    }

    /** @throws Problem {@code invalid} without a reason */
    String why() {
        String why = reason == null ? "" : reason.strip();
        if (why.isEmpty() || why.length() > LONGEST_REASON) {
            throw Problem.invalid(
                    "reason",
                    why.isEmpty() ? "required" : "too-long",
                    "is required, {} characters at most",
                    LONGEST_REASON);
        }
        if (JsonFields.unwritable(why, false)) {
            throw Problem.invalid("reason", "control-characters", "has control characters");
        }
        return why;
    }
}
