package org.openingminute.payment.stripe;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.MessageRefused;

/**
 * Verifies Stripe's signature, {@code t=<unix seconds>,v1=<hex>,...}, with Stripe's own library. There may be several {@code v1}, for
 * instance while a secret is being replaced.
 */
final class StripeSignature {

    static final String HEADER = "Stripe-Signature";
    private static final Pattern SIGNED_AT = Pattern.compile("(?:^|,)t=([0-9]{1,12})(?=,|$)");

    private final String secret;
    private final Clock clock;

    StripeSignature(String secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * Verifies a webhook.
     *
     * @throws MessageRefused if the signature is missing, wrong, or further from now than the tolerance, in either direction
     */
    void check(@Nullable String header, byte[] body) {
        Matcher signedAt = SIGNED_AT.matcher(header == null ? "" : header);
        if (header == null || !signedAt.find()) {
            throw new MessageRefused("the signature is missing or has another form");
        }
        String text = text(body);
        try {
            Webhook.Signature.verifyHeader(text, header, secret, Webhook.DEFAULT_TOLERANCE, clock);
        } catch (SignatureVerificationException | RuntimeException _) {
            // The library parses the header without checking its form.
            throw new MessageRefused("the signature is not this body's, or too old");
        }
        // The library refuses old messages only, but a message dated in the future could be replayed for longer.
        if (Long.parseLong(signedAt.group(1)) > clock.instant().getEpochSecond() + Webhook.DEFAULT_TOLERANCE) {
            throw new MessageRefused("the signature is from the future");
        }
    }

    /** Decodes the body. The library signs text, and bytes that are not valid text would be changed by decoding. */
    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new MessageRefused("the message is no text");
        }
    }
}
