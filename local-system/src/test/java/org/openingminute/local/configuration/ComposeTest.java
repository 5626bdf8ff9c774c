package org.openingminute.local.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.convert.DurationStyle;
import org.yaml.snakeyaml.Yaml;

/** Proves that {@code docker-compose.yml} passes on every variable of {@code docs/configuration.md}, and no other. */
class ComposeTest {

    private static final Path ROOT = Path.of("..");
    private static final Path COMPOSE = ROOT.resolve("docker-compose.yml");

    /** Variables that the file sets itself, because other lines depend on them. The password of a database has its own name. */
    private static final Set<String> OF_THE_FILE = Set.of(
            "SECRETS_DIR",
            "SERVER_PORT",
            "SERVER_ADDRESS",
            "MANAGEMENT_PORT",
            "DATABASE_URL",
            "DATABASE_USER",
            "DATABASE_PASSWORD",
            "REGISTRATION_URL",
            "PAYMENT_URL",
            "NOTIFICATION_URL",
            "TRUSTED_PROXIES",
            "MAIL_TRAP_PORT",
            "MESSAGING_START_VARIABLESOFOTHERS");

    private static final Set<String> OF_COMPOSE = Set.of("COMPOSE_FILE", "COMPOSE_PROFILES");
    private static final Set<String> NOT_OF_THE_GATEWAY = Set.of("TOPIC_REPLICATION", "TOPIC_MIN_INSYNC_REPLICAS");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z][A-Z0-9_]*)` \\|");
    private static final Pattern SEVERAL = Pattern.compile("(?m)^### .*$");
    private static final Pattern ASSIGNED = Pattern.compile("(?m)^#?([A-Z][A-Z0-9_]*)=");

    @ParameterizedTest
    @EnumSource
    void every_variable_of_the_reference_is_handed_on(Service service) throws IOException {
        Map<String, Object> environment = environment(service);
        assertThat(reference(service))
                .filteredOn(name -> !OF_THE_FILE.contains(name) && !isGatewaysKeys(service, name))
                .allSatisfy(name -> assertThat(environment)
                        .containsKey(name)
                        .hasEntrySatisfying(
                                name,
                                value -> assertThat(value == null ? "${" + name : value.toString())
                                        .contains("${" + name)));
    }

    /** The {@code STAFF_JWKS_URI} of an operator belongs to an OpenID Connect issuer, which only the gateway uses. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GATEWAY")
    void services_know_the_keys_of_the_gateway(Service service) throws IOException {
        assertThat(environment(service)).containsEntry("STAFF_JWKS_URI", "http://gateway:8080/.well-known/jwks.json");
    }

    private static boolean isGatewaysKeys(Service service, String name) {
        return service != Service.GATEWAY && name.equals("STAFF_JWKS_URI");
    }

    @ParameterizedTest
    @EnumSource
    void nothing_is_handed_on_that_no_service_reads(Service service) throws IOException {
        Set<String> read = reference(service);
        read.add("SPRING_CONFIG_ADDITIONALLOCATION");
        read.add(service.module().replace("-service", "").toUpperCase(Locale.ROOT) + "_DATABASE_PASSWORD");
        assertThat(read).containsAll(environment(service).keySet());
    }

    /** Compose ignores a name in --env-file that the file does not use. */
    @Test
    void every_name_of_the_example_is_asked_for() throws IOException {
        String compose = Files.readString(COMPOSE);
        assertThat(ASSIGNED.matcher(Files.readString(ROOT.resolve("deploy/compose/production.env.example")))
                        .results()
                        .map(found -> found.group(1))
                        .filter(name -> !OF_COMPOSE.contains(name)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(compose).containsPattern("\\b" + name + "\\b"));
    }

    /** It drains, and then has half a minute, by Spring Boot's default, for the requests in progress. */
    @ParameterizedTest
    @EnumSource
    void container_is_not_killed_while_it_ends_its_work(Service service) throws IOException {
        String drain = environment(service).get("DRAIN_FOR").toString();
        String period = container(service).get("stop_grace_period").toString();
        assertThat(DurationStyle.SIMPLE.parse(period))
                .isGreaterThan(DurationStyle.SIMPLE
                        .parse(drain.replaceAll(".*:-|}", ""))
                        .plusSeconds(35));
    }

    private static Map<String, Object> environment(Service service) throws IOException {
        return map(container(service).get("environment"));
    }

    private static Map<String, Object> container(Service service) throws IOException {
        Map<String, Object> compose = map(new Yaml().load(Files.readString(COMPOSE)));
        return map(map(compose.get("services")).get(service.module()));
    }

    private static Map<String, Object> map(Object yaml) {
        Map<String, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) yaml).forEach((name, value) -> map.put(name.toString(), value));
        return map;
    }

    /** The variables that a service reads according to the page. */
    private static Set<String> reference(Service service) throws IOException {
        Set<String> names = section("## " + service.module());
        names.addAll(section("## Every service"));
        for (String several : severalOf(service)) {
            names.addAll(section(several));
        }
        if (service == Service.GATEWAY) {
            names.removeAll(NOT_OF_THE_GATEWAY);
        }
        return names;
    }

    /** The headings of sections that several services share. */
    private static List<String> severalOf(Service service) throws IOException {
        return SEVERAL.matcher(page())
                .results()
                .map(MatchResult::group)
                .filter(heading -> heading.contains(service.module()))
                .toList();
    }

    private static Set<String> section(String heading) throws IOException {
        String page = page();
        String from = page.substring(page.indexOf("\n" + heading + "\n") + 1);
        return ROW.matcher(from.split("\n##", 2)[0])
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/configuration.md"));
    }
}
