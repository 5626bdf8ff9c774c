package org.openingminute.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class GatewaySettingsTest {

    private final Map<String, String> keys = new HashMap<>(Map.of(
            "gateway.mode", "deployed",
            "gateway.public-url", "https://register.example.org",
            "gateway.upstream.registration", "http://registration:8080",
            "gateway.upstream.payment", "http://payment:8080",
            "gateway.upstream.notification", "http://notification:8080",
            "gateway.staff.signing-key", "a key",
            "gateway.staff.issuer", "",
            "gateway.staff.oidc-issuer", "",
            "gateway.staff.jwks-uri", ""));

    GatewaySettingsTest() {
        keys.put("gateway.staff.passwords.organiser", "secret");
        keys.put("gateway.staff.passwords.check-in", "");
        keys.put("gateway.staff.passwords.operator", "");
    }

    @Test
    void defaults_are_those_that_are_documented() {
        GatewaySettings settings = bind();
        assertThat(settings.budgets())
                .isEqualTo(new GatewaySettings.Budgets(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3)));
        assertThat(settings.bulkheads()).isEqualTo(new GatewaySettings.Bulkheads(768, 256, 512, 2000));
        assertThat(settings.staffTrust().issuer()).isEqualTo("https://register.example.org");
        assertThat(settings.staffTrust().audience()).isEqualTo("https://register.example.org");
        assertThat(settings.staff().hasOidcIssuer()).isFalse();
        assertThat(settings.isHttps()).isTrue();
        assertThat(settings.urlOf(Service.PAYMENT)).isEqualTo(URI.create("http://payment:8080"));
    }

    @Test
    void a_rehearsal_needs_no_public_url() {
        keys.put("gateway.mode", "rehearsal");
        keys.put("gateway.public-url", "");
        assertThat(bind().publicUrl()).isEqualTo("http://localhost:8080");
    }

    @Test
    void a_deployed_gateway_refuses_to_start_without_one() {
        keys.put("gateway.public-url", "");
        assertRefused("PUBLIC_URL");
    }

    @Test
    void a_public_url_with_a_slash_at_the_end_is_refused() {
        keys.put("gateway.public-url", "https://register.example.org/");
        assertRefused("PUBLIC_URL");
    }

    @Test
    void a_missing_signing_key_requires_an_external_issuer() {
        keys.put("gateway.staff.signing-key", "");
        assertRefused("STAFF_SIGNING_KEY");
        keys.put("gateway.staff.oidc-issuer", "https://id.example.org");
        assertRefused("STAFF_JWKS_URI");
        keys.put("gateway.staff.jwks-uri", "https://id.example.org/keys");
        assertRefused("OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
        keys.put("gateway.staff.oidc-audience", "registration");
        assertThat(bind().staffTrust())
                .isEqualTo(
                        new StaffTrust("https://id.example.org/keys", "https://id.example.org", "registration", false));
    }

    @Test
    void a_bound_of_nothing_is_refused() {
        keys.put("gateway.bulkheads.reads", "0");
        assertRefused("GATEWAY_BULKHEADS_READS is below 1");
    }

    @Test
    void no_secret_is_in_what_may_be_logged() {
        assertThat(bind().toString()).doesNotContain("secret").doesNotContain("a key");
    }

    private GatewaySettings bind() {
        return new Binder(new MapConfigurationPropertySource(keys))
                .bind("gateway", GatewaySettings.class)
                .get();
    }

    private void assertRefused(String variable) {
        assertThatThrownBy(this::bind).rootCause().hasMessageContaining(variable);
    }
}
