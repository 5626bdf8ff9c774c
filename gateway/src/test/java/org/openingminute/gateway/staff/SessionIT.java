package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves, on a running gateway, sign-in by the API and the limits on guessing passwords. */
@GatewayTest
class SessionIT {

    @Autowired
    private ServiceFixture gateway;

    @Test
    void a_token_can_be_checked_with_the_published_key() throws Exception {
        HttpResponse<String> response = signIn("organiser", "organiser's password");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        JsonNode session = ServiceFixture.json(response);
        assertThat(session.propertyNames()).containsExactlyInAnyOrder("accessToken", "expiresAt", "roles");
        SignedJWT token = SignedJWT.parse(session.get("accessToken").stringValue());

        String keys = gateway.get("/.well-known/jwks.json").body();
        assertThat(keys).doesNotContain("\"d\"");
        ECKey key =
                JWKSet.parse(keys).getKeyByKeyId(token.getHeader().getKeyID()).toECKey();
        assertThat(key.getKeyID()).isEqualTo(key.computeThumbprint().toString());
        assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(ServiceFixture.PUBLIC_URL);
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("organiser");
        assertThat(token.getJWTClaimsSet().getStringListClaim("roles")).isEqualTo(List.of("organiser"));
        Instant issued = token.getJWTClaimsSet().getIssueTime().toInstant();
        assertThat(token.getJWTClaimsSet().getExpirationTime().toInstant())
                .isEqualTo(issued.plus(Duration.ofMinutes(15)));
        assertThat(session.get("expiresAt").stringValue())
                .isEqualTo(issued.plus(Duration.ofMinutes(15)).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"username\":\"check-in\",\"password\":\"x\"} | 401 | unauthenticated",
                "{\"username\":\"nobody\",\"password\":\"organiser's password\"} | 401 | unauthenticated",
                "{\"username\":\"organiser\"} | 422 | invalid",
                "{\"username\":\"\",\"password\":\"x\"} | 422 | invalid",
                "{\"username\":\"organiser\\u0000\",\"password\":\"x\"} | 422 | invalid",
                "{\"username\":\"organiser\",\"password\":\"x\",\"admin\":true} | 422 | invalid",
                "{\"username\":[\"organiser\"],\"password\":\"x\"} | 400 | malformed",
                "{\"username\":1,\"password\":\"x\"} | 400 | malformed",
                "{\"username\":\"organiser\",\"password\":true} | 400 | malformed",
                "{\"username\": | 400 | malformed",
                "[] | 400 | malformed"
            })
    void wrong_sign_ins_are_refused_with_their_code(String body, int status, String code) {
        HttpResponse<String> response = gateway.post("/api/session", body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo(code);
        assertThat(response.body()).doesNotContain("openingminute").doesNotContain("Exception");
    }

    @Test
    void an_empty_body_is_malformed_and_a_form_is_not_taken() {
        assertThat(gateway.post("/api/session", "").statusCode()).isEqualTo(400);
        HttpResponse<String> form = gateway.send(
                "/api/session",
                request -> request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("username=organiser")));
        assertThat(form.statusCode()).isEqualTo(415);
        assertThat(ServiceFixture.json(form).get("code").stringValue()).isEqualTo("unsupported-media-type");
    }

    @Test
    void another_method_is_answered_as_a_problem() {
        HttpResponse<String> response = gateway.get("/api/session");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Allow")).contains("POST");
        assertThat(ServiceFixture.json(response).get("status").asInt()).isEqualTo(404);
        assertThat(ServiceFixture.json(response).get("code").stringValue()).isEqualTo("not-found");
    }

    @Test
    void guessing_is_slowed_down_and_the_owner_gets_in_afterwards() {
        HttpResponse<String> refused = firstRefused("operator", _ -> new String[0]);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(ServiceFixture.json(refused).get("code").stringValue()).isEqualTo("rate-limited");
        // On a busy machine one of them may have come after the first second, and the pause doubles.
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 4L);
        awaitSignIn("operator", "operator's password");
    }

    /** This gateway trusts no proxy, so it ignores invented addresses. */
    @Test
    void a_guesser_who_invents_addresses_is_slowed_down_too() {
        HttpResponse<String> refused = firstRefused("check-in", guess ->
                new String[] {"X-Forwarded-For", "203.0.113." + guess, "Forwarded", "for=203.0.113." + guess});

        assertThat(refused.statusCode()).isEqualTo(429);
        awaitSignIn("check-in", "check-in's password");
    }

    /** Also ends the pause that the guesses brought about, which other tests of this gateway would meet. */
    private void awaitSignIn(String account, String password) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> signIn(account, password).statusCode() == 200);
    }

    /** Sends forty guesses at once and returns the first response that is not a wrong-password refusal. */
    private HttpResponse<String> firstRefused(String account, IntFunction<String[]> headers) {
        return IntStream.range(0, 5)
                .mapToObj(_ -> guessesAtOnce(account, 40, headers))
                .flatMap(List::stream)
                .filter(response -> response.statusCode() != 401)
                .findFirst()
                .orElseThrow(() -> new AssertionError("of forty guesses at once, none was slowed down"));
    }

    private List<HttpResponse<String>> guessesAtOnce(String account, int count, IntFunction<String[]> headers) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return IntStream.range(0, count)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> signIn(account, "guess " + i, headers.apply(i)), threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private HttpResponse<String> signIn(String username, String password, String... headers) {
        return gateway.post(
                "/api/session", "{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}", headers);
    }
}
