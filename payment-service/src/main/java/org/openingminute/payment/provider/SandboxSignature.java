package org.openingminute.payment.provider;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.MessageRefused;

/**
 * The sandbox's signature: {@code t=<unix seconds>,v1=<hex>}, where the hexadecimal part is the HMAC-SHA256 of the seconds, a
 * dot and the body, byte for byte.
 */
final class SandboxSignature {

    static final String HEADER = "Sandbox-Signature";
    static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Pattern FORM = Pattern.compile("t=([0-9]{1,12}),v1=([0-9a-f]{64})");

    private final SecretKeySpec secret;

    SandboxSignature(String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /**
     * Verifies a signature.
     *
     * @throws MessageRefused if the signature is missing, wrong, or outside the allowed time window
     */
    void check(@Nullable String header, byte[] body, Instant now) {
        Matcher form = FORM.matcher(header == null ? "" : header);
        if (!form.matches()) {
            throw new MessageRefused("the signature is missing or has another form");
        }
        String seconds = form.group(1);
        byte[] expected = sign(seconds, body);
        // Compared in constant time.
        if (!MessageDigest.isEqual(expected, HexFormat.of().parseHex(form.group(2)))) {
            throw new MessageRefused("the signature is not this body's");
        }
        if (Duration.between(signedAt(seconds), now).abs().compareTo(WINDOW) > 0) {
            throw new MessageRefused("the signature is too old");
        }
    }

    private static Instant signedAt(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (DateTimeException e) {
            throw new MessageRefused("the signature's time is none");
        }
    }

    private byte[] sign(String seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update(seconds.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) '.');
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }
}
