package org.openingminute.registration.decision;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * SHA-256 of a body's content: neither white space nor the order of fields makes another body.
 *
 * @param hex 64 hexadecimal digits
 */
public record BodyHash(String hex) {

    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    public static BodyHash of(JsonNode body) {
        return of(SORTED.writeValueAsBytes(body));
    }

    /** Of a body that is no JSON, as it is. */
    public static BodyHash of(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return new BodyHash(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
