package org.openingminute.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

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
        keys.put("gateway.staff.passwords.organiser", "a long secret");
        keys.put("gateway.staff.passwords.finance", "");
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
        assertThat(settings.bodies())
                .isEqualTo(new GatewaySettings.Bodies(
                        DataSize.ofKilobytes(256),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(6),
                        Duration.ofSeconds(5),
                        DataSize.ofKilobytes(1),
                        DataSize.ofMegabytes(64)));
        assertThat(settings.staff().signIn())
                .isEqualTo(new GatewaySettings.SignIn(
                        5, 50, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofHours(1)));
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
    void a_deployment_has_no_short_passwords() {
        keys.put("gateway.staff.passwords.operator", "elevenchars");
        assertRefused("OPERATOR_PASSWORD has fewer than 12 characters");
        keys.put("gateway.mode", "rehearsal");
        assertThat(bind().staff().passwords().operator()).isEqualTo("elevenchars");
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

    @ParameterizedTest
    @ValueSource(
            strings = {"id.example.org", "id.example.org:443/realm", "/realm", "ftp://id.example.org", "https://", "a b"
            })
    void an_issuer_that_is_no_web_address_is_refused(String issuer) {
        keys.put("gateway.staff.oidc-issuer", issuer);
        assertRefused("OIDC_ISSUER must look like https://id.example.org");
    }

    @Test
    void a_bound_of_nothing_is_refused() {
        keys.put("gateway.bulkheads.reads", "0");
        assertRefused("GATEWAY_BULKHEADS_READS is below 1");
    }

    @ParameterizedTest
    @CsvSource({
        "bodies.without-token, 0KB, GATEWAY_BODIES_WITHOUTTOKEN must be above zero",
        "bodies.with-token, -1KB, GATEWAY_BODIES_WITHTOKEN must be above zero",
        "bodies.file, 0, GATEWAY_BODIES_FILE must be above zero",
        "bodies.per-second, 0, GATEWAY_BODIES_PERSECOND must be above zero",
        "bodies.head-start, -1s, GATEWAY_BODIES_HEADSTART is negative",
        "bodies.in-transit, 47MB, GATEWAY_BODIES_INTRANSIT is below eight times GATEWAY_BODIES_FILE",
        "staff.sign-in.failures, 2, GATEWAY_STAFF_SIGNIN_FAILURES is below 3",
        "staff.sign-in.failures-in-all, 4, GATEWAY_STAFF_SIGNIN_FAILURESINALL is below GATEWAY_STAFF_SIGNIN_FAILURES",
        "staff.sign-in.first-pause, 0s, GATEWAY_STAFF_SIGNIN_FIRSTPAUSE is below 1ms",
        "staff.sign-in.longest-pause, 500ms, GATEWAY_STAFF_SIGNIN_LONGESTPAUSE is shorter than",
        "staff.sign-in.forgotten-after, 5m, GATEWAY_STAFF_SIGNIN_FORGOTTENAFTER is shorter than"
    })
    void a_limit_that_cannot_hold_is_refused(String key, String value, String why) {
        keys.put("gateway." + key, value);
        assertRefused(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "redis:6379", "http://redis:6379", "redis://redis:port", "redis://", "a b"})
    void a_redis_that_is_no_address_is_refused(String url) {
        keys.put("gateway.redis-url", url);
        assertRefused("REDIS_URL must look like redis://redis:6379");
    }

    @Test
    void a_redis_may_have_a_password_and_a_certificate() {
        keys.put("gateway.redis-url", "rediss://gateway:secret@redis.example.org:6380/2");
        assertThat(bind().redisUrl()).contains("example.org");
    }

    @Test
    void a_patience_below_nothing_is_refused() {
        keys.put("gateway.limits.patience", "-1s");
        assertRefused("GATEWAY_LIMITS_PATIENCE is negative");
    }

    @Test
    void limits_are_on_or_off() {
        keys.put("gateway.limits.state", "perhaps");
        assertRefused("LIMITS must be on or off");
        keys.put("gateway.limits.state", "off");
        assertThat(bind().limitsAreOn()).isFalse();
        keys.put("gateway.limits.state", "");
        assertThat(bind().limitsAreOn()).isTrue();
    }

    @Test
    void no_secret_is_in_what_may_be_logged() {
        keys.put("gateway.redis-url", "redis://gateway:secret@redis:6379");
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
