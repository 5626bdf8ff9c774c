package org.openingminute.registration.tickets;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Signs tickets with Ed25519, in the form of {@code docs/interfaces.md}: {@code
 * T1.keyId.conference.attendee.generation.signature}. The same ticket and key give the same text. Nothing is stored. Safe for
 * all threads.
 */
public final class TicketSigner {

    private static final String VERSION = "T1";
    private static final String ALGORITHM = "Ed25519";
    private static final int SEED_BYTES = 32;
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,20}");

    private final Map<String, KeyPair> keys;
    private final String signingKey;

    private TicketSigner(Map<String, KeyPair> keys) {
        this.keys = keys;
        this.signingKey = keys.keySet().iterator().next();
    }

    /**
     * Reads keys from their configuration.
     *
     * @param configured {@code id:base64url-seed}, comma separated, 32 bytes each; the first signs, all are published
     * @throws IllegalArgumentException if there is none, or one that is not of this form
     */
    public static TicketSigner of(String configured) {
        Map<String, KeyPair> keys = new LinkedHashMap<>();
        for (String entry : configured.split(",", -1)) {
            String[] parts = entry.strip().split(":", 2);
            if (parts.length != 2 || !KEY_ID.matcher(parts[0]).matches()) {
                throw new IllegalArgumentException("TICKET_KEYS is a list of id:base64url-seed");
            }
            if (keys.put(parts[0], pair(seed(parts[1]))) != null) {
                throw new IllegalArgumentException("two keys of TICKET_KEYS have one id");
            }
        }
        return new TicketSigner(keys);
    }

    private static byte[] seed(String text) {
        byte[] seed;
        try {
            seed = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // Its message would repeat a part of the secret.
            throw new IllegalArgumentException("a key of TICKET_KEYS is not base64url");
        }
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException("a key of TICKET_KEYS has " + SEED_BYTES + " bytes");
        }
        return seed;
    }

    /**
     * The JDK gives no public key for a private one. It does make pairs, out of random bytes that become the private key; that
     * they did is checked, so that another JDK cannot quietly do otherwise.
     */
    private static KeyPair pair(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] made = ((EdECPrivateKey) pair.getPrivate())
                    .getBytes()
                    .orElseThrow(() -> new IllegalStateException("a private key has bytes"));
            if (!Arrays.equals(made, seed)) {
                throw new IllegalStateException("this JDK makes Ed25519 keys in another way");
            }
            return pair;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /** Takes about a millisecond of a processor. */
    public String sign(Ticket ticket) {
        String content = String.join(
                ".",
                VERSION,
                signingKey,
                ticket.conference(),
                ticket.attendee().toString(),
                Integer.toString(ticket.generation()));
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keyPair(signingKey).getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64url(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /** The public keys, the one that signs first. */
    List<PublishedKey> published() {
        return keys.keySet().stream()
                .map(id -> new PublishedKey("OKP", "Ed25519", "EdDSA", "sig", id, base64url(publicBytes(id))))
                .toList();
    }

    /** One key of a JWK set (RFC 8037). */
    record PublishedKey(String kty, String crv, String alg, String use, String kid, String x) {}

    /** A point as RFC 8032 writes it: the last bytes of its X.509 form (RFC 8410). */
    private byte[] publicBytes(String id) {
        byte[] x509 = keyPair(id).getPublic().getEncoded();
        return Arrays.copyOfRange(x509, x509.length - SEED_BYTES, x509.length);
    }

    private KeyPair keyPair(String id) {
        KeyPair pair = keys.get(id);
        if (pair == null) {
            throw new IllegalStateException("no ticket key " + id);
        }
        return pair;
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Random bytes that are not. */
    private static final class Given extends SecureRandom {

        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] wanted) {
            if (wanted.length != bytes.length) {
                throw new IllegalStateException("this JDK makes Ed25519 keys in another way");
            }
            System.arraycopy(bytes, 0, wanted, 0, bytes.length);
        }
    }
}
