package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves, on a running gateway with stub services, its status, health and version, and which tokens of another issuer open them. */
@GatewayTest(surroundings = StatusIT.OtherIssuer.class)
class StatusIT {

    private static final String ISSUER = "https://id.example.org";

    private static final String AUDIENCE = "registration";

    private static final ECKey KEY = newKey();

    /** Staff sign in at another issuer. */
    static final class OtherIssuer extends ServiceFixture.Surroundings {

        OtherIssuer() {
            super(
                    "OIDC_ISSUER=" + ISSUER,
                    "OIDC_AUDIENCE=" + AUDIENCE,
                    "STAFF_JWKS_URI=" + published(KEY),
                    // A test waits for this time, in which a silent service does not answer.
                    "gateway.budgets.internal=5s");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Test
    void services_speak_for_themselves_and_a_silent_one_is_down() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        gateway.registration.on("/internal/status", 200, "application/json", """
                {"service":"registration-service","version":"1","outbox":{"waiting":3,"oldestSeconds":0},
                 "capturesWithoutSeatOrRefund":0}""");
        gateway.payment.on("/internal/status", exchange -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        gateway.notification.on("/internal/status", 500, "text/plain", "no");
        HttpResponse<String> response = statusWith("Bearer " + token("operator", ISSUER, Duration.ofMinutes(5)));
        never.countDown();
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode services = ServiceFixture.json(response).get("services");
        assertThat(services.size()).isEqualTo(4);
        assertThat(services.get(0).get("service").stringValue()).isEqualTo("registration-service");
        assertThat(services.get(0).get("state").stringValue()).isEqualTo("up");
        assertThat(services.get(0).at("/outbox/waiting").asInt()).isEqualTo(3);
        assertThat(services.get(0).get("capturesWithoutSeatOrRefund").asInt()).isZero();
        assertThat(services.get(1).toString()).isEqualTo("{\"service\":\"payment-service\",\"state\":\"down\"}");
        assertThat(services.get(2).toString()).isEqualTo("{\"service\":\"notification-service\",\"state\":\"down\"}");
        assertThat(services.get(3).get("service").stringValue()).isEqualTo("gateway");
        assertThat(services.get(3).get("breakers").size()).isEqualTo(3);
        assertThat(services.get(3).at("/breakers/0/state").stringValue()).isEqualTo("closed");
    }

    @Test
    void the_operators_view_is_for_operators() throws Exception {
        ECKey other = newKey();
        assertCode(gateway.get("/api/ops/status"), 401, "unauthenticated");
        assertCode(statusWith("Bearer nonsense"), 401, "unauthenticated");
        assertCode(statusWith("Basic b3BlcmF0b3I6eA=="), 401, "unauthenticated");
        assertCode(statusWith("Bearer k1.0198.-.0.signature"), 401, "unauthenticated");
        assertCode(statusWith("Bearer " + token("operator", ISSUER, Duration.ofMinutes(-1))), 401, "unauthenticated");
        assertCode(
                statusWith("Bearer " + token("operator", "https://other.example", Duration.ofMinutes(5))),
                401,
                "unauthenticated");
        assertCode(
                statusWith("Bearer " + token(other, AUDIENCE, "operator", ISSUER, Duration.ofMinutes(5))),
                401,
                "unauthenticated");
        assertCode(statusWith("Bearer " + token("organiser", ISSUER, Duration.ofMinutes(5))), 403, "forbidden");
    }

    @Test
    void a_token_that_the_issuer_made_for_another_client_is_refused() throws Exception {
        assertCode(
                statusWith("Bearer " + token(KEY, "another-client", "operator", ISSUER, Duration.ofMinutes(5))),
                401,
                "unauthenticated");
        assertCode(
                statusWith("Bearer " + token(KEY, null, "operator", ISSUER, Duration.ofMinutes(5))),
                401,
                "unauthenticated");
    }

    @Test
    void a_registrants_token_is_not_enough_as_it_is_not_at_the_services() {
        String registration = "0198c1f4-fe80-7025-8065-5a1d316edc57";
        String signature = "3Rk0hB-aA3wH4cKjqz9uW-QLtNON0BS1f68n4DNLD7g";
        assertCode(statusWith("Bearer k1." + registration + ".-.0." + signature), 403, "forbidden");
        assertCode(statusWith("Bearer k1." + registration + "." + registration + ".12." + signature), 403, "forbidden");
        assertCode(statusWith("Bearer k1." + registration + ".-.0.cut-off"), 401, "unauthenticated");
        assertCode(statusWith("Bearer k1.anything.-.0." + signature), 401, "unauthenticated");
    }

    @Test
    void local_accounts_end_with_another_issuer() {
        assertCode(
                gateway.post("/api/session", "{\"username\":\"organiser\",\"password\":\"organiser's\"}"),
                404,
                "not-found");
        assertCode(
                gateway.send(
                        "/sign-in",
                        request -> request.header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "username=organiser&password=organiser's+password"))),
                404,
                "not-found");
    }

