package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Proves the token vectors by computing them from the contract's text, independently of the services, so that services do not inherit a
 * wrong vector.
 */
class AccessTokenVectorsTest {
    private final JsonNode vectors = Resources.json("examples/access-tokens.json");
    private final Map<String, String> secrets = new LinkedHashMap<>();

    AccessTokenVectorsTest() {
        for (JsonNode key : vectors.path("keys")) {
            secrets.put(key.path("id").asString(), key.path("secret").asString());
        }
    }

    @Test
    void a_valid_token_is_what_its_parts_and_key_make() throws GeneralSecurityException {
        assertThat(vectors.path("valid")).isNotEmpty();
        for (JsonNode vector : vectors.path("valid")) {
            JsonNode attendee = vector.path("attendee");
            String keyId = vector.path("keyId").asString();
            String signed = String.join(
                    ".",
                    keyId,
                    vector.path("registration").asString(),
                    attendee.isNull() ? "-" : attendee.asString(),
                    Long.toString(vector.path("generation").asLong()));
            assertThat(vector.path("token").asString())
                    .as(vector.path("name").asString())
                    .isEqualTo(signed + "." + signature(keyId, signed));
        }
    }

    @Test
    void an_invalid_token_has_a_wrong_form_or_a_wrong_signature() throws GeneralSecurityException {
        assertThat(vectors.path("invalid")).isNotEmpty();
        for (JsonNode vector : vectors.path("invalid")) {
            String[] parts = vector.path("token").asString().split("\\.", -1);
            boolean good = parts.length == 5
                    && secrets.containsKey(parts[0])
                    && parts[4].equals(signature(parts[0], String.join(".", parts[0], parts[1], parts[2], parts[3])));
            assertThat(good).as(vector.path("name").asString()).isFalse();
        }
    }

    @Test
    void secrets_are_long_enough_and_the_setting_lists_them() {
        for (String secret : secrets.values()) {
            assertThat(Base64.getUrlDecoder().decode(secret)).hasSizeGreaterThanOrEqualTo(32);
        }
        assertThat(vectors.path("accessTokenKeys").asString())
                .isEqualTo(StreamSupport.stream(vectors.path("keys").spliterator(), false)
                        .map(key -> key.path("id").asString() + ":"
                                + key.path("secret").asString())
                        .collect(Collectors.joining(",")));
    }

    private String signature(String keyId, String signed) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(secrets.get(keyId)), "HmacSHA256"));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }
}
