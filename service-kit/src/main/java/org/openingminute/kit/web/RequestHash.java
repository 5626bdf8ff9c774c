package org.openingminute.kit.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The SHA-256 of a request's content, which distinguishes a repeated request from a different request under the same key. Immutable.
 *
 * @param hex 64 hexadecimal digits
 */
public record RequestHash(String hex) {

    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    /** Hashes a JSON body; white space and the order of fields do not change the hash. */
    public static RequestHash of(JsonNode body) {
        return of(SORTED.writeValueAsBytes(body));
    }

    /** Hashes a text in UTF-8. */
    public static RequestHash of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Hashes the bytes of a body that is not JSON. */
    public static RequestHash of(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return new RequestHash(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
