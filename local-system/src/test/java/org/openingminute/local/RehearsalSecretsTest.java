package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalSecretsTest {

    @TempDir
    Path folder;

    @Test
    void secrets_are_made_once_and_every_container_can_read_them() throws IOException {
        make(Map.of());
        Map<String, String> made = files();
        assertThat(made).containsKeys("ACCESS_TOKEN_KEYS", "TICKET_KEYS", "POSTGRES_PASSWORD", "STAFF_SIGNING_KEY");
        assertThat(made.values()).doesNotHaveDuplicates();
        assertThat(made.get("TICKET_KEYS")).matches("k1:[A-Za-z0-9_-]{43}");
        assertThat(made.get("STAFF_SIGNING_KEY")).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("TICKET_KEYS"))))
                .isEqualTo("rw-r--r--");
        make(Map.of());
        assertThat(files()).isEqualTo(made);
    }

    @Test
    void a_password_is_said_where_none_was_chosen() throws IOException {
        String said = make(Map.of("ORGANISER_PASSWORD", "chosen", "OPERATOR_PASSWORD", ""));
        assertThat(said.lines())
                .containsExactly(
                        "CHECK_IN_PASSWORD=" + files().get("CHECK_IN_PASSWORD"),
                        "OPERATOR_PASSWORD=" + files().get("OPERATOR_PASSWORD"));
        assertThat(files()).doesNotContainKey("ORGANISER_PASSWORD");
        assertThat(make(Map.of("ORGANISER_PASSWORD", "chosen"))).isEqualTo(said);
    }

    private String make(Map<String, String> environment) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        RehearsalSecrets.make(folder, environment, new PrintStream(said, true, StandardCharsets.UTF_8));
        return said.toString(StandardCharsets.UTF_8);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
