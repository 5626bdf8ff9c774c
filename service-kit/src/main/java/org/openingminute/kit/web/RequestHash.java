package org.openingminute.kit.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The SHA-256 of a request's content; it tells a repeat from another request under the same key. Immutable.
 *
 * @param hex 64 hexadecimal digits
 */
public record RequestHash(String hex) {

    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    /** The hash of a JSON body; white space and the order of fields do not change it. */
    public static RequestHash of(JsonNode body) {
        return of(SORTED.writeValueAsBytes(body));
    }

    /** The hash of a text, in UTF-8. */
    public static RequestHash of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The hash of the bytes of a body that is not JSON. */
    public static RequestHash of(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return new RequestHash(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
