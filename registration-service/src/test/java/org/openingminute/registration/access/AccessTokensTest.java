package org.openingminute.registration.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Links by the vectors of the contract, and while keys change. */
class AccessTokensTest {

    private static final AccessToken TOKEN =
            AccessToken.ofContact(UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57"), 0);

    private final JsonNode vectors = vectors();
    private final String keys = vectors.path("accessTokenKeys").asString();
    private final String oldKey = keys.split(",", -1)[0];
    private final String newKey = keys.split(",", -1)[1];

    @Test
    void tokens_are_those_of_the_contract() {
        assertThat(vectors.path("valid")).hasSizeGreaterThan(3);
        for (JsonNode vector : vectors.path("valid")) {
            String token = vector.path("token").asString();
            AccessToken read = new AccessTokens(keys).read(token).orElseThrow();
            assertThat(read.registration())
                    .hasToString(vector.path("registration").asString());
            assertThat(new AccessTokens(vector.path("keyId").asString().equals("k1") ? oldKey : newKey).sign(read))
                    .as(vector.path("name").asString())
                    .isEqualTo(token);
        }
    }

    @Test
    void token_that_is_forged_or_damaged_is_not_read() {
        assertThat(vectors.path("invalid")).isNotEmpty();
        for (JsonNode vector : vectors.path("invalid")) {
            assertThat(new AccessTokens(keys).read(vector.path("token").asString()))
                    .as(vector.path("name").asString())
                    .isEmpty();
        }
    }

    @Test
    void a_link_stays_good_while_its_key_is_kept_in_whatever_place_and_new_ones_bear_the_first() {
        String before = new AccessTokens(oldKey).sign(TOKEN);
        AccessTokens prepared = new AccessTokens(oldKey + "," + newKey);
        AccessTokens changed = new AccessTokens(newKey + "," + oldKey);
        AccessTokens over = new AccessTokens(newKey);

        assertThat(prepared.sign(TOKEN)).isEqualTo(before);
        String after = changed.sign(TOKEN);
        assertThat(after).startsWith("k2.");
        assertThat(prepared.read(after))
                .as("an instance that has not been restarted yet")
                .hasValue(TOKEN);
        assertThat(changed.read(before)).hasValue(TOKEN);
        assertThat(over.read(after)).hasValue(TOKEN);
        assertThat(over.read(before)).isEmpty();
    }

    private static JsonNode vectors() {
        try (InputStream file = AccessTokensTest.class.getResourceAsStream("/contracts/examples/access-tokens.json")) {
            return JsonMapper.builder().build().readTree(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
