package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.testing.TokenVectors;
import tools.jackson.databind.JsonNode;

/** Proves that access tokens match the contract's test vectors and stay valid while keys are rotated. */
class AccessTokensTest {

    private static final UUID REGISTRATION = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final AccessToken TOKEN = AccessToken.ofContact(REGISTRATION, 0);
    private static final String OLD_KEY = TokenVectors.KEYS.split(",", -1)[0];
    private static final String NEW_KEY = TokenVectors.KEYS.split(",", -1)[1];

    private final AccessTokens tokens = AccessTokens.of(TokenVectors.KEYS);

    static Stream<JsonNode> valid() {
        return TokenVectors.valid();
    }

    static Stream<JsonNode> invalid() {
        return TokenVectors.invalid();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void tokens_are_those_of_the_contract(JsonNode vector) {
        String token = vector.path("token").asString();
        JsonNode attendee = vector.path("attendee");
        AccessToken expected = new AccessToken(
                UUID.fromString(vector.path("registration").asString()),
                attendee.isNull() ? null : UUID.fromString(attendee.asString()),
                vector.path("generation").asInt());

        assertThat(tokens.read(token)).hasValue(expected);
        String key = vector.path("keyId").asString().equals("k1") ? OLD_KEY : NEW_KEY;
        assertThat(AccessTokens.of(key).sign(expected)).isEqualTo(token);
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void tokens_that_the_contract_calls_bad_are_not_read(JsonNode vector) {
        assertThat(tokens.read(vector.path("token").asString())).isEmpty();
    }

    @Test
    void delivered_token_is_told_from_that_of_an_answer() {
        String answered = tokens.sign(TOKEN);
        String delivered = tokens.sign(TOKEN.toBeDelivered());

        assertThat(tokens.read(delivered)).hasValue(new AccessToken(REGISTRATION, null, 0, true));
        assertThat(tokens.read(answered)).hasValue(TOKEN);
        assertThat(AccessTokens.isOfTheirForm(delivered)).isTrue();
        assertThat(delivered.substring(0, delivered.lastIndexOf('.')))
                .isEqualTo(answered.substring(0, answered.lastIndexOf('.')));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999_999_999, 1_000_000_000, Integer.MAX_VALUE})
    void generations_are_all_whole_numbers_from_zero_on(int generation) {
        AccessToken token = AccessToken.ofContact(REGISTRATION, generation);
        assertThat(tokens.read(tokens.sign(token))).hasValue(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+1", "01", "", "1.5", "2147483648", "9999999999", "99999999999999999999"})
    void generations_of_another_form_are_not_read(String generation) {
        String signed = "k1." + REGISTRATION + ".-." + generation;
        assertThat(tokens.read(TokenVectors.signed(TokenVectors.KEYS, signed))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-1-1-1-1", "019C1F4B-FE80-7025-8065-5A1D316EDC57", "", "-"})
    void ids_of_another_form_are_not_read(String registration) {
        assertThat(tokens.read(TokenVectors.signed(TokenVectors.KEYS, "k1." + registration + ".-.0")))
                .isEmpty();
    }

    @Test
    void links_verify_with_any_kept_key_and_new_ones_use_the_first() {
        String before = AccessTokens.of(OLD_KEY).sign(TOKEN);
        AccessTokens prepared = AccessTokens.of(OLD_KEY + "," + NEW_KEY);
        AccessTokens changed = AccessTokens.of(NEW_KEY + "," + OLD_KEY);
        AccessTokens over = AccessTokens.of(NEW_KEY);

        assertThat(prepared.sign(TOKEN)).isEqualTo(before);
        String after = changed.sign(TOKEN);
        assertThat(after).startsWith("k2.");
        assertThat(prepared.read(after))
                .as("on an instance that was not restarted yet")
                .hasValue(TOKEN);
        assertThat(changed.read(before)).hasValue(TOKEN);
        assertThat(over.read(after)).hasValue(TOKEN);
        assertThat(over.read(before)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                | must be a list of id:base64url-secret",
                "k1                                                | must be a list of id:base64url-secret",
                "','                                               | must be a list of id:base64url-secret",
                "a b:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8   | must be a list of id:base64url-secret",
                "k1:!                                              | is not base64url",
                "k1:AAEC                                           | is shorter than 32 bytes",
                "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8 | have the same id"
            })
    void keys_that_are_none_are_refused(String keys, String complaint) {
        assertThatThrownBy(() -> AccessTokens.of(keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ACCESS_TOKEN_KEYS")
                .hasMessageContaining(complaint)
                .hasMessageNotContaining("AAEC");
    }

    @Test
    void token_is_valid_for_its_purpose_only() {
        AccessTokens before = AccessTokens.of(OLD_KEY);
        AccessTokens after = AccessTokens.of(NEW_KEY + "," + OLD_KEY);
        String token = before.sign("leaving", "0198_a");

        assertThat(before.read("leaving", token)).hasValue("0198_a");
        assertThat(after.read("leaving", token)).hasValue("0198_a");
        assertThat(after.sign("leaving", "0198_a")).startsWith("k2.");
        assertThat(before.read("joining", token)).isEmpty();
        assertThat(before.read(token)).isEmpty();
        assertThat(before.read("leaving", before.sign(TOKEN))).isEmpty();
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
            assertThat(before.read("leaving", forged)).as(forged).isEmpty();
        }
    }
}
