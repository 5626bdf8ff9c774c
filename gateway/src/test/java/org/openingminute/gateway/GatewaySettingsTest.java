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
        keys.put("gateway.room.keys", TestSettings.ROOM_KEYS);
        keys.put("gateway.staff.passwords.organiser", "secret");
        keys.put("gateway.staff.passwords.check-in", "");
        keys.put("gateway.staff.passwords.operator", "");
        keys.put("gateway.staff.accounts", "ada|Ada Lovelace||organiser|$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA");
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
        assertThat(settings.providerTrust()).isEmpty();
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
    void an_external_issuer_needs_audience_keys_and_our_own_key() {
        keys.put("gateway.staff.oidc-issuer", "https://id.example.org");
        assertRefused("OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
        keys.put("gateway.staff.oidc-audience", "registration");
        assertRefused("STAFF_JWKS_URI is missing: OIDC_ISSUER needs it");
        keys.put("gateway.staff.jwks-uri", "https://id.example.org/keys");
        assertThat(bind().providerTrust())
                .contains(StaffTrust.ofIssuer(
                        "https://id.example.org", "registration", "https://id.example.org/keys", "roles"));
        assertThat(bind().staffTrust().issuer()).isEqualTo("https://register.example.org");
        keys.put("gateway.staff.signing-key", "");
        assertRefused("STAFF_SIGNING_KEY is missing");
    }

    @Test
    void a_bound_of_nothing_is_refused() {
        keys.put("gateway.bulkheads.reads", "0");
        assertRefused("GATEWAY_BULKHEADS_READS is below 1");
    }

    @Test
    void no_secret_is_in_what_may_be_logged() {
        assertThat(bind().toString())
                .doesNotContain("secret")
                .doesNotContain("a key")
                .doesNotContain("argon2");
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
