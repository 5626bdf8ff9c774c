package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.local.fixture.SystemFixture;

/** What the image of each service is, seen at its containers. */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(named = "system.project", matches = ".+", disabledReason = "runs by deploy/compose/try")
class ImagesIT {

    private static final String ASK = """
            exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_PORT:-8080}
            printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3
            cat <&3
            """;

    private final Containers containers = new Containers();

    static Iterable<String> services() {
        return Containers.SERVICES;
    }

    @ParameterizedTest
    @MethodSource("services")
    void a_container_can_change_nothing_of_its_own(String service) {
        assertThat(containers.inspect(
                        first(service), "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}"))
                .isEqualTo("10001:10001 true [ALL]");
    }

    @ParameterizedTest
    @MethodSource("services")
    void an_image_says_of_which_sources_it_is(String service) {
        String label = "{{index .Config.Labels \"org.opencontainers.image.%s\"}}";

        assertThat(containers.inspect(first(service), label.formatted("title"))).isEqualTo(service);
        assertThat(containers.inspect(first(service), label.formatted("version")))
                .isEqualTo(System.getenv("VERSION"));
        assertThat(containers.inspect(first(service), label.formatted("revision")))
                .isEqualTo(System.getenv("REVISION"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void service_lists_its_components(String service) {
        assertThat(containers.shell(first(service), ASK.formatted("/actuator/sbom/application")))
                .containsPattern("^HTTP/1\\.[01] 200 ")
                .contains("CycloneDX", "org.springframework.boot");
    }

    @ParameterizedTest
    @MethodSource("services")
    void a_start_reads_classes_out_of_the_cache(String service) {
        assertThat(containers.shell(first(service), "cat /proc/1/maps")).contains("/app/service.aot");
    }

    private String first(String service) {
        return containers.of(service).getFirst();
    }
}
