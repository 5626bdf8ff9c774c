package org.openingminute.payment.provider;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.payment.provider.ProviderException.MessageRefused;

/** Proves which signatures of the sandbox's webhooks are accepted, without Spring. */
class SandboxSignatureTest {

    private static final byte[] BODY = "{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);
    private static final Instant SIGNED = Instant.ofEpochSecond(1_770_000_000);
    // HMAC-SHA256 of 1770000000.{"id":"1"} with the key "secret", computed by another program.
    private static final String RIGHT =
            "t=1770000000,v1=e463ba86b5923322c85f42222fbdf5a6dfb617cc77e74d34e8ea1f9868896aa9";

    private final SandboxSignature signature = new SandboxSignature("secret");

    @Test
    void the_right_signature_is_good_for_five_minutes_either_way() {
        assertThatCode(() -> signature.check(RIGHT, BODY, SIGNED)).doesNotThrowAnyException();
        assertThatCode(() -> signature.check(RIGHT, BODY, SIGNED.plusSeconds(300)))
                .doesNotThrowAnyException();
        assertThatCode(() -> signature.check(RIGHT, BODY, SIGNED.minusSeconds(300)))
                .doesNotThrowAnyException();
        refused(RIGHT, BODY, SIGNED.plusSeconds(301));
        refused(RIGHT, BODY, SIGNED.minusSeconds(301));
    }

    @Test
    void another_body_another_time_or_another_secret_is_refused() {
        refused(RIGHT, "{\"id\":\"2\"}".getBytes(StandardCharsets.UTF_8), SIGNED);
        refused(RIGHT.replace("1770000000", "1770000001"), BODY, SIGNED);
        assertThatThrownBy(() -> new SandboxSignature("other").check(RIGHT, BODY, SIGNED))
                .isInstanceOf(MessageRefused.class);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "t=1770000000", "v1=00", "t=x,v1=00", "t=1770000000,v1=zz", "t=999999999999999,v1="})
    void another_form_is_refused(@Nullable String header) {
        assertThatThrownBy(() -> signature.check(header, BODY, SIGNED)).isInstanceOf(MessageRefused.class);
    }

    private void refused(String header, byte[] body, Instant now) {
        assertThatThrownBy(() -> signature.check(header, body, now)).isInstanceOf(MessageRefused.class);
    }
}
