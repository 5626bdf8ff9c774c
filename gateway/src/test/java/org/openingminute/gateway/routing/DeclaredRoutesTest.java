package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.startup.CannotStart;
import org.openingminute.kit.startup.RefusedStart;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

class DeclaredRoutesTest {

    private final StandardEnvironment environment = new StandardEnvironment();

    @Test
    void routes_of_one_file_keep_their_order() throws IOException {
        file("""
                - id: one
                - id: two
                """);
        assertThat(ids()).containsExactly("one", "two");
    }

    @Test
    void a_files_new_routes_come_first_and_others_take_their_place() throws IOException {
        file("""
                - id: one
                - id: two
                  uri: lb://before
                - id: three
                """);
        file("""
                - id: four
                - id: two
                  uri: lb://after
                - id: five
                """);
        DeclaredRoutes routes = new DeclaredRoutes(environment);
        assertThat(routes.all())
                .extracting(RouteDefinition::getId)
                .containsExactly("four", "five", "one", "two", "three");
        assertThat(routes.get("two").getUri()).hasToString("lb://after");
    }

    @Test
    void a_disabled_route_is_left_out() throws IOException {
        file("""
                - id: one
                - id: two
                """);
        file("""
                - id: one
                  enabled: false
                """);
        assertThat(ids()).containsExactly("two");
    }

    @Test
    void a_value_may_come_from_another_setting() throws IOException {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("others", Map.of("payment.name", "payment-service")));
        file("""
                - id: one
                  uri: lb://${payment.name}
                """);
        assertThat(new DeclaredRoutes(environment).get("one").getUri()).hasToString("lb://payment-service");
    }

    @Test
    void a_route_without_an_id_is_refused() throws IOException {
        file("""
                - id: one
                - uri: lb://payment-service
                """);
        assertThatThrownBy(this::ids).isInstanceOf(CannotStart.class).hasMessageEndingWith(".routes[1] has no id");
    }

    @Test
    void a_route_that_stands_twice_in_a_file_is_refused() throws IOException {
        file("""
                - id: one
                - id: one
                """);
        assertThatThrownBy(this::ids).isInstanceOf(CannotStart.class).hasMessage("route one is declared twice");
    }

    @Test
    void an_unknown_key_is_one_sentence() throws IOException {
        file("""
                - id: one
                  filtrs: [Upstream]
                """);
        assertThatThrownBy(this::ids)
                .satisfies(e -> assertThat(RefusedStart.sentence(e))
                        .hasValueSatisfying(why -> assertThat(why)
                                .startsWith("spring.cloud.gateway.server.webflux.routes[0].filtrs")
                                .endsWith(" is unknown")));
    }

    private List<String> ids() {
        return new DeclaredRoutes(environment)
                .all().stream().map(RouteDefinition::getId).toList();
    }

    /** Adds a file of routes, which takes precedence over the earlier ones. */
    private void file(String routes) throws IOException {
        String yaml = DeclaredRoutes.KEY + ":\n" + routes.indent(2);
        new YamlPropertySourceLoader()
                .load(
                        "file " + environment.getPropertySources().size(),
                        new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);
    }
}
