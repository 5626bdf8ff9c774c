package org.openingminute.payment.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Verifies the tokens of registrants. Nothing is stored: a token is what it says and a signature. Immutable. */
public final class AccessTokens {

    private static final String UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern FORM =
            Pattern.compile("((?<key>[^.]+)\\.(?<registration>" + UUID_FORM + ")\\.(?<attendee>-|" + UUID_FORM
                    + ")\\.(?<generation>0|[1-9][0-9]{0,8}))\\.(?<signature>[A-Za-z0-9_-]+)");
    private static final int SHORTEST_SECRET = 32;

    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();

    /**
     * What a token says.
     *
     * @param attendee whose it is; {@code null} for the contact's
     */
    record Token(UUID registration, @Nullable UUID attendee) {}

    /**
     * @param configured {@code id:base64url-secret}, comma separated
     * @throws IllegalArgumentException if a key has another form or fewer than 32 bytes
     */
    public AccessTokens(String configured) {
        for (String key : configured.split(",", -1)) {
            int colon = key.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("ACCESS_TOKEN_KEYS is not id:secret, comma separated");
            }
            byte[] secret = decoded(key.substring(colon + 1).strip());
            if (secret.length < SHORTEST_SECRET) {
                throw new IllegalArgumentException("a secret of ACCESS_TOKEN_KEYS is shorter than 32 bytes");
            }
            keys.put(key.substring(0, colon).strip(), new SecretKeySpec(secret, "HmacSHA256"));
        }
    }

    private static byte[] decoded(String secret) {
        try {
            return Base64.getUrlDecoder().decode(secret);
        } catch (IllegalArgumentException e) {
            // Its message would repeat a part of the secret.
            throw new IllegalArgumentException("a secret of ACCESS_TOKEN_KEYS is not base64url");
        }
    }

    /** What the token says, if it was signed with one of the keys. */
    Optional<Token> verify(String token) {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            return Optional.empty();
        }
        SecretKeySpec key = keys.get(form.group("key"));
        if (key == null || !MessageDigest.isEqual(sign(key, form.group(1)), bytes(form.group("signature")))) {
            return Optional.empty();
        }
        String attendee = form.group("attendee");
        return Optional.of(new Token(
                UUID.fromString(form.group("registration")), attendee.equals("-") ? null : UUID.fromString(attendee)));
    }

    private static byte[] sign(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return bytes(Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(bytes(text))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every Java", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
