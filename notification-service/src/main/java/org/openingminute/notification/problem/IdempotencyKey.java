package org.openingminute.notification.problem;

import org.jspecify.annotations.Nullable;

/** The header by which a request that is sent again is known. */
public final class IdempotencyKey {

    /** Its name. */
    public static final String HEADER = "Idempotency-Key";

    private IdempotencyKey() {}

    /**
     * Reads the header, where there is one.
     *
     * @throws ApiProblem {@code malformed} if it is no key
     */
    public static @Nullable String checked(@Nullable String header) {
        if (header != null && !header.matches("[\\x21-\\x7e]{1,255}")) {
            throw new ApiProblem(ProblemCode.MALFORMED, "An Idempotency-Key has 1 to 255 visible ASCII characters.");
        }
        return header;
    }
}
