package org.openingminute.notification.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessTokensTest {

    private static final JsonNode VECTORS = vectors();

    private final AccessTokens tokens =
            AccessTokens.of(VECTORS.path("accessTokenKeys").asString());

    private static JsonNode vectors() {
        try (var file = AccessTokensTest.class.getResourceAsStream("/contracts/examples/access-tokens.json")) {
            return new JsonMapper().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void every_valid_vector_is_read() {
        assertThat(VECTORS.path("valid")).isNotEmpty();
        for (JsonNode vector : VECTORS.path("valid")) {
            JsonNode attendee = vector.path("attendee");
            assertThat(tokens.verify(vector.path("token").asString()))
                    .as(vector.path("name").asString())
                    .hasValue(new Registrant(
                            UUID.fromString(vector.path("registration").asString()),
                            attendee.isNull() ? null : UUID.fromString(attendee.asString()),
                            vector.path("generation").asLong()));
        }
    }

    @Test
    void no_invalid_vector_is_read() {
        assertThat(VECTORS.path("invalid")).isNotEmpty();
        for (JsonNode vector : VECTORS.path("invalid")) {
            assertThat(tokens.verify(vector.path("token").asString()))
                    .as(vector.path("name").asString())
                    .isEmpty();
        }
    }

    @Test
    void the_first_key_signs() {
        for (JsonNode vector : VECTORS.path("valid")) {
            if (vector.path("keyId").asString().equals("k1")
                    && vector.path("attendee").isNull()) {
                assertThat(tokens.forContact(
                                UUID.fromString(vector.path("registration").asString()),
                                vector.path("generation").asLong()))
                        .isEqualTo(vector.path("token").asString());
            }
        }
    }

    @Test
    void keys_that_are_none_are_refused() {
        for (String keys :
                new String[] {"", "k1", "k1:AAEC", "k1:!", ",", "a b:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}) {
            assertThatThrownBy(() -> AccessTokens.of(keys)).as(keys).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_token_is_good_for_its_purpose_alone_and_with_any_key_that_is_kept() {
        AccessTokens before = AccessTokens.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        AccessTokens after = AccessTokens.of(
                "k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8," + "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        String token = before.sign("leaving", "0198_a");

        assertThat(before.verify("leaving", token)).hasValue("0198_a");
        assertThat(after.verify("leaving", token)).hasValue("0198_a");
        assertThat(after.sign("leaving", "0198_a")).startsWith("k2.");
        assertThat(before.verify("joining", token)).isEmpty();
        assertThat(before.verify(token)).isEmpty();
        assertThat(before.verify("leaving", before.forContact(UUID.randomUUID(), 0)))
                .isEmpty();
        for (String forged : new String[] {
            "",
            ".",
            "..",
            "k1.0198_a.",
            token + "x",
            token.replace("0198", "0199"),
            token.replace("k1.", "k2."),
            "k1." + token
        }) {
            assertThat(before.verify("leaving", forged)).as(forged).isEmpty();
        }
    }
}
