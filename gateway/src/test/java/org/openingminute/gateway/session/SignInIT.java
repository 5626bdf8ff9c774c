package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.ops.ServiceProbe;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import reactor.core.Disposable;

/** Proves sign-in and sign-out with local accounts on a running gateway, by forms and without JavaScript. */
@GatewayTest(surroundings = SignInIT.WithPeople.class)
class SignInIT {

    private static final String ADMIN = "/api/admin/conferences/mlsys-2026";
    private static final String[] OUR_PAGE = {"Origin", ServiceFixture.PUBLIC_URL};

    /** Ada has an account, and Dora one for the door of a conference. A trusted proxy sets the address of each client. */
    static final class WithPeople extends ServiceFixture.Surroundings {

        WithPeople() {
            super(
                    "TRUSTED_PROXIES=127.0.0.1",
                    // The limit filter reads a credential before the session is exchanged for a token.
                    "LIMITS=on",
                    // Longer than a busy machine takes from one guess to the next.
                    "gateway.staff.sign-in.first-pause=30s",
                    "STAFF_ACCOUNTS=ada|Ada Lovelace|ada@example.org|organiser operator|" + hash()
                            + ";dora|Dora Door||check-in:mlsys-2026|" + hash());
        }

        private static String hash() {
            return new Argon2PasswordEncoder(16, 32, 1, 64, 1).encode("correct horse battery");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private SessionCookies cookies;

    @Autowired
    private ServiceProbe services;

    @Autowired
    private MeterRegistry meters;

    @Test
    void the_form_comes_in_both_languages_without_scripts() {
        HttpResponse<String> english = gateway.get("/sign-in?to=/desk/mlsys-2026");
        assertThat(english.statusCode()).isEqualTo(200);
        assertThat(english.body())
                .contains("<h1>Sign in</h1>", "name=\"to\" value=\"/desk/mlsys-2026\"", "for=\"password\"")
                .doesNotContain("<script", "{");
        assertThat(english.headers().firstValue("Cache-Control")).contains("no-store");
        HttpResponse<String> german = gateway.get("/sign-in", "Accept-Language", "de");
        assertThat(german.body())
                .contains("<html lang=\"de\">", "<h1>Anmelden</h1>")
                .doesNotContain("Sign in");
    }

    @Test
    void a_person_signs_in_and_services_see_a_token_with_subject_and_name() {
        HttpResponse<String> signedIn = signIn("ada", "correct horse battery", "/desk/mlsys-2026");
        assertThat(signedIn.statusCode()).isEqualTo(303);
        assertThat(signedIn.headers().firstValue("Location")).contains("/desk/mlsys-2026");
        String set = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set)
                .startsWith("__Host-staff=")
                .contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax")
                .containsPattern("; Max-Age=(28800|2879\\d)(;|$)")
                .doesNotContain("Domain");

        JWTClaimsSet seen = seenByServices(cookie(signedIn));
        assertThat(seen.getSubject()).isEqualTo("ada");
        assertThat(claim(seen, "name")).isEqualTo("Ada Lovelace");
        assertThat(claim(seen, "email")).isEqualTo("ada@example.org");
        assertThat(claim(seen, "sid")).isNotNull().isEqualTo(claim(claims(value(signedIn)), "sid"));
        assertThat(seen.getAudience()).containsExactly(ServiceFixture.PUBLIC_URL);
        assertThat(seen.getIssuer()).isEqualTo(ServiceFixture.PUBLIC_URL);
        assertThat(seen.getClaims().get("roles").toString()).isEqualTo("[operator, organiser]");
        assertThat(Duration.between(
                        seen.getIssueTime().toInstant(),
                        seen.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(15));
        assertThat(gateway.get("/api/ops/status", "Cookie", cookie(signedIn)).statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/sign-in", "Cookie", cookie(signedIn)).body())
                .contains(
                        "Signed in as <strong>Ada Lovelace</strong>",
                        "<a href=\"/desk\" class=\"button\">Open the desk</a>",
                        "action=\"/sign-out\"");
    }

    @Test
    void sign_in_without_a_target_leads_to_where_the_account_works() {
        assertThat(signIn("ada", "correct horse battery", "").headers().firstValue("Location"))
                .contains("/desk");
        HttpResponse<String> door = signIn("dora", "correct horse battery", "");
        assertThat(door.headers().firstValue("Location")).contains("/check-in/mlsys-2026");
        assertThat(gateway.get("/sign-in", "Cookie", cookie(door), "Accept-Language", "de")
                        .body())
                .contains("<a href=\"/check-in/mlsys-2026\" class=\"button\">Zum Einlass</a>");
    }

    @Test
    void other_cookies_go_on_and_the_session_itself_does_not() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        gateway.get(ADMIN, "Cookie", "registration-1=k1.x; staff=planted; " + session + "; theme=dark");
        String seen = gateway.registration.received().getLast().header("Cookie");
        assertThat(seen)
                .startsWith("registration-1=k1.x; theme=dark; staff=ey")
                .doesNotContain("planted", "__Host-staff", session);
        gateway.get(ADMIN, "Cookie", "staff=planted");
        assertThat(gateway.registration.received().getLast().header("Cookie")).isEmpty();
    }

    @Test
    void a_wrong_password_shows_the_form_again_and_sets_no_cookie() {
        HttpResponse<String> wrong = signIn("ada", "a guess", "/desk/x", "Accept-Language", "de");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body())
                .contains("Benutzername oder Passwort ist falsch.", "value=\"/desk/x\"", "value=\"ada\"")
                .doesNotContain("a guess");
        assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
        HttpResponse<String> empty = signIn("ada", "", "");
        assertThat(empty.statusCode()).isEqualTo(422);
        assertThat(empty.body()).contains("Please fill in both fields");
    }

