package org.openingminute.gateway.staff;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The key that signs staff tokens, read from a PEM file. Its key id is its thumbprint (RFC 7638). */
final class StaffKey {

    private static final int P256_BITS = 256;

    private StaffKey() {}

    /**
     * Reads the key.
     *
     * @param setting the PEM itself, with real line breaks or {@code \n}, or {@code file:} and a path
     * @throws IllegalArgumentException if it is not a PKCS#8 key on the curve P-256; the message does not contain the
     *     key
     */
    static ECKey read(String setting) {
        String pem = setting.startsWith("file:") ? fileAt(setting.substring("file:".length())) : setting;
        try {
            ECPrivateKey key = (ECPrivateKey) KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(stripped(pem))));
            if (!Curve.P_256.equals(Curve.forECParameterSpec(key.getParams()))) {
                throw new IllegalArgumentException("the key is not on the curve P-256");
            }
            ECPoint point = publicPoint(key.getS());
            return new ECKey.Builder(
                            Curve.P_256,
                            ECKey.encodeCoordinate(
                                    P256_BITS, point.getAffineXCoord().toBigInteger()),
                            ECKey.encodeCoordinate(
                                    P256_BITS, point.getAffineYCoord().toBigInteger()))
                    .privateKey(key)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint()
                    .build();
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException | JOSEException e) {
            // The cause is left out, because its message may quote the key.
            throw new IllegalArgumentException("STAFF_SIGNING_KEY is not the PEM of a PKCS#8 key on the curve P-256");
        }
    }

    /** Derives the public key from the private one, because a PKCS#8 file need not contain it. */
    private static ECPoint publicPoint(BigInteger secret) {
        return new FixedPointCombMultiplier()
                .multiply(CustomNamedCurves.getByName("secp256r1").getG(), secret)
                .normalize();
    }

    private static String stripped(String pem) {
        return pem.replace("\\n", "").replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    }

    private static String fileAt(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new IllegalArgumentException("STAFF_SIGNING_KEY names a file that cannot be read", e);
        }
    }
}
