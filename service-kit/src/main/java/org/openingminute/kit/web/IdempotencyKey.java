package org.openingminute.kit.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;

/**
 * An {@code Idempotency-Key} together with its scope, which names the call and its target: {@code register:mlsys-2026},
 * {@code cancel:<registration>}. Immutable.
 *
 * @param scope must not contain a space
 */
public record IdempotencyKey(String scope, String key) {

    /** The name of the header. */
    public static final String HEADER = "Idempotency-Key";

    /** How long an answer is repeated: a day, plus an hour for clients whose clocks differ from ours. */
    public static final Duration KEPT = Duration.ofHours(25);

    private static final int LONGEST = 255;

    /**
     * Validates the header, which must be present.
     *
     * @throws Problem {@code idempotency-key-missing} if it is absent, {@code malformed} if its form is invalid
     */
    public static String required(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            throw new Problem(CommonProblem.IDEMPOTENCY_KEY_MISSING, "The Idempotency-Key header is required.");
        }
        return checked(header);
    }

    /**
     * Validates the header, which may be absent.
     *
     * @throws Problem {@code malformed} if it is present and its form is invalid
     */
    public static Optional<String> optional(@Nullable String header) {
        return Optional.ofNullable(header).map(IdempotencyKey::checked);
    }

    private static String checked(String header) {
        if (header.isEmpty() || header.length() > LONGEST || header.chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
            throw Problem.malformed("An Idempotency-Key must have 1 to 255 visible ASCII characters.");
        }
        return header;
    }

    /** The first 64 bits of the SHA-256 of scope and key. Rows are looked up by this hash, and caches store it to save memory. */
    public long keyHash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(scope.getBytes(StandardCharsets.UTF_8));
            // A scope contains no space, so two different pairs never give the same bytes.
            digest.update((byte) ' ');
            digest.update(key.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
