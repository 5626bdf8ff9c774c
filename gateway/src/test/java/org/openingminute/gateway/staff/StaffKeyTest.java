package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.jwk.ECKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaffKeyTest {

    @Test
    void the_public_half_follows_from_the_private_one() throws Exception {
        KeyPair pair = pair("EC", "secp256r1");
        ECKey key = StaffKey.read(pem(pair));
        assertThat(key.toECPublicKey().getW()).isEqualTo(((ECPublicKey) pair.getPublic()).getW());
        assertThat(key.getKeyID()).isEqualTo(key.computeThumbprint().toString());
    }

    @Test
    void the_key_may_be_in_a_file_or_on_one_line(@TempDir Path folder) throws Exception {
        String pem = pem(pair("EC", "secp256r1"));
        Path file = Files.writeString(folder.resolve("key.pem"), pem);
        String thumbprint = StaffKey.read(pem).getKeyID();
        assertThat(StaffKey.read("file:" + file).getKeyID()).isEqualTo(thumbprint);
        assertThat(StaffKey.read(pem.replace("\n", "\\n")).getKeyID()).isEqualTo(thumbprint);
    }

    @Test
    void another_curve_and_no_key_at_all_are_refused_without_showing_them() throws Exception {
        String other = pem(pair("EC", "secp384r1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaffKey.read(other))
                .withMessageContaining("P-256");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaffKey.read("c2VjcmV0"))
                .withMessageContaining("STAFF_SIGNING_KEY")
                .withMessageNotContaining("c2VjcmV0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaffKey.read("!secret!"))
                .withMessageContaining("STAFF_SIGNING_KEY")
                .withMessageNotContaining("!secret!");
    }

    @Test
    void missing_file_is_reported_by_its_variable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaffKey.read("file:/nowhere/key.pem"))
                .withMessage("STAFF_SIGNING_KEY names a file that cannot be read");
    }

    private static KeyPair pair(String algorithm, String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
