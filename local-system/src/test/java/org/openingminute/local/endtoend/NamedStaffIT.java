package org.openingminute.local.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.ProviderAndGateways;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves that two people sign in at a real OpenID Connect provider through two gateways, and run a sale under their own names. */
@ExtendWith(SystemFixture.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamedStaffIT {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final Running running;
    private final ApiClient api;

    @AutoClose
    private final ProviderAndGateways more;

    NamedStaffIT(Running running) throws Exception {
        this.running = running;
        this.api = running.api();
        this.more = new ProviderAndGateways(running.system().settings());
    }

    @Test
    void two_people_sign_in_by_the_provider_and_the_audit_names_each() throws Exception {
        String slug = ApiClient.newSlug("named");
        api.putOnSale(slug, 10, "\"holdMinutes\": 15", 10_000);
        Person grace = new Person("grace", more.provider());
        Person ada = new Person("ada", more.provider());

        // Each person starts at one gateway and returns to the other.
        Session ofGrace = signIn(grace, more.one(), more.other());
        Session ofAda = signIn(ada, more.other(), more.one());
        setSale(more.one(), slug, "paused", ofGrace).has(200);
        setSale(more.other(), slug, "open", ofAda).has(200);

        assertThat(audit(slug))
                .containsExactly(
                        "organiser, organiser: put a conference on",
                        "grace, Grace Hopper: paused the sale",
                        "ada, Ada Lovelace: opened the sale");

        String callback = callbackOf(grace, begin(more.one()));
        assertThat(api.get(more.one() + callback).has(401).headers().allValues("Set-Cookie"))
                .as("in a browser that did not begin")
                .noneMatch(set -> set.startsWith("staff=ey"));

        assertSignedOutEverywhere(grace, ofGrace, slug);
        api.get(more.one() + "/api/admin/conferences/" + slug, Map.of("Cookie", ofAda.cookie()))
                .has(200);
    }

    /** Unlike the HTTP client above, a browser applies the page's form-action policy to redirects after a form. */
    @Test
    void a_browser_signs_out_at_the_provider_too() {
        // Maps the public URL to a gateway that uses the provider.
        String rule =
                "--host-resolver-rules=MAP localhost " + URI.create(more.one()).getAuthority();
        try (Chromium chromium = new Chromium(rule)) {
            Page page = chromium.context(false).newPage();
            page.navigate(running.url() + "/sign-in");
            assertThat(page.url()).isEqualTo(more.provider() + "/login");
            page.locator("[name=username]").fill("grace");
            page.locator("[name=password]").fill("ecarg");
            page.locator("[type=submit]").click();
            page.waitForURL("**/desk**");
            page.navigate(running.url() + "/sign-in");
            assertThat(page.locator("main")).containsText("Signed in as Grace Hopper");
            String session = page.context().cookies(running.url()).stream()
                    .filter(cookie -> cookie.name.equals("staff"))
                    .map(cookie -> "staff=" + cookie.value)
                    .findFirst()
                    .orElseThrow();

            page.locator("main form button").click();
            // The page that redirects to the provider has the same address, and reports the sign-out here.
            assertThat(page.locator("h1")).hasText("You are signed out");
            assertThat(page.url()).isEqualTo(running.url() + "/sign-out");
            assertThat(location(api.get(more.other() + "/sign-in", Map.of("Cookie", session))
                            .has(303)))
                    .as("at the other gateway")
                    .startsWith(more.provider());
            page.navigate(running.url() + "/sign-in");
            assertThat(page.url()).isEqualTo(more.provider() + "/login");
        }
    }

    private void assertSignedOutEverywhere(Person person, Session session, String slug) {
        String cookies = session.cookie() + "; " + session.idToken();
        Answer out = api.send(
                        "POST", more.one() + "/sign-out", null, Map.of("Cookie", cookies, "Origin", running.url()))
                .has(200);
        String refresh = out.headers().firstValue("Refresh").orElseThrow();
        assertThat(person.follow(refresh.substring(refresh.indexOf('=') + 1)))
                .as("back from the provider")
                .isEqualTo(running.url() + "/sign-out");
        for (String gateway : List.of(more.one(), more.other(), running.url())) {
            api.get(gateway + "/api/admin/conferences/" + slug, Map.of("Cookie", session.cookie()))
                    .isProblem(401, "unauthenticated");
        }
        assertThat(person.isAskedForThePassword(location(begin(more.other())))).isTrue();
    }

    /** The cookies of a sign-in. The provider's token is needed only for signing out. */
    private record Session(String cookie, String idToken) {}

    private Session signIn(Person person, String begun, String ended) {
        Answer led = begin(begun);
        Map<String, String> request = Map.of("Cookie", cookie(led, "staff-request"));
        String callback = callbackOf(person, led);

        Answer back = api.get(ended + callback, request).has(303);

        assertThat(location(back)).isEqualTo("/desk");
        api.get(ended + callback, request).has(401);
        return new Session(cookie(back, "staff"), cookie(back, "staff-id-token"));
    }

    private Answer begin(String gateway) {
        return api.get(gateway + "/sign-in?to=/desk").has(303);
    }

    /** The provider's redirect, as a path below the public URL that all gateways share. */
    private String callbackOf(Person person, Answer led) {
        String callback = person.follow(location(led));
        assertThat(callback).startsWith(running.url() + "/sign-in/callback?code=");
        return callback.substring(running.url().length());
    }

    private static String location(Answer led) {
        return led.headers().firstValue("Location").orElseThrow();
    }

    private static String cookie(Answer answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(set -> set.startsWith(name + "="))
                .map(set -> set.split(";", 2)[0])
                .findFirst()
                .orElseThrow();
    }

    private Answer setSale(String gateway, String slug, String state, Session session) {
        return api.put(
                gateway + "/api/admin/conferences/" + slug + "/sale",
                "{\"state\": \"" + state + "\"}",
                Map.of("Cookie", session.cookie(), "Origin", running.url()));
    }

    private List<String> audit(String slug) throws SQLException {
        SystemInside inside = new SystemInside(running.system().settings());
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
                PreparedStatement query = connection.prepareStatement(
                        "select who || ', ' || person || ': ' || what from audit where conference = ? order by id")) {
            query.setString(1, slug);
            try (ResultSet rows = query.executeQuery()) {
                List<String> audit = new ArrayList<>();
                while (rows.next()) {
                    audit.add(rows.getString(1));
                }
                return audit;
            }
        }
    }

    /** A person with a browser session at the provider. The provider's password is the name backwards. */
    private record Person(String name, String provider, HttpClient browser) {

        Person(String name, String provider) {
            this(
                    name,
                    provider,
                    HttpClient.newBuilder().cookieHandler(new CookieManager()).build());
        }

        /** Follows the provider's redirects to the first address outside it. */
        String follow(String from) {
            String place = from;
            while (place.startsWith(provider)) {
                HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(place)));
                if (page.statusCode() == 200) {
                    page = send(HttpRequest.newBuilder(URI.create(place))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("username=%s&password=%s&_csrf=%s"
                                    .formatted(name, new StringBuilder(name).reverse(), csrf(page)))));
                }
                place = next(place, page);
            }
            return place;
        }

        boolean isAskedForThePassword(String from) {
            HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(from)));
            return page.statusCode() == 302 && next(from, page).equals(provider + "/login");
        }

        private static String next(String place, HttpResponse<String> page) {
            String location = page.headers().firstValue("Location").orElseThrow(() -> new AssertionError(page.body()));
            return URI.create(place).resolve(location).toString();
        }

        private static String csrf(HttpResponse<String> page) {
            Matcher csrf = CSRF.matcher(page.body());
            assertThat(csrf.find()).as(page.body()).isTrue();
            return csrf.group(1);
        }

        private HttpResponse<String> send(HttpRequest.Builder request) {
            try {
                return browser.send(
                        request.header("Accept", "text/html")
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
