package org.openingminute.registration.web;

import org.jspecify.annotations.Nullable;

/** The form of an {@code Idempotency-Key}: 1 to 255 visible ASCII characters. */
public final class IdempotencyKeys {

    private IdempotencyKeys() {}

    /**
     * The key, which must be there.
     *
     * @throws Problem {@code idempotency-key-missing} where there is none, {@code malformed} where it has another form
     */
    public static String required(@Nullable String key) {
        if (key == null || key.isEmpty()) {
            throw new Problem(ProblemCode.IDEMPOTENCY_KEY_MISSING, "The header Idempotency-Key is needed here.");
        }
        optional(key);
        return key;
    }

    /**
     * Checks a key that may be absent.
     *
     * @throws Problem {@code malformed} where there is one and it has another form
     */
    public static void optional(@Nullable String key) {
        if (key != null && (key.length() > 255 || key.chars().anyMatch(c -> c < 0x21 || c > 0x7e))) {
            throw Problem.malformed("An Idempotency-Key has 1 to 255 visible ASCII characters.");
        }
    }
}
