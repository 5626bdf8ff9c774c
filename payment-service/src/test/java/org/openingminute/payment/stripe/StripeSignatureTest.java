package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.payment.provider.ProviderException.MessageRefused;

/** Proves which signatures of Stripe's webhooks are accepted. */
class StripeSignatureTest extends StripeCase {

    private static final String BODY =
            "{\"id\": \"evt_1\", \"object\": \"event\", \"type\": \"x.y\", \"name\": \"Grüße\"}";
    private static final byte[] BYTES = BODY.getBytes(StandardCharsets.UTF_8);

    @Test
    void the_right_signature_is_good_for_five_minutes_either_way_and_again() {
        for (int seconds : new int[] {0, 0, 299, 300, -299, -300}) {
            assertThat(provider.receive(signature(BODY, NOW.plusSeconds(seconds)), BYTES))
                    .isEqualTo("evt_1");
        }
        refused(signature(BODY, NOW.minusSeconds(301)), BYTES);
        refused(signature(BODY, NOW.plusSeconds(301)), BYTES);
        refused(signature(BODY, NOW.plusSeconds(86_400)), BYTES);
    }

    @Test
    void one_of_several_signatures_is_enough_while_the_secret_is_changed() {
        String right = signature(BODY, NOW);
        String header = right.replace(",v1=", ",v1=" + "0".repeat(64) + ",v1=") + ",v0=" + "1".repeat(64);
        assertThat(provider.receive(header, BYTES)).isEqualTo("evt_1");
    }

    /** Stripe signs with both secrets for a day, and payment-service knows only one of them. */
    @Test
    void rolled_secret_is_good_from_the_overlap_on_and_the_old_one_until_its_end() throws GeneralSecurityException {
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        StripeSignature before = new StripeSignature(SECRET, clock);
        StripeSignature after = new StripeSignature("whsec_rolled", clock);
        long now = NOW.getEpochSecond();
        String time = "t=" + now;
        String byTheOld = ",v1=" + Webhook.Util.computeHmacSha256(SECRET, now + "." + BODY);
        String byTheNew = ",v1=" + Webhook.Util.computeHmacSha256("whsec_rolled", now + "." + BODY);

        before.check(time + byTheOld, BYTES);
        for (String both : new String[] {time + byTheOld + byTheNew, time + byTheNew + byTheOld}) {
            before.check(both, BYTES);
            after.check(both, BYTES);
        }
        after.check(time + byTheNew, BYTES);
        assertThatThrownBy(() -> after.check(time + byTheOld, BYTES)).isInstanceOf(MessageRefused.class);
        assertThatThrownBy(() -> before.check(time + byTheNew, BYTES)).isInstanceOf(MessageRefused.class);
    }

    @Test
    void another_body_another_time_or_another_secret_is_refused() throws GeneralSecurityException {
        String right = signature(BODY, NOW);
        refused(right, (BODY + " ").getBytes(StandardCharsets.UTF_8));
        refused(right, Arrays.copyOf(BYTES, BYTES.length - 1));
        refused(right, Arrays.copyOf(BYTES, BODY.indexOf('ü') + 1));
        long now = NOW.getEpochSecond();
        refused(right.replace("t=" + now, "t=" + (now + 1)), BYTES);
        refused("t=" + now + ",v1=" + Webhook.Util.computeHmacSha256("whsec_other", now + "." + BODY), BYTES);
        // Stripe uses the scheme v0 only for test deliveries; it must not count.
        refused(right.replace("v1=", "v0="), BYTES);
    }

    @Test
    void bytes_that_are_no_text_are_refused_though_their_replacement_was_signed() {
        byte[] broken = {'{', '"', (byte) 0xC3, '"', '}'};
        String header = signature(new String(broken, StandardCharsets.UTF_8), NOW);
        assertThatThrownBy(() -> provider.receive(header, broken))
                .isInstanceOf(MessageRefused.class)
                .hasMessage("the message is no text");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "t",
                "t=,v1=",
                "t=1",
                "v1=00",
                "t=x,v1=00",
                "t=1770051600,v1",
                "t=99999999999999999999,v1=0",
                ","
            })
    void a_header_of_another_form_is_refused(@Nullable String header) {
        refused(header, BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "{}",
                "{\"id\": \"\"}",
                "{\"id\": {}}",
                "[]",
                "\"evt_1\"",
                "null",
                "{\"id\": \"evt_1\""
            })
    void a_signed_body_without_an_event_id_is_refused(String body) {
        refused(signature(body, NOW), body.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(@Nullable String header, byte[] body) {
        assertThatThrownBy(() -> provider.receive(header, body)).isInstanceOf(MessageRefused.class);
    }
}
