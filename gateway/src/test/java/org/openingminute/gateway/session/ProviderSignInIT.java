package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Proves sign-in and sign-out by OpenID Connect on a running gateway. A stub plays the issuer, and the test follows redirects as a browser
 * does.
 */
@GatewayTest(surroundings = ProviderSignInIT.WithIssuer.class)
class ProviderSignInIT {

    private static final String ADMIN = "/api/admin/conferences/mlsys-2026";
    private static final String CLIENT = "registration-desk";
    private static final RSAKey KEY = newKey("one");
    private static final StubService ISSUER = new StubService();

    static final class WithIssuer extends ServiceFixture.Surroundings {

        WithIssuer() {
            super(
                    "OIDC_ISSUER=" + ISSUER.url(),
                    "OIDC_AUDIENCE=registration",
                    "OIDC_CLIENT_ID=" + CLIENT,
                    "OIDC_CLIENT_SECRET=a secret",
                    "OIDC_ROLES_CLAIM=groups",
                    "STAFF_JWKS_URI=" + ISSUER.url() + "/keys");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private StaffTokenIssuer tokens;

    private final AtomicInteger uses = new AtomicInteger();

    @BeforeEach
    void publish() {
        ISSUER.forget();
        ISSUER.on("/.well-known/openid-configuration", 200, "application/json", """
                {"issuer": "ISSUER", "authorization_endpoint": "ISSUER/authorize", "token_endpoint": "ISSUER/token",
                 "jwks_uri": "ISSUER/keys", "end_session_endpoint": "https://out.example.net/logout", "response_types_supported": ["code"],
                 "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}
                """.replace("ISSUER", ISSUER.url()));
        ISSUER.on("/keys", 200, "application/json", new JWKSet(KEY.toPublicJWK()).toString());
    }

    /** An authorization request of a browser, as the issuer sees it. */
    private record Begun(Map<String, String> query, String cookie) {

        String parameter(String name) {
            return query.getOrDefault(name, "");
        }
    }

    @Test
    void a_person_signs_in_at_the_issuer_and_is_named() {
        Begun begun = begin("/desk/mlsys-2026");
        assertThat(begun.parameter("response_type")).isEqualTo("code");
        assertThat(begun.parameter("client_id")).isEqualTo(CLIENT);
        assertThat(begun.parameter("code_challenge_method")).isEqualTo("S256");
        assertThat(begun.parameter("nonce")).isNotBlank();
        assertThat(begun.parameter("scope")).contains("openid");
        assertThat(begun.parameter("redirect_uri")).isEqualTo(ServiceFixture.PUBLIC_URL + "/sign-in/callback");
        answerWith(begun, idToken(begun).build(), KEY);

        HttpResponse<String> back = callback(begun);

        assertThat(back.statusCode()).as(back.body()).isEqualTo(303);
        assertThat(back.headers().firstValue("Location")).contains("/desk/mlsys-2026");
        assertThat(set(back, "__Host-staff-request")).contains("Max-Age=0");
        JWTClaimsSet seen = seenByServices(session(back));
        assertThat(seen.getSubject()).isEqualTo("subject-1");
        assertThat(seen.getClaim("name")).isEqualTo("Grace Hopper");
        assertThat(seen.getClaim("email")).isEqualTo("grace@example.org");
        assertThat(seen.getClaim("roles")).isEqualTo(List.of("organiser"));
        assertThat(seen.getIssuer()).isEqualTo(ServiceFixture.PUBLIC_URL);
    }

    @Test
    void sign_in_without_a_target_leads_to_the_desk() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).build(), KEY);
        assertThat(callback(begun).headers().firstValue("Location")).contains("/desk");
    }

    @Test
    void state_nonce_and_verifier_can_be_read_by_nobody_else() {
        Begun begun = begin("/desk");
        assertThat(begun.cookie().split("\\.", -1)).hasSize(5);
        assertThat(new String(
                        Base64.getUrlDecoder().decode(begun.cookie().split("[=.]", -1)[1]), StandardCharsets.UTF_8))
                .contains("A256GCM");
        assertThat(begun.cookie()).doesNotContain(begun.parameter("state"));
    }

    @Test
    void a_callback_with_another_state_is_refused() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).build(), KEY);
        assertRefused(gateway.get("/sign-in/callback?code=c&state=forged", "Cookie", begun.cookie()), 401);
        assertRefused(gateway.get("/sign-in/callback?code=c", "Cookie", begun.cookie()), 401);
        assertRefused(gateway.get("/sign-in/callback?code=c&state=" + begun.parameter("state")), 401);
        Begun another = begin("");
        assertRefused(
                gateway.get("/sign-in/callback?code=c&state=" + encoded(begun, "state"), "Cookie", another.cookie()),
                401);
        assertThat(ISSUER.received()).noneMatch(request -> request.uri().startsWith("/token"));
    }

    @Test
    void a_replayed_code_is_refused() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).build(), KEY);
        assertThat(callback(begun).statusCode()).isEqualTo(303);
        assertRefused(callback(begun), 401);
    }

    @Test
    void an_id_token_for_another_client_or_sign_in_is_refused() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).audience("another-client").build(), KEY);
        assertRefused(callback(begun), 401);
        uses.set(0);
        answerWith(begun, idToken(begun).claim("nonce", "of another").build(), KEY);
        assertRefused(callback(begun), 401);
        uses.set(0);
        answerWith(begun, idToken(begun).issuer("https://evil.example").build(), KEY);
        assertRefused(callback(begun), 401);
        uses.set(0);
        answerWith(begun, idToken(begun).build(), newKey("one"));
        assertRefused(callback(begun), 401);
    }

    @Test
    void somebody_without_a_role_or_who_breaks_off_is_not_signed_in() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).claim("groups", List.of("attendees")).build(), KEY);
        HttpResponse<String> stranger = callback(begun);
        assertRefused(stranger, 403);
        assertThat(stranger.body()).contains("no role in running a conference");
        HttpResponse<String> brokenOff = gateway.get(
                "/sign-in/callback?error=access_denied&state=" + encoded(begun, "state"), "Cookie", begun.cookie());
        assertRefused(brokenOff, 401);
        assertThat(brokenOff.body()).contains("cancelled or took too long").doesNotContain("no role");
    }

    @Test
    void a_log_has_the_reason_of_a_refusal_and_not_what_a_browser_made_of_it() {
        Logger logger = (Logger) LoggerFactory.getLogger(ProviderSignIn.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        try {
            for (String error : List.of("access_denied", "my+card+is+4242424242424242")) {
                Begun begun = begin("");
                gateway.get(
                        "/sign-in/callback?error=" + error + "&state=" + encoded(begun, "state"),
                        "Cookie",
                        begun.cookie());
            }
        } finally {
            logger.detachAppender(logged);
        }
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "A sign-in at the OpenID Connect issuer was refused: access_denied",
                        "A sign-in at the OpenID Connect issuer was refused: for a reason of its own");
    }

    @Test
    void session_survives_an_issuer_outage() {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).build(), KEY);
        String session = session(callback(begun));
        ISSUER.stop();
        try {
            assertThat(seenByServices(session).getSubject()).isEqualTo("subject-1");
            HttpResponse<String> back = callback(begun);
            assertRefused(back, 503);
            assertThat(back.headers().firstValue("Retry-After")).isPresent();
            assertThat(back.body()).contains("Your sign-in provider is not responding right now.");
        } finally {
            ISSUER.startAgain();
        }
    }

    @Test
    void a_session_of_a_local_account_is_none_once_there_is_an_issuer() {
        assertThat(gateway.get("/sign-in", "Cookie", sessionBy(ISSUER.url())).body())
                .contains("Signed in as <strong>Ada Lovelace</strong>");
        assertThat(gateway.get("/sign-in", "Cookie", sessionBy("")).statusCode())
                .isEqualTo(303);
    }

    /** A test mail of an announcement goes to the email address in the caller's token. */
    @Test
    void bearer_of_a_token_of_the_issuer_is_known_by_name_address_and_role() throws ParseException {
        JWTClaimsSet known = knownByEmail("grace@example.org");
        assertThat(known.getIssuer()).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(known.getSubject()).isEqualTo("subject-1");
        assertThat(known.getClaims())
                .containsEntry("name", "Grace Hopper")
                .containsEntry("email", "grace@example.org")
                .containsEntry("roles", List.of("organiser"))
                .as("no session of a browser")
                .doesNotContainKey("sid");
    }

    @Test
    void claim_that_is_no_text_is_no_address() throws ParseException {
        assertThat(knownByEmail(List.of("grace@example.org")).getClaims()).doesNotContainKey("email");
    }

    private JWTClaimsSet knownByEmail(Object email) throws ParseException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder(claims(ISSUER.url()))
                .claim("name", "Grace Hopper")
                .claim("email", email)
                .claim("groups", List.of("organiser"))
                .build();
        gateway.get(ADMIN, "Authorization", "Bearer " + signed(claims, KEY));
        String seen = gateway.registration.received().getLast().header("Authorization");
        return SignedJWT.parse(seen.substring("Bearer ".length())).getJWTClaimsSet();
    }

    /** The gateway fetches the issuer's keys neither for a session nor for a token of another issuer. */
    @Test
    void other_tokens_fetch_no_issuer_keys() {
        ISSUER.stop();
        try {
            assertThat(gateway.get(ADMIN, "Cookie", sessionBy("")).statusCode()).isEqualTo(200);
            assertThat(gateway.get(
                                    ADMIN,
                                    "Authorization",
                                    "Bearer " + signed(claims("https://evil.example"), newKey("two")))
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            ISSUER.startAgain();
        }
    }

    private static JWTClaimsSet claims(String issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("registration")
                .subject("subject-1")
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .build();
    }

    private String sessionBy(String issuer) {
        Instant now = tokens.now();
        JWTClaimsSet.Builder claims = StaffTokenIssuer.claims(
                        new Member(new Person("ada", "Ada Lovelace"), null, Set.of(Role.Grant.of(Role.ORGANISER))))
                .claim("sid", UUID.randomUUID().toString())
                .claim("auth_time", now.getEpochSecond())
                .claim("by", issuer)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)));
        return "__Host-staff=" + tokens.sign("staff-session+jwt", claims);
    }

    @Test
    void signing_out_leads_to_the_issuer_and_back() throws ParseException {
        Begun begun = begin("");
        answerWith(begun, idToken(begun).build(), KEY);
        HttpResponse<String> back = callback(begun);
        String session = session(back);
        String idToken = set(back, "staff-id-token").split(";", 2)[0];
        assertThat(set(back, "staff-id-token")).contains("Path=/sign-out", "HttpOnly");
        String id = SignedJWT.parse(session.split("=", 2)[1]).getJWTClaimsSet().getStringClaim("sid");
        gateway.registration.on("/internal/staff-sessions/" + id, 200, "application/json", "{\"ended\": false}");

        HttpResponse<String> out = gateway.send(
                "/sign-out",
                request -> request.headers("Cookie", session + "; " + idToken, "Origin", ServiceFixture.PUBLIC_URL)
                        .POST(HttpRequest.BodyPublishers.noBody()));

        // Browsers apply form-action to a redirect after a form too, wherever it leads, so the page redirects itself.
        assertThat(out.statusCode()).isEqualTo(200);
        String refresh = out.headers().firstValue("Refresh").orElseThrow();
        assertThat(refresh).startsWith("0; url=https://out.example.net/logout?");
        URI place = URI.create(refresh.substring("0; url=".length()));
        assertThat(out.body()).contains("href=\"" + place.toString().replace("&", "&amp;") + "\"");
        assertThat(set(out, "__Host-staff")).contains("Max-Age=0");
        assertThat(set(out, "staff-id-token")).contains("Max-Age=0");
        MultiValueMap<String, String> query =
                UriComponentsBuilder.fromUri(place).build().getQueryParams();
        assertThat(query.getFirst("id_token_hint")).isEqualTo(idToken.split("=", 2)[1]);
        assertThat(query.getFirst("post_logout_redirect_uri")).contains("register.example.org", "sign-out");
        assertThat(gateway.get("/api/ops/status", "Cookie", session).statusCode())
                .isEqualTo(401);
    }

    /** The issuer's session may outlive the gateway's session, and would then sign in the next person at this browser. */
    @Test
    void signing_out_leads_to_the_issuer_though_the_session_has_ended() {
        HttpResponse<String> out = gateway.send(
                "/sign-out",
                request -> request.headers("Cookie", "staff-id-token=a.b.c", "Origin", ServiceFixture.PUBLIC_URL)
                        .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(out.headers().firstValue("Refresh").orElseThrow())
                .startsWith("0; url=https://out.example.net/logout?")
                .contains("id_token_hint=a.b.c");
        HttpResponse<String> stranger = gateway.send(
                "/sign-out",
                request ->
                        request.header("Origin", ServiceFixture.PUBLIC_URL).POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(stranger.statusCode()).isEqualTo(303);
        assertThat(stranger.headers().firstValue("Location")).contains("/sign-out");
    }

    private Begun begin(String to) {
        HttpResponse<String> led = gateway.get("/sign-in?to=" + to);
        assertThat(led.statusCode()).as(led.body()).isEqualTo(303);
        String place = led.headers().firstValue("Location").orElseThrow();
        assertThat(place).startsWith(ISSUER.url() + "/authorize?");
        return new Begun(
                Arrays.stream(URI.create(place).getRawQuery().split("&", -1))
                        .map(pair -> pair.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> decoded(pair[1]))),
                set(led, "__Host-staff-request").split(";", 2)[0]);
    }

    private HttpResponse<String> callback(Begun begun) {
        return gateway.get("/sign-in/callback?code=c&state=" + encoded(begun, "state"), "Cookie", begun.cookie());
    }

    private static String encoded(Begun begun, String parameter) {
        return URLEncoder.encode(begun.parameter(parameter), StandardCharsets.UTF_8);
    }

    private static String decoded(String value) {
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    /** The issuer's token endpoint gives this token once, for a code with the right verifier. */
    private void answerWith(Begun begun, JWTClaimsSet claims, RSAKey key) {
        String token = signed(claims, key);
        ISSUER.on("/token", exchange -> {
            String body = new String(ISSUER.received().getLast().body(), StandardCharsets.UTF_8);
            MultiValueMap<String, String> form =
                    UriComponentsBuilder.newInstance().query(body).build().getQueryParams();
            boolean good =
                    challenge(String.valueOf(form.getFirst("code_verifier"))).equals(begun.parameter("code_challenge"))
                            && uses.incrementAndGet() == 1;
            StubService.send(
                    exchange,
                    good ? 200 : 400,
                    "application/json",
                    good
                            ? "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":60,\"scope\":\"openid\",\"id_token\":\"%s\"}"
                                    .formatted(token)
                            : "{\"error\":\"invalid_grant\"}");
        });
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static JWTClaimsSet.Builder idToken(Begun begun) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER.url())
                .audience(CLIENT)
                .subject("subject-1")
                .claim("nonce", begun.parameter("nonce"))
                .claim("name", "Grace Hopper")
                .claim("email", "grace@example.org")
                .claim("groups", List.of("organiser", "navy"))
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return token.serialize();
    }

    private static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(HttpResponse<String> back, int status) {
        assertThat(back.statusCode()).as(back.body()).isEqualTo(status);
        assertThat(back.body()).contains("You are not signed in");
        assertThat(back.headers().allValues("Set-Cookie")).noneMatch(set -> set.startsWith("__Host-staff="));
    }

    private static String set(HttpResponse<String> response, String cookie) {
        return response.headers().allValues("Set-Cookie").stream()
                .filter(set -> set.startsWith(cookie + "="))
                .findFirst()
                .orElseThrow();
    }

    private static String session(HttpResponse<String> response) {
        return set(response, "__Host-staff").split(";", 2)[0];
    }

    private JWTClaimsSet seenByServices(String session) {
        gateway.get(ADMIN, "Cookie", session);
        String seen = gateway.registration.received().getLast().header("Cookie");
        assertThat(seen).startsWith("staff=");
        try {
            return SignedJWT.parse(seen.substring("staff=".length())).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new AssertionError(seen, e);
        }
    }
}
