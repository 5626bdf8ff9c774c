package org.openingminute.registration.acts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.conferences.RevisionTag;

/**
 * The query parameter and headers that all calls of an act have; {@code null} where absent.
 *
 * @param dryRun {@code true} if the call shall only return what it would do
 * @param ifMatch the {@code ETag} of the registration as the caller saw it
 * @param key the {@code Idempotency-Key}
 */
public record ActCall(
        @Nullable String dryRun,
        @Nullable String ifMatch,
        @Nullable String key) {

    /** The description of these parameters in the OpenAPI document. */
    public static final String DESCRIPTION =
            "With dryRun=true nothing is changed, no key is needed, and the answer says what the call would do, or is its refusal. With"
                    + " If-Match it is done only at that revision of the registration, which is its ETag; else 412 changed.";

    private static final String NONE = "dry-run";

    public boolean isDry() {
        return "true".equals(dryRun);
    }

    /**
     * Returns the idempotency key, which is required unless the call is a dry run.
     *
     * @throws Problem {@code idempotency-key-missing} or {@code malformed}
     */
    public String requiredKey() {
        return isDry() ? NONE : IdempotencyKey.required(key);
    }

    /**
     * Returns the revision that the registration must have; {@code null} for any.
     *
     * @throws Problem {@code invalid} if {@code dryRun} is neither true nor false, {@code changed} if the tag denotes no revision
     */
    public @Nullable Long ifRevision() {
        if (dryRun != null && !isDry() && !dryRun.equals("false")) {
            throw Problem.invalid("dryRun", "not-a-boolean", "must be true or false");
        }
        return RevisionTag.revision(ifMatch);
    }

    /**
     * Returns a required text, stripped.
     *
     * @throws Problem {@code invalid} if the text is missing, too long or has control characters
     */
    static String text(String field, @Nullable String text) {
        @Nullable FieldError error = QueryValues.textError(field, text);
        if (error != null) {
            throw Problem.invalid(List.of(error));
        }
        return String.valueOf(text).strip();
    }
}
