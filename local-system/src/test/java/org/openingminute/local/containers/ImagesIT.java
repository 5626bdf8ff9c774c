package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Gatherers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.local.fixture.SystemFixture;

/** Proves the properties of each service's image by its running containers. */
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
    void a_service_runs_as_an_account_of_its_own(String service) {
        assertThat(containers.inspect(first(service), "{{.Config.User}}")).isEqualTo("10001:10001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "entrance",
                "gateway",
                "registration-service",
                "payment-service",
                "notification-service",
                "mail-trap",
                "postgres",
                "kafka"
            })
    void a_container_can_change_nothing_of_its_own(String name) {
        assertThat(containers.inspect(
                        first(name),
                        "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}"))
                .isEqualTo("true [ALL] [no-new-privileges:true]");
        assertThat(containers.shell(
                        first(name), "sed -n 's/^CapEff:\\s*//p; s/^Uid:\\s*\\([0-9]*\\).*/\\1/p' /proc/1/status"))
                .containsPattern("(?m)^[1-9][0-9]*$")
                .containsPattern("(?m)^0{16}$");
    }

    @Test
    void databases_and_brokers_are_seen_by_the_services_alone() {
        String database = address("postgres") + "/5432";
        String broker = address("kafka") + "/9092";

        for (String sees : List.of("registration-service", "payment-service", "notification-service")) {
            assertThat(connects(sees, database)).as(sees).isTrue();
            assertThat(connects(sees, broker)).as(sees).isTrue();
        }
        for (String sees : List.of("entrance", "gateway", "mail-trap")) {
            assertThat(connects(sees, "registration-service/8080")).as(sees).isTrue();
        }
        assertThat(whoConnects(List.of("entrance", "gateway", "mail-trap"), List.of(database, broker)))
                .isEmpty();
    }

    @Test
    void redis_is_seen_by_gateways_alone() {
        String redis = address("redis") + "/6379";

        assertThat(connects("gateway", redis)).isTrue();
        assertThat(whoConnects(List.of("entrance", "mail-trap", "registration-service"), List.of(redis)))
                .isEmpty();
    }

    private String address(String name) {
        return containers.inspect(first(name), "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
    }

    /** Tests all pairs in parallel, because a refused connection takes two seconds. */
    private List<String> whoConnects(List<String> names, List<String> addresses) {
        return names.stream()
                .flatMap(name -> addresses.stream().map(address -> new String[] {name, address}))
                .gather(Gatherers.mapConcurrent(
                        6, pair -> connects(pair[0], pair[1]) ? pair[0] + " to " + pair[1] : ""))
                .filter(connected -> !connected.isEmpty())
                .toList();
    }

    private boolean connects(String name, String address) {
        return containers
                .shell(
                        first(name),
                        "timeout 2 bash -c '</dev/tcp/%s' 2>/dev/null && echo yes || echo no".formatted(address))
                .equals("yes");
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
