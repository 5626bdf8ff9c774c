package org.openingminute.registration.checkin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves size and origin of the files that browsers load for the door's page. */
class DoorFilesTest {

    /** Bytes with the camera on and every polyfill loaded, apart from page, stylesheet and htmx. */
    private static final int MOST_COMPRESSED = 80_000;

    /** Checksums of the npm packages qr 0.7.0 and @noble/ed25519 3.2.0. */
    @ParameterizedTest
    @CsvSource({
        "qr/decode.js, 00e209820dcb11d624e9a03d6383e580766792b57d1651318f0a29e4e1ff0fe8",
        "qr/index.js, a0de370051f94bd74f218f74401fdf197585e3f9ef0143164f87ea941a3fdd6f",
        "ed25519/index.js, a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"
    })
    void library_is_the_file_that_its_owner_published(String name, String sha256) throws Exception {
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file(name))))
                .isEqualTo(sha256);
        assertThat(file(name.replaceFirst("[^/]*$", "LICENSE"))).isNotEmpty();
    }

    @Test
    void scripts_are_small() throws IOException {
        int sum = 0;
        for (String name : Stream.concat(Stream.of("qr/decode.js", "qr/index.js", "ed25519/index.js"), own().stream())
                .toList()) {
            sum += compressed(file(name));
        }
        assertThat(sum).isLessThan(MOST_COMPRESSED);
    }

    private static List<String> own() {
        return List.of("door.js", "door-camera.js", "door-offline.js");
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(DoorFilesTest.class.getResourceAsStream("/static/assets/" + name), name)) {
            return file.readAllBytes();
        }
    }

    private static int compressed(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return compressed.size();
    }
}
