package org.openingminute.local.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Proves which rights, networks and images each container in {@code docker-compose.yml} has. */
class ConfinedContainersTest {

    private static final Path ROOT = Path.of("..");
    private static final Path COMPOSE = ROOT.resolve("docker-compose.yml");
    private static final Set<String> STORES = Set.of("postgres", "kafka");
    private static final Set<String> READERS =
            Set.of("registration-service", "payment-service", "notification-service");

    /** Keys that could give a container more rights than the anchor. */
    private static final List<String> WIDENING = List.of(
            "cap_add",
            "privileged",
            "devices",
            "device_cgroup_rules",
            "group_add",
            "pid",
            "ipc",
            "uts",
            "cgroup",
            "userns_mode",
            "network_mode",
            "volumes_from");

    private static final List<String> CONFINEMENT =
            List.of("cap_drop", "security_opt", "read_only", "networks", "user");
    private static final Pattern OTHERS_IMAGE = Pattern.compile("\\$\\{([A-Z]+_IMAGE):-[a-z/-]+:[a-z0-9.-]+}");

    @Test
    void every_container_is_confined() throws IOException {
        services(COMPOSE)
                .forEach((name, container) -> assertThat(container)
                        .as(name)
                        .containsEntry("cap_drop", List.of("ALL"))
                        .containsEntry("security_opt", List.of("no-new-privileges:true"))
                        .containsEntry("read_only", true)
                        .doesNotContainKeys(WIDENING.toArray(String[]::new)));
    }

    @Test
    void no_further_file_takes_confinement_away() throws IOException {
        Set<String> confined = services(COMPOSE).keySet();
        try (var files = Files.newDirectoryStream(ROOT.resolve("deploy/compose"), "*.yml")) {
            for (Path file : files) {
                services(file).forEach((name, container) -> {
                    assertThat(container)
                            .as(file + ": " + name)
                            .doesNotContainKeys(WIDENING.toArray(String[]::new))
                            .doesNotContainKeys(CONFINEMENT.toArray(String[]::new));
                    if (!confined.contains(name)) {
                        assertThat(String.valueOf(container.get("extends")))
                                .as(file + ": " + name)
                                .matches("\\{file=docker-compose\\.yml, service=(%s)}"
                                        .formatted(String.join("|", confined)));
                    }
                });
            }
        }
    }

    @Test
    void services_alone_see_databases_and_brokers_and_gateways_redis() throws IOException {
        services(COMPOSE)
                .forEach((name, container) ->
                        assertThat((List<?>) container.get("networks")).as(name).isEqualTo(networks(name)));
    }

    private static List<String> networks(String name) {
        if (STORES.contains(name)) {
            return List.of("inside");
        }
        if (READERS.contains(name)) {
            return List.of("inside", "outside");
        }
        return switch (name) {
            case "redis" -> List.of("limits");
            case "gateway" -> List.of("limits", "outside");
            default -> List.of("outside");
        };
    }

    /** An upgrade by {@code roll} does not recreate them, and an operator's own file may publish their ports or let them out. */
    @Test
    void network_of_databases_and_brokers_has_ways_out() throws IOException {
        Map<String, Map<String, Object>> compose = new Yaml().load(Files.readString(COMPOSE));

        assertThat(compose.get("networks")).containsEntry("inside", null);
    }

    @Test
    void images_of_others_can_be_pinned() throws IOException {
        String example = Files.readString(ROOT.resolve("deploy/compose/production.env.example"));
        services(COMPOSE).forEach((name, container) -> {
            String image = (String) container.get("image");
            if (!image.startsWith("openingminute/")) {
                assertThat(image).as(name).matches(OTHERS_IMAGE);
            }
        });
        assertThat(OTHERS_IMAGE.matcher(Files.readString(COMPOSE)).results().map(found -> found.group(1)))
                .contains("JRE_IMAGE", "MAVEN_IMAGE")
                .allSatisfy(variable -> assertThat(example).contains("\n#" + variable + "=\n"));
    }

    @Test
    void pin_prints_each_image_with_its_digest(@TempDir Path folder) throws IOException, InterruptedException {
        Path docker = folder.resolve("docker");
        Files.writeString(docker, """
                #!/bin/bash
                image=${!#}
                [ "$1" = pull ] || printf '%s\\n' "another/name@sha256:00" "${image%:*}@sha256:0f"
                """);
        Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder pin = new ProcessBuilder(
                ROOT.resolve("deploy/compose/pin").toAbsolutePath().toString());
        pin.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Process process = pin.redirectErrorStream(true).start();

        assertThat(process.inputReader().lines())
                .hasSameSizeAs(OTHERS_IMAGE
                        .matcher(Files.readString(COMPOSE))
                        .results()
                        .toList())
                .contains("POSTGRES_IMAGE=postgres:18@sha256:0f")
                .allMatch(line -> line.matches("[A-Z]+_IMAGE=[a-z/-]+:[a-z0-9.-]+@sha256:0f"));
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void wrapper_checks_the_checksum_of_maven() throws IOException {
        assertThat(Files.readString(ROOT.resolve(".mvn/wrapper/maven-wrapper.properties")))
                .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
    }

    private static Map<String, Map<String, Object>> services(Path file) throws IOException {
        Map<String, Map<String, Map<String, Object>>> compose = new Yaml().load(withoutTags(Files.readString(file)));
        return new TreeMap<>(compose.get("services"));
    }

    /** Removes Compose's own tags, such as {@code !override}, which only control merging. */
    private static String withoutTags(String yaml) {
        return yaml.replaceAll("!(override|reset) ", "");
    }
}
