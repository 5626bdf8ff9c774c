package org.openingminute.registration.decision;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/**
 * An {@code Idempotency-Key} together with the call and what it acts on: {@code register:mlsys-2026},
 * {@code cancel:<registration>}.
 */
public record ScopedKey(String scope, String key) {

    /** How long an answer is given again: a day, and an hour for clients whose clocks are not ours. */
    public static final Duration KEPT = Duration.ofHours(25);

    /** The first 64 bits of its SHA-256: by it keys are found, and remembered where the whole would take too much room. */
    public long fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(scope.getBytes(StandardCharsets.UTF_8));
            // No scope has a space in it, so no two pairs give the same bytes.
            digest.update((byte) ' ');
            digest.update(key.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
