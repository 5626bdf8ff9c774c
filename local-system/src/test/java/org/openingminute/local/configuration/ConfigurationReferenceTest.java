package org.openingminute.local.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proves that {@code docs/configuration.md} matches the code; {@code -Dconfiguration.write=true} generates it again. */
class ConfigurationReferenceTest {

    private static final Path FILE = Path.of("..", "docs", "configuration.md");

    @Test
    void the_reference_is_the_code_and_every_key_has_a_meaning() throws IOException {
        Reference reference = new Reference();
        String expected = reference.text();
        assertThat(reference.complaints()).isEmpty();
        if (Boolean.getBoolean("configuration.write")) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void a_service_with_all_that_it_needs_starts(Service service) {
        assertThat(SettingsAlone.refusal(service, service.deployed())).isEmpty();
        assertThat(SettingsAlone.refusal(service, service.rehearsal())).isEmpty();
    }

    /** On Kubernetes, Spring Boot would by default trust {@code X-Forwarded-For} from anybody. */
    @ParameterizedTest
    @EnumSource
    void no_service_believes_forwarded_headers(Service service) throws IOException {
        assertThat(PropertyFile.read(service.properties()).lines())
                .filteredOn(line -> line.key().equals("server.forward-headers-strategy"))
                .extracting(PropertyFile.Line::value)
                .containsExactly("none");
    }

    /** Services may share one environment. A variable that only looks like a key of this service is listed in its application.yml. */
    @ParameterizedTest
    @EnumSource
    void no_service_stumbles_over_a_variable_of_another(Service service) throws IOException {
        Map<String, String> variables = service.deployed();
        for (Service other : Service.values()) {
            PropertyFile.read(other.properties()).variables().forEach(name -> variables.putIfAbsent(name, ""));
        }
        variables.remove("APP_MODE");
        assertThat(SettingsAlone.refusal(service, variables).orElse("")).doesNotContain("is unknown");
    }
}
