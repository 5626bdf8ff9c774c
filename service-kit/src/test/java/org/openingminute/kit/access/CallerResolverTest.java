package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.http.Cookie;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.testing.StaffIssuer;
import org.openingminute.kit.testing.TokenVectors;
import org.springframework.mock.web.MockHttpServletRequest;

class CallerResolverTest {

    private static final String PUBLIC = "https://conference.example";
    private static final UUID ID = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final UUID OTHER = UUID.fromString("019c1f4b-fe80-7612-8092-5a1d1c30264e");
    private static final AccessTokens TOKENS = AccessTokens.of(TokenVectors.KEYS);
    private static final String TOKEN = TOKENS.sign(AccessToken.ofContact(ID, 0));

    private static StaffIssuer issuer;

    private final CallerResolver callers = resolver(issuer.jwksUri());

    private static CallerResolver resolver(String jwksUri) {
        return CallerResolver.of(
                new AccessSettings(PUBLIC, TokenVectors.KEYS, StaffTrust.ofGateway(PUBLIC, "", jwksUri)),
                Clock.systemUTC());
    }

    @BeforeAll
    static void publish_keys() {
        issuer = new StaffIssuer();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    @Test
    void registrant_opens_the_own_registration_and_no_other() {
        assertThat(callers.forRegistration(bearer("GET", TOKEN), ID, Permission.ORGANISE))
                .isEqualTo(new Caller.Registrant(AccessToken.ofContact(ID, 0)));
        refused(CommonProblem.FORBIDDEN, bearer("GET", TOKEN), OTHER);
        refused(CommonProblem.UNAUTHENTICATED, bearer("GET", TOKEN + "x"), ID);
        refused(CommonProblem.UNAUTHENTICATED, new MockHttpServletRequest("GET", "/"), ID);
    }

    @Test
    void registrant_is_no_staff() {
        refused(CommonProblem.FORBIDDEN, bearer("GET", TOKEN), null);
    }

    @Test
    void header_goes_before_a_cookie() {
        MockHttpServletRequest both = bearer("GET", "k1.nonsense");
        both.setCookies(new Cookie("registration-" + ID, TOKEN));
        refused(CommonProblem.UNAUTHENTICATED, both, ID);
    }

    @Test
    void organisers_session_goes_before_a_links_cookie_and_no_other_session_does() {
        for (String link : List.of(TOKEN, "k1.nonsense")) {
            assertThat(callers.forRegistration(
                            cookies(link, issuer.token(PUBLIC, "olga", "organiser")), ID, Permission.ORGANISE))
                    .isInstanceOf(Caller.Staff.class);
        }
        for (String session : List.of(
                issuer.token(PUBLIC, "ope", "operator"),
                issuer.token(PUBLIC, "olga", "organiser:here"),
                "a.b.c",
                "nonsense")) {
            assertThat(callers.forRegistration(cookies(TOKEN, session), ID, Permission.READ_REGISTRATION))
                    .isInstanceOf(Caller.Registrant.class);
            refused(CommonProblem.UNAUTHENTICATED, cookies("k1.nonsense", session), ID);
        }
    }

    private static MockHttpServletRequest cookies(String link, String session) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.setCookies(new Cookie("registration-" + ID, link), new Cookie("staff", session));
        return request;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Bearer", "Bearer ", "bearer\tx", "Bearer a.b.c.d.e.f"})
    void header_of_another_form_is_no_token(String header) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.addHeader("Authorization", header);
        request.setCookies(new Cookie("registration-" + ID, TOKEN));
        refused(CommonProblem.UNAUTHENTICATED, request, ID);
    }

