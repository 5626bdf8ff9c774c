package org.openingminute.kit.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and verifies access tokens. A token reads {@code keyId.registration.attendee-or-dash.generation.signature}; the signature is an
 * HMAC-SHA256 over everything before the last dot, see {@code docs/interfaces.md}. The HMAC of a delivered token covers
 * {@code "delivered "} followed by the same text. Tokens are self-contained: none is stored. Immutable.
 */
public final class AccessTokens {

    private static final String HMAC = "HmacSHA256";
    private static final int SHORTEST_SECRET = 32;
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]++");
    private static final String ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern ACCESS = Pattern.compile("(?<signed>(?<key>" + KEY_ID + ")\\.(?<registration>" + ID
            + ")\\.(?<attendee>-|" + ID + ")\\.(?<generation>0|[1-9][0-9]{0,9}))\\.(?<signature>[A-Za-z0-9_-]{43})");
    private static final String DELIVERED = "delivered ";
    private static final Pattern PURPOSE =
            Pattern.compile("(?<signed>(?<key>" + KEY_ID + ")\\.(?<text>[^.]*))\\.(?<signature>[A-Za-z0-9_-]{43})");

    private final SequencedMap<String, SecretKeySpec> keys;

    private AccessTokens(SequencedMap<String, SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Reads keys from their configuration.
     *
     * @param configured {@code id:base64url-secret}, comma separated; a secret has at least 32 bytes. The first key signs, all keys
     *     verify
     * @throws IllegalArgumentException if there is no key, a key is malformed or too short, or two keys have the same id; the
     *     message contains no secret
     */
    public static AccessTokens of(String configured) {
        return of("ACCESS_TOKEN_KEYS", configured);
    }

    /**
     * Reads keys from a setting other than {@code ACCESS_TOKEN_KEYS}, for tokens whose holders are not registrants.
     *
     * @param setting the setting's name, for error messages
     * @throws IllegalArgumentException as {@link #of(String)}
     */
    public static AccessTokens of(String setting, String configured) {
        SequencedMap<String, SecretKeySpec> keys = new LinkedHashMap<>();
        for (String entry : configured.split(",", -1)) {
            String[] parts = entry.strip().split(":", 2);
            if (parts.length != 2 || !KEY_ID.matcher(parts[0]).matches()) {
                throw new IllegalArgumentException(setting + " must be a list of id:base64url-secret");
            }
            byte[] secret = decoded(setting, parts[1]);
            if (secret.length < SHORTEST_SECRET) {
                throw new IllegalArgumentException("a secret of " + setting + " is shorter than 32 bytes");
            }
            if (keys.put(parts[0], new SecretKeySpec(secret, HMAC)) != null) {
                throw new IllegalArgumentException("two keys of " + setting + " have the same id");
            }
        }
        return new AccessTokens(keys);
    }

    private static byte[] decoded(String setting, String secret) {
        try {
            return Base64.getUrlDecoder().decode(secret);
        } catch (IllegalArgumentException e) {
            // The cause is left out because its message would quote a part of the secret.
            throw new IllegalArgumentException("a secret of " + setting + " is not base64url");
        }
    }

    /** Signs a token with the first key. */
    public String sign(AccessToken token) {
        String attendee = token.attendee() == null ? "-" : token.attendee().toString();
        String signed = String.join(
                ".",
                keys.firstEntry().getKey(),
                token.registration().toString(),
                attendee,
                Integer.toString(token.generation()));
        return signed + "." + signature(keys.firstEntry().getValue(), token.delivered() ? DELIVERED + signed : signed);
    }

    /**
     * Verifies a token against all keys. The caller compares the generation with the registration's present one.
     *
     * @return the token's claims; empty if the text is not a token, or no key verifies it
     */
    public Optional<AccessToken> read(String token) {
        return verified(ACCESS, token, "")
                .flatMap(AccessTokens::parsed)
                .or(() -> verified(ACCESS, token, DELIVERED)
                        .flatMap(AccessTokens::parsed)
                        .map(AccessToken::toBeDelivered));
    }

    private static Optional<AccessToken> parsed(Matcher token) {
        long generation = Long.parseLong(token.group("generation"));
        String attendee = token.group("attendee");
        return generation > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new AccessToken(
                        UUID.fromString(token.group("registration")),
                        attendee.equals("-") ? null : UUID.fromString(attendee),
                        (int) generation));
    }

    /** Whether a text has the form of an access token. Does not verify the signature. */
    public static boolean isOfTheirForm(String text) {
        return ACCESS.matcher(text).matches();
    }

    /**
     * Signs a text for a purpose other than opening a registration: {@code keyId.text.signature}. The signed text begins with the purpose
     * and a space. No access token does, so neither kind of token can stand in for the other.
     *
     * @param purpose one word
     * @param text must not contain a dot; anyone who has the token can read the text
     */
    public String sign(String purpose, String text) {
        String signed = keys.firstEntry().getKey() + "." + text;
        return signed + "." + signature(keys.firstEntry().getValue(), purpose + " " + signed);
    }

    /**
     * Verifies a token that was signed for this purpose.
     *
     * @return the signed text; empty if the token is invalid or was signed for another purpose
     */
    public Optional<String> read(String purpose, String token) {
        return verified(PURPOSE, token, purpose + " ").map(form -> form.group("text"));
    }

    /**
     * A keyed hash by which a text is recognised without being stored. The last key makes the hash, so the hash stays the same when newer
     * keys are put in front.
     *
     * @param purpose one word, distinct from those of {@link #sign(String, String)}
     */
    public UUID pseudonym(String purpose, String text) {
        ByteBuffer hash = ByteBuffer.wrap(hmac(keys.lastEntry().getValue(), purpose + " " + text));
        // The bits of a custom UUID (RFC 9562, version 8).
        return new UUID((hash.getLong() & ~0xF000L) | 0x8000L, (hash.getLong() >>> 2) | Long.MIN_VALUE);
    }

    private Optional<Matcher> verified(Pattern form, String token, String before) {
        Matcher matcher = form.matcher(token);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        SecretKeySpec key = keys.get(matcher.group("key"));
        return key != null
                        && MessageDigest.isEqual(
                                bytes(signature(key, before + matcher.group("signed"))),
                                bytes(matcher.group("signature")))
                ? Optional.of(matcher)
                : Optional.empty();
    }

    private static String signature(SecretKeySpec key, String signed) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(key, signed));
    }

    private static byte[] hmac(SecretKeySpec key, String signed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(bytes(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
