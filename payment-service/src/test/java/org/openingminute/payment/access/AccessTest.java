package org.openingminute.payment.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessTest {

    private static final String PUBLIC = "https://conference.example";
    private static final JsonNode VECTORS = vectors();
    private static final String KEYS = VECTORS.path("accessTokenKeys").asString();
    private static final String TOKEN =
            VECTORS.path("valid").path(0).path("token").asString();
    private static final String ID =
            VECTORS.path("valid").path(0).path("registration").asString();
    private static final String OTHER = "019c1f4b-fe80-7612-8092-5a1d1c30264e";

    private static HttpServer keys;
    private static ECKey key;

    private final Access access =
            new Access(KEYS, "http://127.0.0.1:" + keys.getAddress().getPort() + "/jwks.json", PUBLIC, PUBLIC);

    @BeforeAll
    static void publish_keys() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("staff").generate();
        byte[] published = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keys.createContext("/jwks.json", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, published.length);
            exchange.getResponseBody().write(published);
            exchange.close();
        });
        keys.start();
    }

    @AfterAll
    static void stop() {
        keys.stop(0);
    }

    static Stream<Arguments> valid() {
        return VECTORS.path("valid")
                .valueStream()
                .map(v -> Arguments.of(v.path("name").asString(), v));
    }

    static Stream<Arguments> invalid() {
        return VECTORS.path("invalid")
                .valueStream()
                .map(v ->
                        Arguments.of(v.path("name").asString(), v.path("token").asString()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valid")
    void tokens_of_the_contract_are_read(String name, JsonNode vector) {
        var token =
                new AccessTokens(KEYS).verify(vector.path("token").asString()).orElseThrow();
        assertThat(token.registration()).hasToString(vector.path("registration").asString());
        assertThat(Objects.toString(token.attendee(), null))
                .isEqualTo(
                        vector.path("attendee").isNull()
                                ? null
                                : vector.path("attendee").asString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalid")
    void tokens_that_the_contract_calls_bad_are_refused(String name, String token) {
        assertThat(new AccessTokens(KEYS).verify(token)).isEmpty();
    }

    @Test
    void short_secrets_are_not_taken() {
        assertThatThrownBy(() -> new AccessTokens("k1:c2hvcnQ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccessTokens("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_contact_opens_the_own_registration_and_no_other() {
        assertThat(access.require(bearer("GET", TOKEN), ID).registration()).hasToString(ID);
        refused(ProblemCode.FORBIDDEN, bearer("GET", TOKEN), OTHER);
        refused(ProblemCode.FORBIDDEN, bearer("GET", TOKEN), "no-id");
        refused(ProblemCode.UNAUTHENTICATED, bearer("GET", TOKEN + "x"), ID);
        refused(ProblemCode.UNAUTHENTICATED, new MockHttpServletRequest("GET", "/"), ID);
    }

    @Test
    void an_attendees_token_does_not_open_the_payment() {
        JsonNode attendees = VECTORS.path("valid").path(2);
        refused(ProblemCode.FORBIDDEN, bearer("GET", attendees.path("token").asString()), ID);
    }

    @Test
    void a_cookie_reads_and_writes_only_from_our_own_pages() {
        assertThat(access.require(cookie("GET"), ID).registration()).hasToString(ID);
        refused(ProblemCode.FORBIDDEN, cookie("POST"), ID);

        MockHttpServletRequest foreign = cookie("POST");
        foreign.addHeader("Origin", "https://evil.example");
        foreign.addHeader("Referer", PUBLIC + "/registrations/" + ID);
        refused(ProblemCode.FORBIDDEN, foreign, ID);

        MockHttpServletRequest ours = cookie("POST");
        ours.addHeader("Origin", PUBLIC);
        assertThat(access.require(ours, ID).registration()).hasToString(ID);

        MockHttpServletRequest referred = cookie("POST");
        referred.addHeader("Referer", PUBLIC + "/registrations/" + ID);
        assertThat(access.require(referred, ID).registration()).hasToString(ID);

        MockHttpServletRequest lookalike = cookie("POST");
        lookalike.addHeader("Referer", PUBLIC + ".evil.example/");
        refused(ProblemCode.FORBIDDEN, lookalike, ID);
    }

    @Test
    void an_organiser_opens_every_registration_and_others_do_not() throws Exception {
        Instant later = Instant.now().plusSeconds(600);
        Access.Granted granted = access.require(bearer("GET", staff(PUBLIC, later, "organiser")), OTHER);
        assertThat(granted.caller()).isInstanceOf(Caller.Staff.class);
        refused(ProblemCode.NOT_FOUND, bearer("GET", staff(PUBLIC, later, "organiser")), "no-id");
        refused(ProblemCode.FORBIDDEN, bearer("GET", staff(PUBLIC, later, "check-in", "operator")), OTHER);
        refused(ProblemCode.UNAUTHENTICATED, bearer("GET", staff("https://other.example", later, "organiser")), OTHER);
        refused(
                ProblemCode.UNAUTHENTICATED,
                bearer("GET", staff(PUBLIC, Instant.now().minusSeconds(600), "organiser")),
                OTHER);
        refused(ProblemCode.UNAUTHENTICATED, bearer("GET", "a.b.c"), OTHER);
    }

    @Test
    void keys_that_cannot_be_read_are_an_outage_and_no_refusal() throws Exception {
        Access away = new Access(KEYS, "http://127.0.0.1:1/jwks.json", PUBLIC, PUBLIC);
        String token = staff(PUBLIC, Instant.now().plusSeconds(600), "organiser");
        Problem problem = catchThrowableOfType(Problem.class, () -> away.require(bearer("GET", token), OTHER));
        assertThat(problem.code()).isEqualTo(ProblemCode.UNAVAILABLE);
    }

    private void refused(ProblemCode code, MockHttpServletRequest request, String registration) {
        Problem problem = catchThrowableOfType(Problem.class, () -> access.require(request, registration));
        assertThat(problem).isNotNull();
        assertThat(problem.code()).isEqualTo(code);
    }

    private static MockHttpServletRequest bearer(String method, String token) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
        request.addHeader("Authorization", "Bearer " + token);
        return request;
    }

    private static MockHttpServletRequest cookie(String method) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
        request.setCookies(new Cookie("registration-" + ID, TOKEN));
        return request;
    }

    private static String staff(String issuer, Instant expires, String... roles) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("staff").build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject("organiser")
                        .claim("roles", List.of(roles))
                        .expirationTime(Date.from(expires))
                        .build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static JsonNode vectors() {
        try (InputStream file = AccessTest.class.getResourceAsStream("/contracts/examples/access-tokens.json")) {
            return new JsonMapper().readTree(Objects.requireNonNull(file, "contracts has the examples"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