    @Test
    void scheme_of_the_header_is_read_in_any_case() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.addHeader("Authorization", "bEARER  " + TOKEN + " ");
        assertThat(callers.forRegistration(request, ID, Permission.READ_REGISTRATION))
                .isInstanceOf(Caller.Registrant.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://conference.example, -",
                "https://conference.example, https://evil.example/",
                "https://conference.example:443, -",
                "HTTPS://Conference.Example, -",
                "-, https://conference.example",
                "-, https://conference.example/registrations/1"
            })
    void cookie_writes_from_our_own_pages(@Nullable String origin, @Nullable String referer) {
        assertThat(callers.forRegistration(cookie("POST", TOKEN, origin, referer), ID, Permission.READ_REGISTRATION))
                .isInstanceOf(Caller.Registrant.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -",
                "null, -",
                "https://evil.example, https://conference.example/registrations/1",
                "https://conference.example.evil.example, -",
                "https://conference.example/, -",
                "http://conference.example, -",
                "https://conference.example:8443, -",
                "https://olga@conference.example, -",
                "https://conference.example?, -",
                "https://not a url, -",
                "-, https://conference.example@evil.example/",
                "-, https://conference.example.evil.example/"
            })
    void cookie_writes_from_nowhere_else(@Nullable String origin, @Nullable String referer) {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            refused(CommonProblem.FORBIDDEN, cookie(method, TOKEN, origin, referer), ID);
        }
        for (String method : List.of("GET", "HEAD")) {
            assertThat(callers.forRegistration(
                            cookie(method, TOKEN, origin, referer), ID, Permission.READ_REGISTRATION))
                    .isInstanceOf(Caller.Registrant.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "null, -, POST, false",
                "https://evil.example, -, POST, false",
                "https://evil.example, https://conference.example/, DELETE, false",
                "-, https://evil.example/, POST, false",
                "https://evil.example, -, GET, true",
                "https://conference.example, -, POST, true",
                "-, https://conference.example/open, POST, true",
                "-, -, POST, true"
            })
    void write_without_a_cookie_comes_from_no_other_site(
            @Nullable String origin, @Nullable String referer, String method, boolean passes) {
        MockHttpServletRequest request = cookie(method, TOKEN, origin, referer);
        request.setCookies();
        if (passes) {
            callers.refuseForeignPage(request);
        } else {
            assertThat(catchThrowableOfType(Problem.class, () -> callers.refuseForeignPage(request))
                            .code())
                    .isEqualTo(CommonProblem.FORBIDDEN);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://Conference.Example:443, https://conference.example, true",
        "http://conference.example:80, http://conference.example, true",
        "http://localhost:8080, http://localhost:8080, true",
        "http://localhost:8080, http://127.0.0.1:8080, false",
        "http://localhost:8080, http://localhost, false"
    })
    void public_url_is_compared_as_browsers_write_it(String publicUrl, String origin, boolean passes) {
        CallerResolver deployed =
                CallerResolver.of(new AccessSettings(publicUrl, TokenVectors.KEYS, StaffTrust.NONE), Clock.systemUTC());
        MockHttpServletRequest request = cookie("POST", TOKEN, origin, null);
        if (passes) {
            assertThat(deployed.forRegistration(request, ID, Permission.READ_REGISTRATION))
                    .isInstanceOf(Caller.Registrant.class);
        } else {
            assertThat(catchThrowableOfType(
                                    Problem.class,
                                    () -> deployed.forRegistration(request, ID, Permission.READ_REGISTRATION))
                            .code())
                    .isEqualTo(CommonProblem.FORBIDDEN);
        }
    }

    @Test
    void browser_forgets_its_registrations_and_nothing_else() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
        request.setCookies(
                new Cookie("registration-" + ID, TOKEN),
                new Cookie("staff", "x"),
                new Cookie("registration-" + OTHER, ""));

        assertThat(callers.forgetting(request)).allSatisfy(cookie -> {
            assertThat(cookie.getMaxAge()).isZero();
            assertThat(cookie.getValue()).isEmpty();
            assertThat(cookie.getPath()).isEqualTo("/");
        });
        assertThat(callers.forgetting(request))
                .extracting(cookie -> cookie.getName())
                .containsExactly("registration-" + ID, "registration-" + OTHER);
        assertThat(callers.forgetting(new MockHttpServletRequest("POST", "/"))).isEmpty();
    }

    @Test
    void origin_is_checked_before_the_token() {
        refused(CommonProblem.FORBIDDEN, cookie("POST", "k1.nonsense", "https://evil.example", null), ID);
        refused(CommonProblem.UNAUTHENTICATED, cookie("POST", "k1.nonsense", PUBLIC, null), ID);
    }

    @Test
    void staff_are_who_their_token_says() throws Exception {
        String token = issuer.token(PUBLIC, "olga", "organiser", "check-in", "of-a-later-version");

        Instant end =
                SignedJWT.parse(token).getJWTClaimsSet().getExpirationTime().toInstant();
        assertThat(callers.staff(bearer("GET", token), Permission.ORGANISE))
                .isEqualTo(new Caller.Staff(
                        new Person("olga", StaffIssuer.nameOf("olga"), Role.ORGANISER),
                        Set.of(Role.Grant.of(Role.ORGANISER)),
                        end));
        assertThat(callers.forRegistration(bearer("GET", token), OTHER, Permission.ADMIT))
                .isInstanceOf(Caller.Staff.class);
    }

    @Test
    void staff_need_one_of_the_roles() {
        String token = issuer.token(PUBLIC, "ope", "operator");
        Problem problem =
                catchThrowableOfType(Problem.class, () -> callers.staff(bearer("GET", token), Permission.ADMIT));

        assertThat(problem.code()).isEqualTo(CommonProblem.FORBIDDEN);
        assertThat(problem.detail()).isEqualTo("This requires the role organiser or check-in.");
    }

    @Test
    void a_role_for_one_scope_counts_there_alone() {
        String token = issuer.token(
                PUBLIC, "olga", "organiser:here", "finance:there", "check-in", "operator:here", "finance:");

        Caller.Staff here = callers.staff(bearer("GET", token), Permission.KEEP_ACCOUNTS, "here");
        Caller.Staff there = callers.staff(bearer("GET", token), Permission.KEEP_ACCOUNTS, "there");

        assertThat(here.person().role()).isEqualTo(Role.ORGANISER);
        assertThat(there.person().role()).isEqualTo(Role.FINANCE);
        assertThat(callers.staff(bearer("GET", token), Permission.KEEP_ACCOUNTS).scopes())
                .contains(Set.of("here", "there"));
        assertThat(callers.staff(bearer("GET", token), Permission.ADMIT).scopes())
                .isEmpty();
        assertThat(callers.staff(bearer("GET", token), Permission.ADMIT, "elsewhere")
                        .roles())
                .containsExactly(Role.CHECK_IN);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> callers.staff(bearer("GET", token), Permission.KEEP_ACCOUNTS, "elsewhere"),
                () -> callers.staff(bearer("GET", token), Permission.ORGANISE, "there"),
                () -> callers.staff(bearer("GET", token), Permission.ORGANISE).everywhere(),
                () -> callers.staff(bearer("GET", token), Permission.OPERATE))) {
            assertThat(catchThrowableOfType(Problem.class, call).code()).isEqualTo(CommonProblem.FORBIDDEN);
        }
    }

    @Test
    void bad_staff_tokens_are_refused() {
        for (String token : List.of(
                issuer.signed(
                        issuer.keyId(),
                        new JWTClaimsSet.Builder()
                                .issuer("https://other.example")
                                .audience(PUBLIC)
                                .subject("olga")
                                .claim("roles", List.of("organiser"))
                                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                                .build()),
                issuer.token(PUBLIC, "olga", Instant.now().minusSeconds(600), "organiser"),
                issuer.token(PUBLIC, null, Instant.now().plusSeconds(600), "organiser"),
                issuer.token(PUBLIC, "olga", "organiser").replaceFirst("\\.[^.]+\\.", ".e30."),
                "a.b.c")) {
            refused(CommonProblem.UNAUTHENTICATED, bearer("GET", token), null);
        }
    }

    @Test
    void new_staff_key_is_taken_at_once_and_the_old_one_until_then() {
        try (StaffIssuer changing = new StaffIssuer()) {
            CallerResolver service = resolver(changing.jwksUri());
            MockHttpServletRequest before = bearer("GET", changing.token(PUBLIC, "olga", "organiser"));
            service.staff(before, Permission.ORGANISE);
            changing.changeKey();
            MockHttpServletRequest after = bearer("GET", changing.token(PUBLIC, "otto", "organiser"));

            assertThat(service.staff(before, Permission.ORGANISE).account()).isEqualTo("olga");
            assertThat(service.staff(after, Permission.ORGANISE).account()).isEqualTo("otto");
            assertThat(catchThrowableOfType(Problem.class, () -> service.staff(before, Permission.ORGANISE))
                            .code())
                    .isEqualTo(CommonProblem.UNAUTHENTICATED);
        }
    }

    @Test
    void nobody_is_staff_where_no_keys_are_configured() {
        String token = issuer.token(PUBLIC, "olga", "organiser");
        Problem problem = catchThrowableOfType(
                Problem.class, () -> resolver("").staff(bearer("GET", token), Permission.ORGANISE));
        assertThat(problem.code()).isEqualTo(CommonProblem.UNAUTHENTICATED);
    }

    @Test
    void keys_that_cannot_be_read_are_an_outage_and_no_refusal() {
        assertThat(unavailable("http://127.0.0.1:1/jwks.json").retryAfter()).hasValue("2");
    }

    @Test
    void keys_that_do_not_come_are_waited_for_two_seconds() throws Exception {
        // The operating system accepts connections to it, but nobody answers.
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long begun = System.nanoTime();
            unavailable("http://127.0.0.1:" + silent.getLocalPort() + "/jwks.json");
            assertThat(System.nanoTime() - begun).isBetween(1_900_000_000L, 60_000_000_000L);
        }
    }

    private static Problem unavailable(String jwksUri) {
        String token = issuer.token(PUBLIC, "olga", "organiser");
        Problem problem = catchThrowableOfType(
                Problem.class, () -> resolver(jwksUri).staff(bearer("GET", token), Permission.ORGANISE));
        assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE);
        return problem;
    }

    /** @param registration the registration that the call is about, or {@code null} for a call of staff */
    private void refused(CommonProblem code, MockHttpServletRequest request, @Nullable UUID registration) {
        Problem problem = catchThrowableOfType(
                Problem.class,
                () -> assertThat(
                                registration == null
                                        ? callers.staff(request, Permission.END_SESSION)
                                        : callers.forRegistration(request, registration, Permission.READ_REGISTRATION))
                        .isNull());
        assertThat(problem).isNotNull();
        assertThat(problem.code()).isEqualTo(code);
    }

    private static MockHttpServletRequest bearer(String method, String token) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
        request.addHeader("Authorization", "Bearer " + token);
        return request;
    }

    private static MockHttpServletRequest cookie(
            String method, String token, @Nullable String origin, @Nullable String referer) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
        request.setCookies(new Cookie("registration-" + ID, token));
        if (origin != null) {
            request.addHeader("Origin", origin);
        }
        if (referer != null) {
            request.addHeader("Referer", referer);
        }
        return request;
    }
}