    /** Covers the second of two tabs that were both redirected to the form. */
    @Test
    void signed_in_user_skips_the_form() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        HttpResponse<String> led = gateway.get("/sign-in?to=/desk/mlsys-2026", "Cookie", session);
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(led.headers().firstValue("Location")).contains("/desk/mlsys-2026");
        assertThat(gateway.get("/sign-in?to=//evil.example", "Cookie", session).body())
                .contains("Signed in as <strong>Ada Lovelace</strong>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example", "https://evil.example/", "/\\evil.example"})
    void another_site_is_no_place_to_return_to(String to) {
        HttpResponse<String> signedIn = signIn("ada", "correct horse battery", to);
        assertThat(signedIn.headers().firstValue("Location")).contains("/desk");
        assertThat(gateway.get("/sign-in?to=" + encoded(to)).body()).doesNotContain("evil");
    }

    @Test
    void sign_in_and_out_are_forms_of_our_own_pages() {
        assertThat(form("/sign-in", "username=ada&password=correct+horse+battery")
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> foreign =
                form("/sign-in", "username=ada&password=correct+horse+battery", "Origin", "https://evil.example");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.body()).contains("Please sign in at " + ServiceFixture.PUBLIC_URL + "/sign-in.");
        assertThat(foreign.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(gateway.post(
                                "/api/session",
                                "{\"username\":\"ada\",\"password\":\"correct horse battery\"}",
                                "Origin",
                                "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        String session = cookie(signIn("ada", "correct horse battery", ""));
        assertThat(form("/sign-out", "", "Origin", "https://evil.example", "Cookie", session)
                        .statusCode())
                .isEqualTo(403);
        assertThat(seenByServices(session).getSubject()).isEqualTo("ada");
    }

    /** A browser sends no session from another site, and would drop its cookie because of the response. */
    @Test
    void a_page_of_another_site_makes_no_browser_forget_its_session() {
        HttpResponse<String> foreign = form("/sign-out", "", "Origin", "https://evil.example");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(form("/sign-out", "").statusCode()).as("from a program").isEqualTo(303);
    }

    @ParameterizedTest
    @CsvSource({
        "/sign-in, to=%ff, 400",
        "/sign-in, to=%zz, 400",
        "/sign-in, username=ada&password=%00, 422",
        "/sign-in, x=%00, 422",
        "/sign-out, x=%ff, 400",
        "/sign-out, x=%00, 422",
        "/sign-out, {}, 400"
    })
    void a_form_that_cannot_be_read_is_refused(String path, String body, int status) {
        HttpResponse<String> refused = form(path, body, OUR_PAGE);
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void signing_out_ends_the_session_for_every_gateway() throws ParseException {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        String id = SignedJWT.parse(session.substring(session.indexOf('=') + 1))
                .getJWTClaimsSet()
                .getStringClaim("sid");
        gateway.registration.on("/internal/staff-sessions/" + id, 200, "application/json", "{\"ended\": false}");
        assertThat(gateway.get("/sign-out", "Cookie", session).body()).contains("Signed in as", "action=\"/sign-out\"");

        HttpResponse<String> out = form("/sign-out", "", with(OUR_PAGE, "Cookie", session));

        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(out.headers().firstValue("Location")).contains("/sign-out");
        assertThat(out.headers().allValues("Set-Cookie"))
                .anySatisfy(set -> assertThat(set).startsWith("__Host-staff=;").contains("Max-Age=0"));
        StubService.Received told = gateway.registration.received().getLast();
        assertThat(told.method()).isEqualTo("PUT");
        assertThat(told.uri()).isEqualTo("/internal/staff-sessions/" + id);
        assertThat(told.header("Authorization")).startsWith("Bearer ey");
        assertThat(new String(told.body(), StandardCharsets.UTF_8)).contains("endsAt");
        assertRefused(session);
        assertThat(gateway.get("/sign-out").body()).contains("You are signed out");
    }

    @Test
    void a_session_that_another_gateway_ended_is_refused() throws ParseException {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        String id = SignedJWT.parse(session.substring(session.indexOf('=') + 1))
                .getJWTClaimsSet()
                .getStringClaim("sid");
        assertThat(seenByServices(session).getSubject()).isEqualTo("ada");
        gateway.registration.on("/internal/staff-sessions/" + id, 200, "application/json", "{\"ended\": true}");
        assertRefused(session);
    }

    @ParameterizedTest
    @CsvSource({"503, {}", "500, no", "404, {}", "200, no"})
    void session_unconfirmed_by_a_running_service_is_refused(int status, String body) {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        gateway.registration.on("/internal/staff-sessions/*", status, "application/json", body);
        HttpResponse<String> refused = gateway.get("/api/payments/1", "Cookie", session);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(gateway.payment.received()).isEmpty();
    }

    @Test
    void other_calls_cannot_exhaust_session_connections() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        CompletableFuture<Void> never = new CompletableFuture<>();
        gateway.registration.on("/internal/status", _ -> never.join());
        List<Disposable> others = Stream.generate(() -> services.object(Service.REGISTRATION, "/internal/status")
                        .subscribe())
                .limit(200)
                .toList();
        try {
            assertThat(seenByServices(session).getSubject()).isEqualTo("ada");
        } finally {
            never.complete(null);
            others.forEach(Disposable::dispose);
        }
    }

    @Test
    void sessions_go_on_while_no_connection_is_made_to_the_service_that_knows() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        gateway.registration.stop();
        try {
            // A pooled connection may fail at first.
            await().until(() ->
                    gateway.get("/api/payments/1", "Cookie", session).statusCode() == 200);
            assertThat(gateway.payment.received().getLast().header("Cookie")).startsWith("staff=ey");
        } finally {
            gateway.registration.startAgain();
        }
    }

    @Test
    void incomplete_sign_out_is_reported() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        gateway.registration.stop();
        try {
            // A pooled connection may fail at first.
            await().until(() ->
                    gateway.get("/api/payments/1", "Cookie", session).statusCode() == 200);
            HttpResponse<String> out = form("/sign-out", "", with(OUR_PAGE, "Cookie", session));
            assertThat(out.statusCode()).isEqualTo(503);
            assertThat(out.headers().firstValue("Retry-After")).isPresent();
            assertThat(out.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(out.body())
                    .contains("<h1>You are still signed in</h1>", "action=\"/sign-out\"", "ended everywhere");
        } finally {
            gateway.registration.startAgain();
        }
    }

    @Test
    void a_session_is_renewed_while_it_is_used_and_ends_by_itself() {
        StaffSession first =
                cookies.read(value(signIn("ada", "correct horse battery", ""))).orElseThrow();
        assertThat(get(ADMIN, new StaffSession(first.id(), first.member(), first.startedAt(), first.usedAt()))
                        .headers()
                        .firstValue("Set-Cookie"))
                .isEmpty();
        StaffSession old = used(first, Duration.ofHours(13), Duration.ofHours(7));
        HttpResponse<String> renewed = get(ADMIN, old);
        assertThat(cookies.read(value(renewed)).orElseThrow().startedAt()).isEqualTo(old.startedAt());
        assertThat(renewed.headers().firstValue("Set-Cookie").orElseThrow()).containsPattern("Max-Age=(3600|359\\d)");
        assertRefused("__Host-staff="
                + cookies.cookie(used(first, Duration.ofHours(14), Duration.ofHours(1)))
                        .getValue());
        assertRefused("__Host-staff="
                + cookies.cookie(used(first, Duration.ofHours(9), Duration.ofHours(8)))
                        .getValue());
    }

    @Test
    void a_session_has_what_the_account_has_now() {
        StaffSession first =
                cookies.read(value(signIn("ada", "correct horse battery", ""))).orElseThrow();
        Member before = new Member(new Person("ada", "Ada Byron"), null, Set.of(Role.Grant.of(Role.CHECK_IN)));
        JWTClaimsSet seen = seenByServices(
                "__Host-staff=" + cookies.cookie(first.heldBy(before)).getValue());
        assertThat(seen.getClaims()).containsEntry("name", "Ada Lovelace");
        assertThat(seen.getClaim("roles").toString()).isEqualTo("[operator, organiser]");
        Member gone = new Member(new Person("gone", "Gone"), null, Set.of(Role.Grant.of(Role.ORGANISER)));
        assertRefused("__Host-staff=" + cookies.cookie(first.heldBy(gone)).getValue());
    }

    @Test
    void an_answer_that_others_may_keep_renews_nobodys_session() {
        gateway.registration.on(ADMIN, exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=10, public");
            StubService.send(exchange, 200, "text/html", "the same for all");
        });
        StaffSession first =
                cookies.read(value(signIn("ada", "correct horse battery", ""))).orElseThrow();
        HttpResponse<String> kept = get(ADMIN, used(first, Duration.ofHours(2), Duration.ofHours(1)));
        assertThat(kept.statusCode()).isEqualTo(200);
        assertThat(kept.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void a_staff_token_is_no_session_and_a_session_is_no_staff_token() {
        String token = gateway.bearer("organiser").substring("Bearer ".length());
        HttpResponse<String> byCookie = gateway.get("/sign-in", "Cookie", "__Host-staff=" + token);
        assertThat(byCookie.body()).contains("<h1>Sign in</h1>");
        String session = value(signIn("ada", "correct horse battery", ""));
        assertThat(gateway.get("/api/ops/status", "Authorization", "Bearer " + session)
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/desk", "/desk/mlsys-2026?q=a", "/check-in/mlsys-2026", "/ops"})
    void pages_for_staff_lead_to_the_form(String page) {
        HttpResponse<String> led = gateway.get(page, "Accept", "text/html");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(led.headers().firstValue("Location")).contains("/sign-in?to=" + encoded(page));
        assertThat(gateway.send(page, request -> request.method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(303);
        assertThat(gateway.get(page, "Cookie", cookie(signIn("ada", "correct horse battery", "")))
                        .statusCode())
                .isNotEqualTo(303);
    }

    @Test
    void part_of_a_page_for_staff_has_the_whole_page_asked_for_again() {
        HttpResponse<String> part = gateway.get("/desk/mlsys-2026", "Accept", "*/*", "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Refresh")).contains("true");
        assertThat(part.headers().firstValue("Location")).isEmpty();
    }

    @Test
    void file_with_a_session_that_is_no_good_any_more_goes_to_no_service() {
        HttpResponse<String> page = gateway.send(
                "/desk/mlsys-2026/transfers/file",
                request -> request.header("Cookie", "__Host-staff=ended")
                        .header("Content-Type", "multipart/form-data; boundary=x")
                        .header("Accept", "text/html,*/*;q=0.8")
                        .header("Accept-Language", "de")
                        .POST(HttpRequest.BodyPublishers.ofString("--x--\r\n")));
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(page.body()).contains("Es wurde nichts gesendet", "href=\"/sign-in?to=%2Fdesk\"");
        assertThat(gateway.registration.received())
                .noneMatch(request -> request.uri().startsWith("/desk/"));
    }

    @Test
    void gateways_own_pages_of_the_desk_go_to_no_service() {
        String session = cookie(signIn("ada", "correct horse battery", ""));
        for (String page : List.of("/desk/mlsys-2026/audit/nothing", "/desk/mlsys-2026/waiting-room/report/nothing")) {
            assertThat(gateway.get(page, "Cookie", session).statusCode()).isEqualTo(404);
        }
        assertThat(gateway.registration.received())
                .noneMatch(request -> request.uri().startsWith("/desk/"));
    }

    @Test
    void a_thousand_guesses_from_fifty_addresses_do_not_keep_the_owner_out() {
        long told = IntStream.range(0, 50)
                .mapToLong(address -> IntStream.range(0, 20)
                        .map(guess -> signIn("ada", "guess " + guess, "", "X-Forwarded-For", "198.51.100." + address)
                                .statusCode())
                        .filter(status -> status == 429)
                        .count())
                .sum();
        assertThat(told).isGreaterThan(600);
        assertThat(signIn("ada", "correct horse battery", "", "X-Forwarded-For", "203.0.113.7")
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void a_count_does_not_tell_which_accounts_there_are() {
        String[] here = {"X-Forwarded-For", "203.0.113.11"};
        for (String name : List.of("nobody", "noone", "ada")) {
            assertThat(IntStream.range(0, 6)
                            .map(guess ->
                                    signIn(name, "guess " + guess, "", here).statusCode()))
                    .as(name)
                    .containsExactly(401, 401, 401, 401, 401, 429);
        }
    }

    @Test
    void a_browser_that_has_signed_in_before_has_a_count_of_its_own() {
        String[] here = {"X-Forwarded-For", "203.0.113.9"};
        String device = signIn("ada", "correct horse battery", "", here).headers().allValues("Set-Cookie").stream()
                .filter(set -> set.startsWith("__Host-staff-device="))
                .map(set -> set.split(";", 2)[0])
                .findFirst()
                .orElseThrow();
        IntStream.range(0, 10).forEach(guess -> signIn("ada", "guess " + guess, "", here));
        Counter refused = meters.counter("gateway.sign.ins.refused");
        double before = refused.count();
        HttpResponse<String> stranger = signIn("ada", "correct horse battery", "", here);
        assertThat(stranger.statusCode()).isEqualTo(429);
        assertThat(refused.count() - before).as("counted").isOne();
        assertThat(stranger.headers().firstValue("Retry-After")).isPresent();
        assertThat(stranger.body()).containsPattern("Please try again in (a second|\\d+ seconds)\\.");
        assertThat(signIn("ada", "correct horse battery", "", with(here, "Cookie", device))
                        .statusCode())
                .isEqualTo(303);
        assertThat(IntStream.range(0, 10)
                        .map(guess -> signIn("ada", "guess " + guess, "", with(here, "Cookie", device))
                                .statusCode()))
                .as("a stolen device cookie is limited like an address")
                .contains(429);
    }

    private static StaffSession used(StaffSession session, Duration started, Duration used) {
        return new StaffSession(
                session.id(),
                session.member(),
                session.startedAt().minus(started),
                session.startedAt().minus(used));
    }

    private HttpResponse<String> get(String path, StaffSession session) {
        return gateway.get(
                path, "Cookie", "__Host-staff=" + cookies.cookie(session).getValue());
    }

    private void assertRefused(String session) {
        gateway.get(ADMIN, "Cookie", session);
        assertThat(gateway.registration.received().stream()
                        .filter(call -> call.uri().equals(ADMIN))
                        .toList()
                        .getLast()
                        .header("Cookie"))
                .isEqualTo(session.replace("__Host-staff=", "staff="));
        assertThat(gateway.get("/api/ops/status", "Cookie", session).statusCode())
                .isEqualTo(401);
        assertThat(gateway.get("/sign-in", "Cookie", session).body()).contains("<h1>Sign in</h1>");
    }

    /** The claims of the token that services get in place of a browser's cookie. */
    private JWTClaimsSet seenByServices(String session) {
        gateway.get(ADMIN, "Cookie", session);
        String seen = gateway.registration.received().stream()
                .filter(call -> call.uri().equals(ADMIN))
                .toList()
                .getLast()
                .header("Cookie");
        assertThat(seen).startsWith("staff=");
        return claims(seen.substring("staff=".length()));
    }

    private static JWTClaimsSet claims(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new AssertionError(token, e);
        }
    }

    private static Object claim(JWTClaimsSet claims, String name) {
        return claims.getClaim(name);
    }

    private HttpResponse<String> signIn(String username, String password, String to, String... headers) {
        // Each sign-in has its own address, so that no test is slowed down by the failures of another.
        String[] all = headers.length > 0 && headers[0].equals("X-Forwarded-For")
                ? headers
                : with(headers, "X-Forwarded-For", address());
        return form(
                "/sign-in",
                "username=" + encoded(username) + "&password=" + encoded(password) + "&to=" + encoded(to),
                with(all, OUR_PAGE));
    }

    private static String address() {
        UUID random = UUID.randomUUID();
        return "2001:db8:%x:%x::1"
                .formatted(random.getLeastSignificantBits() & 0xffff, random.getMostSignificantBits() >>> 48);
    }

    private HttpResponse<String> form(String path, String body, String... headers) {
        return gateway.send(path, request -> {
            request.header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    private static String[] with(String[] headers, String... more) {
        return Stream.concat(Arrays.stream(headers), Arrays.stream(more)).toArray(String[]::new);
    }

    private static String cookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private static String value(HttpResponse<String> response) {
        return cookie(response).split("=", 2)[1];
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
