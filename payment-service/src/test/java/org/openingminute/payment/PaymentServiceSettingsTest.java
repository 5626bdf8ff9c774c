package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Proves defaults and validation of the settings, bound by Spring Boot without a running service. */
class PaymentServiceSettingsTest {

    private final Map<String, String> keys = new HashMap<>(Map.of(
            "payment.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
            "payment.public-url", "https://conference.example",
            "payment.staff-jwks-uri", "https://conference.example/.well-known/jwks.json",
            "payment.stripe.api-key", "rk_live_x",
            "payment.stripe.webhook-secret", "whsec_x",
            "payment.documents.seller-name", "Systems Society",
            "payment.documents.seller-address", "1 Main Street|Springfield"));

    @Test
    void a_deployment_is_the_default_and_needs_no_sandbox() {
        PaymentServiceSettings settings = read();

        assertThat(settings.mode()).isEqualTo(PaymentServiceSettings.Mode.DEPLOYED);
        assertThat(settings.staffTrust().issuer()).isEqualTo("https://conference.example");
        assertThat(settings.cardProvider()).isEqualTo("stripe");
        assertThat(settings.sandbox()).isEqualTo(new PaymentServiceSettings.SandboxSettings("", "", "", ""));
        assertThat(settings.stripe())
                .isEqualTo(new PaymentServiceSettings.Stripe("rk_live_x", "whsec_x", "https://api.stripe.com", "", 20));
        assertThat(settings.documents())
                .isEqualTo(new PaymentServiceSettings.DocumentSettings(
                        "Systems Society", "1 Main Street|Springfield", "", "", ""));
        assertThat(settings.booksCheckedEvery()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.providersAskedEvery()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void a_deployment_that_lacks_something_does_not_start() {
        keys.put("payment.public-url", " ");
        assertRefused("PUBLIC_URL is missing");
        keys.put("payment.public-url", "https://conference.example/");
        assertRefused("PUBLIC_URL must not end with a slash");
        keys.put("payment.public-url", "https://conference.example");
        keys.put("payment.staff-jwks-uri", "");
        assertRefused("STAFF_JWKS_URI is missing");
    }

    @Test
    void keys_that_cannot_be_used_are_refused_here() {
        keys.put("payment.access-token-keys", "k1:c2hvcnQ");
        assertRefused("a secret of ACCESS_TOKEN_KEYS is shorter than 32 bytes");
    }

    @Test
    void a_deployment_refuses_the_sandbox() {
        keys.put("payment.sandbox.api-key", "x");
        keys.put("payment.sandbox.webhook-url", "y");
        assertRefused(
                "the sandbox is only for rehearsals (APP_MODE=rehearsal): remove SANDBOX_API_KEY, SANDBOX_WEBHOOK_URL");
    }

    @Test
    void a_rehearsal_needs_the_sandbox_and_knows_where_the_gateway_is() {
        keys.clear();
        keys.put("payment.mode", "rehearsal");
        keys.put("payment.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE");
        assertRefused("SANDBOX_API_KEY or SANDBOX_WEBHOOK_SECRET is missing");

        keys.put("payment.sandbox.api-key", "key");
        keys.put("payment.sandbox.webhook-secret", "secret");
        assertThat(read().publicUrl()).isEqualTo("http://localhost:8080");
        assertThat(read().staffTrust()).isEqualTo(StaffTrust.ofGateway("http://localhost:8080", "", ""));
        assertThat(read().cardProvider()).isEqualTo("sandbox");
    }

    @Test
    void stripe_is_there_whole_or_not_at_all() {
        keys.put("payment.stripe.webhook-secret", " ");
        assertRefused("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both or neither");
    }

    @Test
    void a_deployment_that_takes_no_cards_says_so() {
        keys.put("payment.stripe.api-key", "");
        keys.put("payment.stripe.webhook-secret", "");
        assertRefused("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET are missing"
                + " (or PAYMENT_CARD_PROVIDER=none, to take no cards)");

        keys.put("payment.card-provider", "none");
        assertThat(read().cardProvider()).isEqualTo("none");
        keys.put("payment.stripe.api-key", "rk_live_x");
        keys.put("payment.stripe.webhook-secret", "whsec_x");
        assertRefused("PAYMENT_CARD_PROVIDER=none is for a deployment without STRIPE_API_KEY");
    }

    @Test
    void deployment_without_a_seller_is_refused_even_without_cards() {
        keys.put("payment.documents.seller-name", " ");
        assertRefused("SELLER_NAME is missing: receipts name the seller");
        keys.put("payment.documents.seller-name", "Systems Society");
        keys.put("payment.documents.seller-address", "");
        assertRefused("SELLER_ADDRESS is missing: receipts name the seller");

        keys.put("payment.stripe.api-key", "");
        keys.put("payment.stripe.webhook-secret", "");
        keys.put("payment.card-provider", "none");
        assertRefused("SELLER_ADDRESS is missing: receipts name the seller");
    }

    @Test
    void the_card_provider_setting_names_an_existing_one() {
        keys.put("payment.card-provider", "acme");
        assertRefused("PAYMENT_CARD_PROVIDER must be stripe, sandbox or none");
        keys.put("payment.card-provider", "sandbox");
        assertRefused("the sandbox is only for rehearsals (APP_MODE=rehearsal): remove PAYMENT_CARD_PROVIDER");
        keys.put("payment.card-provider", "stripe");
        assertThat(read().cardProvider()).isEqualTo("stripe");
        keys.put("payment.stripe.api-key", "");
        keys.put("payment.stripe.webhook-secret", "");
        assertRefused("PAYMENT_CARD_PROVIDER=stripe needs STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET");
    }

    private PaymentServiceSettings read() {
        return new Binder(new MapConfigurationPropertySource(keys))
                .bind("payment", PaymentServiceSettings.class)
                .get();
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::read).rootCause().hasMessage(why);
    }
}
