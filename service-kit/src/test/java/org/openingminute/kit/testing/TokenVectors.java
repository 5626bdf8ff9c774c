package org.openingminute.kit.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The access tokens of the contract, valid and invalid, and tokens that no honest service would sign. */
public final class TokenVectors {

    private static final JsonNode VECTORS = read();

    /** Two keys in the form of {@code ACCESS_TOKEN_KEYS}, with the ids k1 and k2. */
    public static final String KEYS = VECTORS.path("accessTokenKeys").asString();

    private TokenVectors() {}

    private static JsonNode read() {
        try (InputStream file = TokenVectors.class.getResourceAsStream("/contracts/examples/access-tokens.json")) {
            return new JsonMapper().readTree(Objects.requireNonNull(file, "contracts has the examples"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The valid tokens, with their contents. */
    public static Stream<JsonNode> valid() {
        return VECTORS.path("valid").valueStream();
    }

    /** The invalid tokens. */
    public static Stream<JsonNode> invalid() {
        return VECTORS.path("invalid").valueStream();
    }

    /**
     * Signs any text, whether or not it is a well-formed token.
     *
     * @param keys in the form of {@code ACCESS_TOKEN_KEYS}; the first one signs
     * @param signed the part of the token before the last dot
     */
    public static String signed(String keys, String signed) {
        String secret = keys.split(",", 2)[0].split(":", 2)[1];
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(secret), "HmacSHA256"));
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
