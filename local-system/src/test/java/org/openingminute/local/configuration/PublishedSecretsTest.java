package org.openingminute.local.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Proves that a deployment does not start with a secret that is published in this repository. */
class PublishedSecretsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern KEY = Pattern.compile("\"(k\\d+:[A-Za-z0-9_-]{43})\"");
    private static final Pattern TRAINING =
            Pattern.compile("(?m)^([A-Z_]*(?:KEYS?|SECRET|PASSWORD))=\"?([^\"\\n]*)\"?$");

    private static final String WHY = " is a secret that this system's sources publish";

    @Test
    void keys_of_tests_are_refused() throws IOException {
        Map<String, Path> published = new TreeMap<>();
        for (Service service : Service.values()) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(service.module()).resolve("src/test"))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    KEY.matcher(Files.readString(file)).results().forEach(key -> published.put(key.group(1), file));
                }
            }
        }
        assertThat(published).isNotEmpty().allSatisfy((key, file) -> {
            assertThat(refusal(Service.REGISTRATION, "TICKET_KEYS", key)).contains("TICKET_KEYS" + WHY);
            assertThat(refusal(Service.PAYMENT, "ACCESS_TOKEN_KEYS", key)).contains("ACCESS_TOKEN_KEYS" + WHY);
        });
    }

    @Test
    void secrets_of_the_images_first_start_are_refused() throws IOException {
        Map<String, String> training = new TreeMap<>();
        TRAINING.matcher(Files.readString(ROOT.resolve("deploy/images/training.env")))
                .results()
                .forEach(line -> training.put(line.group(1), line.group(2)));
        assertThat(training)
                .containsKeys("STAFF_SIGNING_KEY", "SANDBOX_API_KEY")
                .allSatisfy((name, secret) -> {
                    Service reader = name.startsWith("STAFF") ? Service.GATEWAY : Service.PAYMENT;
                    String variable =
                            name.startsWith("TICKET") || name.startsWith("WAITING") ? "ACCESS_TOKEN_KEYS" : name;
                    assertThat(refusal(reader, variable, secret)).contains(variable + WHY);
                });
    }

    private static Optional<String> refusal(Service service, String variable, String value) {
        Map<String, String> variables = service.deployed();
        variables.put(variable, value);
        return SettingsAlone.refusal(service, variables);
    }
}
