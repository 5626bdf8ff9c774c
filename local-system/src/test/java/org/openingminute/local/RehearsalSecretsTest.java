package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalSecretsTest {

    private static final List<String> CONTAINERS =
            List.of("gateway", "registration-service", "payment-service", "notification-service", "postgres");

    @TempDir
    Path folder;

    /** Creates the folders that the rehearsal's image contains. */
    @BeforeEach
    void folders() throws IOException {
        for (String container : CONTAINERS) {
            Files.createDirectory(folder.resolve(container));
        }
    }

    @Test
    void secrets_are_made_once_and_a_container_of_another_user_can_read_them() throws IOException {
        make(Map.of());
        Map<String, String> made = files();
        assertThat(made.get("registration-service/TICKET_KEYS")).matches("k1:[A-Za-z0-9_-]{43}");
        assertThat(made.get("gateway/STAFF_SIGNING_KEY")).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("postgres/POSTGRES_PASSWORD"))))
                .isEqualTo("rw-r--r--");
        make(Map.of());
        assertThat(files()).isEqualTo(made);
    }

    @Test
    void a_container_has_its_own_secrets_alone() throws IOException {
        make(Map.of());
        assertThat(files())
                .containsOnlyKeys(
                        "gateway/CHECK_IN_PASSWORD",
                        "gateway/FINANCE_PASSWORD",
                        "gateway/OPERATOR_PASSWORD",
                        "gateway/ORGANISER_PASSWORD",
                        "gateway/STAFF_SIGNING_KEY",
                        "gateway/WAITING_ROOM_KEYS",
                        "registration-service/ACCESS_TOKEN_KEYS",
                        "registration-service/REGISTRATION_DATABASE_PASSWORD",
                        "registration-service/TICKET_KEYS",
                        "registration-service/WAITING_ROOM_KEYS",
                        "payment-service/ACCESS_TOKEN_KEYS",
                        "payment-service/PAYMENT_DATABASE_PASSWORD",
                        "payment-service/SANDBOX_API_KEY",
                        "payment-service/SANDBOX_WEBHOOK_SECRET",
                        "notification-service/ACCESS_TOKEN_KEYS",
                        "notification-service/NOTIFICATION_DATABASE_PASSWORD",
                        "postgres/POSTGRES_PASSWORD",
                        "postgres/REGISTRATION_DATABASE_PASSWORD",
                        "postgres/PAYMENT_DATABASE_PASSWORD",
                        "postgres/NOTIFICATION_DATABASE_PASSWORD");
        Map<String, Set<String>> ofOneName = new TreeMap<>();
        files().forEach((file, text) -> ofOneName
                .computeIfAbsent(file.substring(file.indexOf('/') + 1), name -> new TreeSet<>())
                .add(text));
        assertThat(ofOneName.values()).allSatisfy(texts -> assertThat(texts).hasSize(1));
        assertThat(ofOneName.values()).doesNotHaveDuplicates();
    }

    @Test
    void a_copy_that_was_cut_off_is_made_good() throws IOException {
        make(Map.of());
        Map<String, String> made = files();
        Files.writeString(folder.resolve("payment-service/ACCESS_TOKEN_KEYS"), "k1:");
        Files.delete(folder.resolve("registration-service/REGISTRATION_DATABASE_PASSWORD"));
        make(Map.of());
        assertThat(files()).isEqualTo(made);
    }

    @Test
    void password_is_printed_where_none_was_chosen() throws IOException {
        String output = make(Map.of("ORGANISER_PASSWORD", "chosen", "OPERATOR_PASSWORD", ""));
        assertThat(output.lines())
                .containsExactly(
                        "FINANCE_PASSWORD=" + files().get("gateway/FINANCE_PASSWORD"),
                        "CHECK_IN_PASSWORD=" + files().get("gateway/CHECK_IN_PASSWORD"),
                        "OPERATOR_PASSWORD=" + files().get("gateway/OPERATOR_PASSWORD"));
        assertThat(files()).doesNotContainKey("gateway/ORGANISER_PASSWORD");
        assertThat(make(Map.of("ORGANISER_PASSWORD", "chosen"))).isEqualTo(output);
    }

    private String make(Map<String, String> environment) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        RehearsalSecrets.make(folder, environment, new PrintStream(output, true, StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.walk(folder)) {
            for (Path file : list.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }
}
