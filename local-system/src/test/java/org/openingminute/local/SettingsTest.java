package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openingminute.local.Settings.Ports;

class SettingsTest {

    private static final Path CHECKOUT = Path.of("/somewhere");

    @Test
    void missing_settings_have_defaults() {
        Settings settings = Settings.from(CHECKOUT, Map.of("GATEWAY_PORT", "", "DATA_DIR", ""));

        assertThat(settings.url()).isEqualTo("http://localhost:8080");
        assertThat(settings.dataFolder()).isEqualTo(Path.of("/somewhere/.data/8080"));
        assertThat(settings.invented())
                .containsOnlyKeys("ORGANISER_PASSWORD", "FINANCE_PASSWORD", "CHECK_IN_PASSWORD", "OPERATOR_PASSWORD");
        assertThat(settings.passwords()).isEqualTo(settings.invented());
        assertThat(new HashSet<>(settings.passwords().values()))
                .hasSize(4)
                .allSatisfy(password -> assertThat(password).hasSize(16));
    }

    @Test
    void a_chosen_password_is_not_shown() {
        Settings settings = Settings.from(CHECKOUT, Map.of("ORGANISER_PASSWORD", "chosen"));

        assertThat(settings.passwords()).containsEntry("ORGANISER_PASSWORD", "chosen");
        assertThat(settings.invented()).containsOnlyKeys("FINANCE_PASSWORD", "CHECK_IN_PASSWORD", "OPERATOR_PASSWORD");
    }

    @Test
    void each_gateway_port_has_a_data_folder_of_its_own() {
        assertThat(Settings.from(CHECKOUT, Map.of("GATEWAY_PORT", "9000")).dataFolder())
                .isEqualTo(Path.of("/somewhere/.data/9000"));
        assertThat(Settings.from(CHECKOUT, Map.of("GATEWAY_PORT", "9000", "DATA_DIR", "/elsewhere"))
                        .dataFolder())
                .isEqualTo(Path.of("/elsewhere"));
    }

    @Test
    void a_file_of_the_gateway_is_read_by_the_gateway() {
        assertThat(Settings.from(CHECKOUT, Map.of("GATEWAY_FILE", "/etc/routes.yml"))
                        .handedOn("gateway"))
                .containsExactly(Map.entry("SPRING_CONFIG_ADDITIONALLOCATION", "file:/etc/routes.yml"));
        assertThat(Settings.from(CHECKOUT, Map.of("GATEWAY_FILE", "")).handedOn("gateway"))
                .isEmpty();
    }

    @Test
    void a_port_that_makes_no_sense_is_named() {
        assertThatThrownBy(() -> Settings.from(CHECKOUT, Map.of("GATEWAY_PORT", "eighty")))
                .isInstanceOf(CannotRun.class)
                .hasMessage("GATEWAY_PORT must be a number, not 'eighty'");
        assertThatThrownBy(() -> Settings.from(CHECKOUT, Map.of("GATEWAY_PORT", "70000")))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("between 1 and 65535");
    }

    @Test
    void ports_follow_from_the_gateways() {
        Ports ports = new Ports(8080);

        assertThat(ports.registration()).isEqualTo(22_700);
        assertThat(ports.payment()).isEqualTo(22_701);
        assertThat(ports.notification()).isEqualTo(22_702);
        assertThat(ports.kafka()).isEqualTo(22_703);
        assertThat(ports.kafkaController()).isEqualTo(22_704);
        assertThat(ports.postgres()).isEqualTo(22_705);
        assertThat(ports.smtp()).isEqualTo(22_706);
        assertThat(ports.mailbox()).isEqualTo(22_707);
        assertThat(ports.control()).isEqualTo(22_708);
        assertThat(ports.gatewayManagement()).isEqualTo(22_709);
    }

    @Test
    void neighbours_share_no_port_and_none_is_one_that_the_kernel_gives_out() {
        Set<Integer> seen = new HashSet<>();
        for (int gateway = 7000; gateway < 7000 + 2270; gateway++) {
            Ports ports = new Ports(gateway);
            for (int port : ports.ofChildren().keySet()) {
                assertThat(seen.add(port)).as("%d of %d", port, gateway).isTrue();
                assertThat(port).isLessThan(32_768);
            }
            assertThat(seen.add(ports.control())).isTrue();
        }
    }

    @Test
    void a_gateway_port_that_is_one_of_its_own_followers_is_refused() {
        int gateway = 0;
        for (int candidate = 10_000; candidate < 32_700 && gateway == 0; candidate++) {
            int base = 10_000 + candidate % 2270 * 10;
            gateway = candidate >= base && candidate < base + 10 ? candidate : 0;
        }
        int itsOwn = gateway;

        assertThat(itsOwn).isPositive();
        assertThatThrownBy(() -> new Ports(itsOwn))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("take another");
    }

    @Test
    void each_part_gets_its_settings_and_nothing_else() {
        Settings settings = Settings.from(
                CHECKOUT,
                Map.of(
                        "STRIPE_API_KEY", "rk_test_1",
                        "SELLER_NAME", " ",
                        "INVOICE_PAY_TO", "IBAN XX00",
                        "LETTER_SIGNED_AS", "Chair",
                        "PAYMENT_PAGES", "https://checkout.example.org",
                        "LIMITS", "on",
                        "OTLP_ENABLED", "true",
                        "PATH", "/bin"));
        assertThat(settings.handedOn())
                .isEqualTo(Map.of(
                        "registration-service",
                        Map.of("OTLP_ENABLED", "true", "LIMITS", "on"),
                        "payment-service",
                        Map.of(
                                "OTLP_ENABLED",
                                "true",
                                "LIMITS",
                                "on",
                                "STRIPE_API_KEY",
                                "rk_test_1",
                                "INVOICE_PAY_TO",
                                "IBAN XX00"),
                        "notification-service",
                        Map.of("OTLP_ENABLED", "true", "LIMITS", "on", "LETTER_SIGNED_AS", "Chair"),
                        "gateway",
                        Map.of(
                                "OTLP_ENABLED",
                                "true",
                                "LIMITS",
                                "on",
                                "PAYMENT_PAGES",
                                "https://checkout.example.org")));
    }
}
