package org.openingminute.notification.caller;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies access tokens: {@code keyId.registration.attendee-or-dash.generation.signature}, the signature an
 * HMAC-SHA256 over all before its dot. Nothing is stored. Safe for all threads.
 */
public final class AccessTokens {

    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern GENERATION = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final int LEAST_SECRET_BYTES = 32;

    private final SequencedMap<String, byte[]> keys;
    private final String signingKey;

    private AccessTokens(SequencedMap<String, byte[]> keys, String signingKey) {
        this.keys = keys;
        this.signingKey = signingKey;
    }

    /**
     * Reads keys from their configuration: {@code id:base64url-secret}, comma separated; the first signs.
     *
     * @throws IllegalArgumentException if there is none, or one that is not of this form or too short
     */
    public static AccessTokens of(String configuration) {
        SequencedMap<String, byte[]> keys = new LinkedHashMap<>();
        for (String entry : configuration.split(",", -1)) {
            String[] parts = entry.strip().split(":", 2);
            if (parts.length != 2 || !KEY_ID.matcher(parts[0]).matches()) {
                throw new IllegalArgumentException("ACCESS_TOKEN_KEYS is a list of id:base64url-secret");
            }
            byte[] secret = decoded(parts[1]);
            if (secret.length < LEAST_SECRET_BYTES) {
                throw new IllegalArgumentException("a secret of ACCESS_TOKEN_KEYS is shorter than 32 bytes");
            }
            if (keys.put(parts[0], secret) != null) {
                throw new IllegalArgumentException("two keys of ACCESS_TOKEN_KEYS have one id");
            }
        }
        return new AccessTokens(keys, keys.keySet().iterator().next());
    }

    private static byte[] decoded(String secret) {
        try {
            return Base64.getUrlDecoder().decode(secret);
        } catch (IllegalArgumentException e) {
            // Its message would repeat a part of the secret.
            throw new IllegalArgumentException("a secret of ACCESS_TOKEN_KEYS is not base64url");
        }
    }

    /** The token of a registration's contact. */
    public String forContact(UUID registration, long generation) {
        String signed = signingKey + "." + registration + ".-." + generation;
        return signed + "." + signature(key(signingKey), signed);
    }

    /** Who bears this token; empty if nobody does. */
    Optional<Registrant> verify(String token) {
        List<String> parts = Arrays.asList(token.split("\\.", -1));
        if (parts.size() != 5 || !keys.containsKey(parts.getFirst())) {
            return Optional.empty();
        }
        String signed = token.substring(0, token.lastIndexOf('.'));
        byte[] expected = signature(key(parts.getFirst()), signed).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(expected, parts.get(4).getBytes(StandardCharsets.UTF_8))
                || !GENERATION.matcher(parts.get(3)).matches()) {
            return Optional.empty();
        }
        try {
            @Nullable UUID attendee = parts.get(2).equals("-") ? null : UUID.fromString(parts.get(2));
            return Optional.of(new Registrant(UUID.fromString(parts.get(1)), attendee, Long.parseLong(parts.get(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * A token for another purpose than opening a registration: {@code keyId.text.signature}. What is signed begins with the
     * purpose and a space, which no access token has, so that neither is ever taken for the other.
     *
     * @param purpose one word
     * @param text without a dot; it can be read by whoever has the token
     */
    public String sign(String purpose, String text) {
        String signed = signingKey + "." + text;
        return signed + "." + signature(key(signingKey), purpose + " " + signed);
    }

    /** The text that was signed for this purpose; empty if it was not. */
    public Optional<String> verify(String purpose, String token) {
        List<String> parts = Arrays.asList(token.split("\\.", -1));
        if (parts.size() != 3 || !keys.containsKey(parts.getFirst())) {
            return Optional.empty();
        }
        String signed = token.substring(0, token.lastIndexOf('.'));
        byte[] expected =
                signature(key(parts.getFirst()), purpose + " " + signed).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(expected, parts.getLast().getBytes(StandardCharsets.UTF_8))
                ? Optional.of(parts.get(1))
                : Optional.empty();
    }

    /**
     * A keyed hash, by which something is known again without being kept. It is made with the last key, and so stays the same
     * while newer keys are put in front.
     *
     * @param purpose one word, of its own among those of {@link #sign}
     */
    public UUID pseudonym(String purpose, String text) {
        ByteBuffer hash = ByteBuffer.wrap(hmac(keys.lastEntry().getValue(), purpose + " " + text));
        // The bits that say "made in a way of one's own" (RFC 9562, version 8).
        return new UUID((hash.getLong() & ~0xF000L) | 0x8000L, (hash.getLong() >>> 2) | Long.MIN_VALUE);
    }

    private byte[] key(String id) {
        byte[] key = keys.get(id);
        if (key == null) {
            throw new IllegalStateException("no access token key " + id);
        }
        return key;
    }

    private static String signature(byte[] key, String signed) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(key, signed));
    }

    private static byte[] hmac(byte[] key, String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is in every Java", e);
        }
    }
}
