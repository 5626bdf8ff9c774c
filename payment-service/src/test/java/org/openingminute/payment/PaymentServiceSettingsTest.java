package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaymentServiceSettingsTest {

    private final Map<String, String> environment = new HashMap<>(Map.of(
            "DATABASE_URL", "jdbc:postgresql://db/payment",
            "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
            "ACCESS_TOKEN_KEYS", "k1:secret",
            "PUBLIC_URL", "https://conference.example",
            "STAFF_JWKS_URI", "https://conference.example/.well-known/jwks.json"));

    @Test
    void a_deployment_is_the_default_and_needs_no_sandbox() {
        assertThat(PaymentServiceSettings.complaint(environment::get)).isEmpty();
    }

    @Test
    void all_that_is_missing_is_said_in_one_line() {
        environment.remove("DATABASE_URL");
        environment.put("PUBLIC_URL", " ");

        assertThat(PaymentServiceSettings.complaint(environment::get))
                .contains("these variables are missing: DATABASE_URL, PUBLIC_URL");
    }

    @Test
    void a_deployment_refuses_the_sandbox() {
        environment.put("SANDBOX_API_KEY", "x");

        assertThat(PaymentServiceSettings.complaint(environment::get).orElseThrow())
                .contains("for rehearsals")
                .contains("SANDBOX_API_KEY");
    }

    @Test
    void a_rehearsal_needs_the_sandbox_and_knows_where_the_gateway_is() {
        environment.put("APP_MODE", "rehearsal");
        assertThat(PaymentServiceSettings.complaint(environment::get))
                .contains("these variables are missing: SANDBOX_API_KEY, SANDBOX_WEBHOOK_SECRET");

        var settings = new PaymentServiceSettings(
                PaymentServiceSettings.Mode.REHEARSAL,
                "",
                "k1:secret",
                "",
                "",
                "",
                new PaymentServiceSettings.Sandbox("key", "secret", "", ""),
                new PaymentServiceSettings.Stripe("", "", "", "", 20),
                new PaymentServiceSettings.Documents("", "", "", "", ""),
                Duration.ofMinutes(1),
                Duration.ofSeconds(15));
        assertThat(settings.publicUrl()).isEqualTo("http://localhost:8080");
        assertThat(settings.staffIssuer()).isEqualTo("http://localhost:8080");
        assertThat(settings.staffKeys()).isEmpty();
        assertThat(settings.cardProvider()).isEqualTo("sandbox");
    }

    @Test
    void a_deployment_has_stripe_whole_or_not_at_all() {
        environment.put("STRIPE_API_KEY", "rk_live_x");
        assertThat(PaymentServiceSettings.complaint(environment::get).orElseThrow())
                .contains("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET go together");
        environment.put("STRIPE_WEBHOOK_SECRET", "whsec_x");
        assertThat(PaymentServiceSettings.complaint(environment::get)).isEmpty();
        environment.put("STRIPE_API_KEY", " ");
        assertThat(PaymentServiceSettings.complaint(environment::get)).isPresent();
        environment.remove("STRIPE_WEBHOOK_SECRET");
        assertThat(PaymentServiceSettings.complaint(environment::get)).isEmpty();
    }

    @Test
    void who_takes_cards_is_one_that_is_there() {
        environment.put("PAYMENT_CARD_PROVIDER", "stripe");
        assertThat(PaymentServiceSettings.complaint(environment::get).orElseThrow())
                .contains("STRIPE_API_KEY");
        environment.putAll(Map.of("STRIPE_API_KEY", "rk_live_x", "STRIPE_WEBHOOK_SECRET", "whsec_x"));
        assertThat(PaymentServiceSettings.complaint(environment::get)).isEmpty();
        environment.put("PAYMENT_CARD_PROVIDER", "acme");
        assertThat(PaymentServiceSettings.complaint(environment::get)).isPresent();

        environment.put("PAYMENT_CARD_PROVIDER", "sandbox");
        assertThat(PaymentServiceSettings.complaint(environment::get).orElseThrow())
                .contains("for rehearsals");
        environment.putAll(Map.of("APP_MODE", "rehearsal", "SANDBOX_API_KEY", "x", "SANDBOX_WEBHOOK_SECRET", "y"));
        assertThat(PaymentServiceSettings.complaint(environment::get)).isEmpty();
    }
}
