package org.openingminute.registration.access;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and reads access tokens, in the form of {@code docs/interfaces.md}. Nothing is stored: a token is its own proof. Safe
 * for all threads.
 */
public final class AccessTokens {

    private static final int SHORTEST_SECRET = 32;

    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
    private final String signingKey;

    /**
     * @param configured {@code id:base64url-secret}, comma separated; the first signs
     * @throws IllegalArgumentException if there is no key, or one is too short
     */
    public AccessTokens(String configured) {
        for (String entry : configured.split(",", -1)) {
            String[] parts = entry.strip().split(":", 2);
            if (parts.length != 2 || parts[0].isBlank() || parts[0].contains(".")) {
                throw new IllegalArgumentException("ACCESS_TOKEN_KEYS is a list of id:base64url-secret");
            }
            byte[] secret = decoded(parts[1]);
            if (secret.length < SHORTEST_SECRET) {
                throw new IllegalArgumentException(
                        "a key of ACCESS_TOKEN_KEYS is shorter than " + SHORTEST_SECRET + " bytes");
            }
            keys.put(parts[0], new SecretKeySpec(secret, "HmacSHA256"));
        }
        signingKey = keys.keySet().iterator().next();
    }

    private static byte[] decoded(String secret) {
        try {
            return Base64.getUrlDecoder().decode(secret);
        } catch (IllegalArgumentException e) {
            // Its message would repeat a part of the secret.
            throw new IllegalArgumentException("a key of ACCESS_TOKEN_KEYS is not base64url");
        }
    }

    public String sign(AccessToken token) {
        String content = String.join(
                ".",
                signingKey,
                token.registration().toString(),
                token.attendee() == null ? "-" : token.attendee().toString(),
                Integer.toString(token.generation()));
        return content + "." + signature(signingKey, content);
    }

    /** Reads a token whose signature is ours; whether its generation is still good is for the registration to say. */
    public Optional<AccessToken> read(String token) {
        int end = token.lastIndexOf('.');
        String[] parts = token.split("\\.", -1);
        if (parts.length != 5 || !keys.containsKey(parts[0])) {
            return Optional.empty();
        }
        byte[] expected = signature(parts[0], token.substring(0, end)).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(expected, parts[4].getBytes(StandardCharsets.UTF_8))) {
            return Optional.empty();
        }
        return Optional.of(new AccessToken(
                UUID.fromString(parts[1]),
                parts[2].equals("-") ? null : UUID.fromString(parts[2]),
                Integer.parseInt(parts[3])));
    }

    private String signature(String keyId, String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(keys.get(keyId));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