    @Test
    void services_see_the_gateways_own_token_in_place_of_the_issuers() throws Exception {
        gateway.get(
                "/api/admin/conferences/mlsys-2026",
                "Authorization",
                "bearer " + token("organiser", ISSUER, Duration.ofMinutes(5)));

        String seen = gateway.registration.received().getLast().header("Authorization");
        SignedJWT token = SignedJWT.parse(seen.substring("Bearer ".length()));
        ECKey key = JWKSet.parse(gateway.get("/.well-known/jwks.json").body())
                .getKeyByKeyId(token.getHeader().getKeyID())
                .toECKey();
        assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(ServiceFixture.PUBLIC_URL);
        assertThat(token.getJWTClaimsSet().getStringListClaim("roles")).containsExactly("organiser");
    }

    @Test
    void invalid_issuer_token_is_passed_on_unchanged() throws Exception {
        String bad = "Bearer " + token(KEY, "another-client", "organiser", ISSUER, Duration.ofMinutes(5));
        gateway.get("/api/admin/conferences/mlsys-2026", "Authorization", bad);
        assertThat(gateway.registration.received().getLast().header("Authorization"))
                .isEqualTo(bad);
    }

    @Test
    void a_browser_brings_the_token_as_a_cookie() throws Exception {
        HttpResponse<String> response = gateway.get(
                "/api/ops/status", "Cookie", "__Host-staff=" + token("operator", ISSUER, Duration.ofMinutes(5)));
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void health_is_good_only_while_a_registration_could_be_made() {
        gateway.registration.on("/actuator/health/readiness", 200, "application/json", "{\"status\":\"UP\"}");
        // The gateway caches the readiness for a second.
        await().until(() -> gateway.get("/health").statusCode() == 200);
        gateway.registration.on("/actuator/health/readiness", 503, "application/json", "{\"status\":\"DOWN\"}");
        await().until(() -> gateway.get("/health").statusCode() == 503);
        HttpResponse<String> response = gateway.get("/health");
        assertCode(response, 503, "unavailable");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(ServiceFixture.json(response).at("/missing/0").stringValue()).isEqualTo("registration-service");
    }

    @Test
    void however_many_ask_for_the_health_the_service_is_asked_once_a_second() {
        IntStream.range(0, 200).parallel().forEach(_ -> gateway.get("/health"));
        assertThat(gateway.registration.received())
                .filteredOn(request -> request.uri().equals("/actuator/health/readiness"))
                .hasSizeLessThan(100);
    }

    @Test
    void the_version_names_build_and_commit() {
        JsonNode version = ServiceFixture.json(gateway.get("/api/version"));
        assertThat(version.propertyNames()).containsExactly("version", "commit", "builtAt");
        assertThat(version.get("version").stringValue()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(version.get("commit").stringValue()).matches("[0-9a-f]{40}|unknown");
        assertThat(Instant.parse(version.get("builtAt").stringValue())).isAfter(Instant.parse("2026-01-01T00:00:01Z"));
    }

    private HttpResponse<String> statusWith(String authorization) {
        return gateway.get("/api/ops/status", "Authorization", authorization);
    }

    private static void assertCode(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo(code);
    }

    private static String published(ECKey key) {
        StubService issuer = new StubService();
        issuer.on("/keys", 200, "application/json", new JWKSet(key).toString());
        return issuer.url() + "/keys";
    }

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("issuer's").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String token(String role, String from, Duration left) throws Exception {
        return token(KEY, AUDIENCE, role, from, left);
    }

    private static String token(ECKey signedWith, @Nullable String audience, String role, String from, Duration left)
            throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("issuer's").build(),
                new JWTClaimsSet.Builder()
                        .issuer(from)
                        .audience(audience)
                        .subject("someone")
                        .claim("roles", List.of(role))
                        .expirationTime(Date.from(Instant.now().plus(left)))
                        .build());
        token.sign(new ECDSASigner(signedWith));
        return token.serialize();
    }
}
