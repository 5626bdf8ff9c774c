package org.openingminute.registration.exports;

import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;

/**
 * Whether an export shall include diets and access needs, and why.
 *
 * @param needs {@code true}, {@code false} or absent
 */
record NeedsRequest(@Nullable String needs, @Nullable String reason) {

    static final int LONGEST_REASON = 200;

    /**
     * Parses the flag.
     *
     * @throws Problem {@code invalid} for any other value than {@code true} or {@code false}
     */
    boolean areWanted() {
        return switch (needs == null ? "" : needs) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw Problem.invalid("needs", "not-one-of", "must be one of {}", "true, false");
        };
    }

    /**
     * Returns the reason.
     *
     * @throws Problem {@code invalid} if there is none, or if it is too long or has control characters
     */
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
