package org.openingminute.registration.acts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.registration.conferences.RevisionTag;

/**
 * How a member of staff calls, as the query and the headers have it; {@code null} for what is absent.
 *
 * @param dryRun whether to tell what the call would do
 * @param ifMatch the {@code ETag} of the registration that was seen
 * @param key the {@code Idempotency-Key}
 */
public record ActCall(
        @Nullable String dryRun,
        @Nullable String ifMatch,
        @Nullable String key) {

    /** For the OpenAPI document. */
    public static final String DESCRIPTION =
            "With dryRun=true nothing is changed, no key is needed, and the answer says what the call would do, or is its refusal. With"
                    + " If-Match it is done only at that revision of the registration, which is its ETag; else 412 changed.";

    private static final String NONE = "dry-run";
    private static final int LONGEST_TEXT = 500;

    public boolean isDry() {
        return "true".equals(dryRun);
    }

    /**
     * The key of a call that needs one. A dry run changes nothing, and so needs none.
     *
     * @throws Problem {@code idempotency-key-missing} or {@code malformed}
     */
    public String requiredKey() {
        return isDry() ? NONE : IdempotencyKey.required(key);
    }

    /**
     * The revision that the registration must have; {@code null} for any.
     *
     * @throws Problem {@code invalid} if it is unclear whether to do it, {@code changed} for a tag of no revision
     */
    public @Nullable Long ifRevision() {
        if (dryRun != null && !isDry() && !dryRun.equals("false")) {
            throw Problem.invalid("dryRun", "not-a-boolean", "must be true or false");
        }
        return RevisionTag.revision(ifMatch);
    }

    /**
     * A text that somebody wrote, without blanks around it.
     *
     * @throws Problem {@code invalid}
     */
    static String text(String field, @Nullable String text) {
        @Nullable FieldError error = error(field, text);
        if (error != null) {
            throw Problem.invalid(List.of(error));
        }
        return String.valueOf(text).strip();
    }

    /** What is wrong with it; {@code null} if nothing is. */
    static @Nullable FieldError error(String field, @Nullable String text) {
        boolean missing = text == null || text.isBlank();
        if (text == null || missing || text.length() > LONGEST_TEXT) {
            return FieldError.of(
                    field, missing ? "required" : "too-long", "is required, {} characters at most", LONGEST_TEXT);
        }
        return JsonFields.unwritable(text, true)
                ? FieldError.of(field, "control-characters", "has control characters")
                : null;
    }
}
