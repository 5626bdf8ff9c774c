package org.openingminute.local.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.TestSystems;

/**
 * Proves, with the packaged services as processes, what an operator reads when a start is refused, and which exit code the supervisor gets.
 */
@Tag("standalone")
class RefusedStartIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void an_unknown_variable_is_one_line_of_the_log_and_exit_code_1(Service service) throws Exception {
        Map<String, String> variables = service.deployed();
        String name = service.name().toUpperCase(Locale.ROOT) + "_QUOTAA";
        variables.put(name, "5");

        assertThat(whyNot(service, variables))
                .contains("The service does not start: " + name
                        + " (environment) is unknown, the nearest known variable is ");
    }

    @ParameterizedTest
    @EnumSource
    void a_missing_public_url_is_one_line_of_the_log_and_exit_code_1(Service service) throws Exception {
        Map<String, String> variables = service.deployed();
        variables.remove("PUBLIC_URL");

        assertThat(whyNot(service, variables)).contains("The service does not start: PUBLIC_URL is missing");
    }

    @Test
    void a_missing_seller_is_one_line_of_the_log_and_exit_code_1() throws Exception {
        Map<String, String> variables = Service.PAYMENT.deployed();
        variables.remove("SELLER_NAME");

        assertThat(whyNot(Service.PAYMENT, variables))
                .contains("The service does not start: SELLER_NAME is missing: receipts name the seller");
    }

    @Test
    void an_issuer_without_an_audience_is_one_line_of_the_log_and_exit_code_1() throws Exception {
        Map<String, String> variables = Service.GATEWAY.deployed();
        variables.put("OIDC_ISSUER", "https://id.example.org");
        variables.put("STAFF_JWKS_URI", "https://id.example.org/keys");

        assertThat(whyNot(Service.GATEWAY, variables))
                .contains("The service does not start: OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
    }

    @Test
    void a_mistake_in_a_file_of_routes_is_one_line_of_the_log_and_exit_code_1() throws Exception {
        Path file = Files.writeString(folder.resolve("gateway.yml"), """
                spring.cloud.gateway.server.webflux.routes:
                  - id: programme
                    uri: lb://registration-service
                    predicates: [Path=/programme]
                    filters: [Upstraem]
                    metadata: {budget: 2s}
                """);
        Map<String, String> variables = Service.GATEWAY.deployed();
        variables.put("STAFF_SIGNING_KEY", newSigningKey());
        variables.put("SPRING_CONFIG_ADDITIONALLOCATION", "file:" + file);

        assertThat(whyNot(Service.GATEWAY, variables))
                .contains("The service does not start: route programme: there is no filter Upstraem");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LIMITS | perhaps | LIMITS must be on or off",
                "GATEWAY_LIMITS_ADDRESS | 50 | GATEWAY_LIMITS_ADDRESS (gateway.limits.address): a limit is written as 50/s,",
                "REDIS_URL | redis:6379 | REDIS_URL must look like redis://redis:6379",
            })
    void a_wrong_limit_is_one_line_of_the_log_and_exit_code_1(String variable, String value, String why)
            throws Exception {
        Map<String, String> variables = Service.GATEWAY.deployed();
        variables.put(variable, value);

        assertThat(whyNot(Service.GATEWAY, variables)).contains("The service does not start: " + why);
    }

    private static String newSigningKey() throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return "-----BEGIN PRIVATE KEY-----"
                + Base64.getEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "-----END PRIVATE KEY-----";
    }

    private String whyNot(Service service, Map<String, String> variables) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder start = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        // The images set this option too; without it the JDK warns about Netty's native library.
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        TestSystems.unpacked(service.module()).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        start.environment().clear();
        start.environment().putAll(variables);
        Process process = start.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(1);
        List<String> errors = Files.readAllLines(output).stream()
                .filter(line -> !line.contains("\"level\":\"INFO\""))
                .toList();
        assertThat(errors)
                .singleElement()
                .asString()
                .contains("\"level\":\"ERROR\"")
                .doesNotContain("stack_trace");
        return errors.getFirst();
    }
}
