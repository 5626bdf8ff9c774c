package org.openingminute.kit.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class StartCheckTest {

    private static final String FILE = """
            spring.config.import: optional:configtree:${SECRETS_DIR:/run/secrets}/
            shop:
              door-keys: ${DOOR_KEYS}
              quota: ${SHOP_LIMIT:7}
            server.port: ${SERVER_PORT:8080}
            management.tracing.export.otlp.enabled: ${OTLP_ENABLED:false}
            messaging.start.variables-of-others: SHOP_URL,SHOP_PAGES
            spring.datasource.url: ${DATABASE_URL:jdbc:postgresql://db/shop}
            spring.kafka.bootstrap-servers: ${KAFKA_BOOTSTRAP_SERVERS:kafka:9092}
            """;

    private final Map<String, Object> variables = new HashMap<>(Map.of("DOOR_KEYS", "k1:x"));

    @TempDir
    private Path folder;

    @BeforeEach
    void a_property_file() throws Exception {
        Files.writeString(folder.resolve("application.yml"), FILE);
        variables.put(
                "SECRETS_DIR", Files.createDirectory(folder.resolve("secrets")).toString());
    }

    @AfterEach
    void no_system_property_stays() {
        System.clearProperty("shop.quotaa");
    }

    @Test
    void known_settings_start() {
        variables.put("SHOP_LIMIT", "8");
        try (ConfigurableApplicationContext context = start("--shop.till.patience=3")) {
            assertThat(context.getBean(Shop.class)).isEqualTo(new Shop("k1:x", 8, new Till(3, null)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DATABASE_URL | db:5432 | DATABASE_URL is not of the form jdbc:postgresql://HOST/NAME",
                "DATABASE_URL | jdbc:mysql://db/shop | DATABASE_URL is not of the form jdbc:postgresql://HOST/NAME",
                "KAFKA_BOOTSTRAP_SERVERS | nonsense | KAFKA_BOOTSTRAP_SERVERS is not of the form HOST:PORT,HOST:PORT",
                "KAFKA_BOOTSTRAP_SERVERS | one:9092;two:9092 | KAFKA_BOOTSTRAP_SERVERS is not of the form HOST:PORT,HOST:PORT"
            })
    void an_address_that_is_none_is_refused(String name, String value, String complaint) {
        variables.put(name, value);

        assertThatThrownBy(this::start).isInstanceOf(CannotStart.class).hasMessage(complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one:9092, two:9092", "[::1]:9092", "127.0.0.1:1"})
    void brokers_may_be_several_and_anywhere(String brokers) {
        variables.put("KAFKA_BOOTSTRAP_SERVERS", brokers);
        start().close();
    }

    @ParameterizedTest
    @CsvSource({
        "SHOP_QUOTAA, 8, SHOP_QUOTA",
        "SHOP_TILL_PATIENC, 8, SHOP_TILL_PATIENCE",
        "SHOP_LIMITS, 8, SHOP_LIMIT",
        "SHOP_PORT, 8080, SHOP_LIMIT",
        "shop_quotaa, 8, SHOP_QUOTA"
    })
    void an_unknown_variable_is_named_with_the_nearest_known_one(String name, String value, String nearest) {
        variables.put(name, value);

        assertThatThrownBy(this::start)
                .isInstanceOf(CannotStart.class)
                .hasMessage(name + " (environment) is unknown, the nearest known variable is " + nearest);
    }

    @ParameterizedTest
    @CsvSource({
        "SHOP_DOORKEYS, k1:y",
        "SHOP_DOOR_KEYS, k1:y",
        "SHOP_TILL_PATIENCE, 3",
        "SHOP_URL, http://other:8080",
        "SHOP_PORT, tcp://10.0.0.1:8080",
        "SHOP_PORT_8080_TCP_ADDR, 10.0.0.1",
        "SHOP_SERVICE_HOST, 10.0.0.1",
        "SHOP_SERVICE_PORT_HTTP, 8080",
        "SHOP_FRONT_SERVICE_PORT, 8080",
        "SHOPPING_BAG, of another name space",
        "shopping.bag, of another name space"
    })
    void keys_and_foreign_settings_do_not_stop_the_start(String name, String value) {
        variables.put(name, value);
        start().close();
    }

    @Test
    void an_unknown_key_of_the_command_line_stops_the_start() {
        assertThatThrownBy(() -> start("--shop.till.patienc=3"))
                .hasMessage("shop.till.patienc (command line) is unknown, the nearest known key is shop.till.patience");
    }

    @Test
    void an_unknown_system_property_stops_the_start() {
        System.setProperty("shop.quotaa", "8");
        assertThatThrownBy(this::start)
                .hasMessage("shop.quotaa (system property) is unknown, the nearest known key is shop.quota");
    }

    @Test
    void an_unknown_key_in_json_stops_the_start() {
        variables.put("SPRING_APPLICATION_JSON", "{\"shop\": {\"quotaa\": 8}}");
        assertThatThrownBy(this::start)
                .hasMessage("shop.quotaa (SPRING_APPLICATION_JSON) is unknown, the nearest known key is shop.quota");
    }

    @Test
    void an_unknown_key_in_a_file_is_named_with_its_line() throws Exception {
        Files.writeString(folder.resolve("application.yml"), FILE + "shop.quotaa: 8\n");
        assertThatThrownBy(this::start)
                .hasMessageContaining("application.yml] - 10:14) is unknown, the nearest known key is shop.quota");
    }

    @Test
    void a_variable_may_come_from_a_file_of_its_name() throws Exception {
        variables.remove("DOOR_KEYS");
        Files.writeString(folder.resolve("secrets/DOOR_KEYS"), "k1:from-a-file\n");
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(Shop.class).doorKeys()).isEqualTo("k1:from-a-file");
        }
    }

    @Test
    void the_environment_comes_before_a_file() throws Exception {
        Files.writeString(folder.resolve("secrets/DOOR_KEYS"), "k1:from-a-file");
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(Shop.class).doorKeys()).isEqualTo("k1:x");
        }
    }

    @Test
    void a_variable_without_a_default_is_needed_and_not_empty() {
        variables.remove("DOOR_KEYS");
        assertThatThrownBy(this::start).hasMessage("DOOR_KEYS is missing");
        variables.put("DOOR_KEYS", " ");
        assertThatThrownBy(this::start).hasMessage("DOOR_KEYS is missing");
    }

    @Test
    void a_secret_that_is_as_in_the_example_is_refused() {
        variables.put("DOOR_KEYS", "k1:change-me");
        assertThatThrownBy(this::start).hasMessage("DOOR_KEYS still has the example's value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k1:dHJhaW5pbmctdHJhaW5pbmctdHJhaW5pbmctdHJhaW4", "training-training-training"})
    void a_secret_that_the_sources_publish_is_refused_but_in_a_rehearsal(String secret) {
        variables.put("DOOR_KEYS", secret);
        assertThatThrownBy(this::start).hasMessage("DOOR_KEYS is a secret that this system's sources publish");
        variables.put("APP_MODE", "rehearsal");
        start().close();
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_PORT, abc, is not a number",
        "SERVER_PORT, '', 'is empty; leave it unset for the default 8080'",
        "SHOP_LIMIT, ' ', 'is empty; leave it unset for the default 7'",
        "OTLP_ENABLED, yes, is neither true nor false"
    })
    void a_value_unlike_the_default_is_refused_before_others_do(String name, String value, String why) {
        variables.put(name, value);
        assertThatThrownBy(this::start).isInstanceOf(CannotStart.class).hasMessage(name + " " + why);
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_PROT, SERVER_PORT",
        "SERVR_PORT, SERVER_PORT",
        "OTLP_ENABLEDD, OTLP_ENABLED",
        "0TLP_ENABLED, OTLP_ENABLED"
    })
    void misspelled_variable_is_reported_with_the_intended_one(String name, String meant) {
        variables.put(name, "8");
        assertThatThrownBy(this::start)
                .hasMessage(name + " (environment) is unknown, the nearest known variable is " + meant);
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_PARTS, two letters",
        "SERVERS_PORT, tcp://10.0.0.1:8080",
        "DOOR_KEY, the right one is set",
        "HOME, /"
    })
    void the_surroundings_may_have_names_of_their_own(String name, String value) {
        variables.put(name, value);
        start().close();
    }

    @Test
    void a_database_that_is_away_is_one_sentence() {
        assertThat(RefusedStart.sentence(new IllegalStateException(
                        "bean", new SQLException("Connection to db:5432 refused.\nMore", "08001"))))
                .contains("the database of DATABASE_URL: Connection to db:5432 refused.");
        assertThat(RefusedStart.sentence(new IllegalStateException("bean", new SQLException("syntax", "42601"))))
                .isEmpty();
    }

    @Test
    void refused_settings_are_one_sentence_without_the_value() {
        assertThat(whyNot("--SHOP_LIMIT=many")).isEqualTo("SHOP_LIMIT is not a number");
        assertThat(whyNot("--SHOP_LIMIT=7.5")).isEqualTo("SHOP_LIMIT (shop.quota) is not a valid int");
        assertThat(whyNot("--SHOP_LIMIT=0")).isEqualTo("SHOP_LIMIT is above zero");
    }

    @Test
    void form_of_a_setting_is_told_with_the_place_where_it_is_set() throws Exception {
        assertThat(whyNot("--shop.till.weight=heavy")).isEqualTo("shop.till.weight: a weight is written as 5 kg");
        Path file = Files.writeString(folder.resolve("operator.yml"), "shop:\n  till.weight: heavy\n");
        assertThat(whyNot("--spring.config.additional-location=file:" + file))
                .startsWith("shop.till.weight (")
                .endsWith("operator.yml] - 2:16): a weight is written as 5 kg");
        variables.put("SHOP_TILL_WEIGHT", "heavy");
        assertThat(whyNot()).isEqualTo("SHOP_TILL_WEIGHT (shop.till.weight): a weight is written as 5 kg");
    }

    @ParameterizedTest
    @CsvSource({"'', false, true", "'', true, false", "on, true, true", "true, true, true", "off, false, false"})
    void limits_are_on_in_a_deployment_unless_the_variable_says_otherwise(
            String configured, boolean rehearsal, boolean on) {
        assertThat(Limits.areOn(configured, rehearsal)).isEqualTo(on);
    }

    @ParameterizedTest
    @ValueSource(strings = {"perhaps", "ON", "1"})
    void limits_that_are_neither_on_nor_off_are_refused(String configured) {
        assertThatThrownBy(() -> Limits.areOn(configured, true))
                .satisfies(e -> assertThat(RefusedStart.sentence(new IllegalStateException("bean", e)))
                        .contains("LIMITS must be on or off"));
    }

    @Test
    void a_file_that_is_not_there_is_one_sentence() {
        assertThat(whyNot("--spring.config.additional-location=file:/nowhere/operator.yml"))
                .startsWith("there is no ")
                .contains("/nowhere/operator.yml")
                .doesNotContain("\n");
    }

    @Test
    void a_file_that_is_no_yaml_is_one_sentence() throws Exception {
        Path file = Files.writeString(folder.resolve("operator.yml"), "shop:\n  quota: 5\n\ttill: 7\n");
        assertThat(whyNot("--spring.config.additional-location=file:" + file))
                .startsWith("a YAML file cannot be read, at its line 3: ")
                .doesNotContain("\n");
    }

    private String whyNot(String... arguments) {
        try (ConfigurableApplicationContext context = start(arguments)) {
            throw new AssertionError("it started: " + context);
        } catch (RuntimeException e) {
            return RefusedStart.sentence(e).orElseThrow();
        }
    }

    private ConfigurableApplicationContext start(String... arguments) {
        SpringApplication application = new SpringApplication(Service.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setEnvironment(new StandardEnvironment() {
            @Override
            protected void customizePropertySources(MutablePropertySources sources) {
                super.customizePropertySources(sources);
                sources.replace(
                        SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables()));
            }
        });
        String[] all = new String[arguments.length + 1];
        all[0] = "--spring.config.location=file:" + folder.resolve("application.yml");
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return application.run(all);
    }

    private Map<String, Object> variables() {
        return variables;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(StartAutoConfiguration.class)
    @EnableConfigurationProperties(Shop.class)
    static class Service {}

    @ConfigurationProperties(prefix = "shop", ignoreUnknownFields = false)
    record Shop(
            String doorKeys,
            @DefaultValue("7") int quota,
            @DefaultValue Till till) {

        Shop {
            if (quota < 1) {
                throw new IllegalArgumentException("SHOP_LIMIT is above zero");
            }
        }
    }

    record Till(@DefaultValue("5") int patience, @Nullable Weight weight) {}

    /** A setting that is neither a number nor a record, but converted from text. */
    static final class Weight {

        /** Spring's conversion calls this method. */
        public static Weight of(String text) {
            throw new IllegalArgumentException("a weight is written as 5 kg");
        }
    }
}
