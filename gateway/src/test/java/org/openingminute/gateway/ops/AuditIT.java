package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves, on a running gateway with stub services, that it merges the audits of all services into one list. */
@GatewayTest
class AuditIT {

    private static final String AUDIT = "/api/admin/audit";
    private static final String PAGE = "/desk/mlsys-2026/audit";
    private static final String REGISTRATIONS = "/api/admin/conferences/mlsys-2026/registrations";
    private static final String INSIDE = "/internal/audit";

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private StaffTokenIssuer tokens;

    @Test
    void rows_of_all_services_are_one_list_without_a_gap() {
        // A page that is cut short because its rows are long.
        says(gateway.registration, 8, 6, true);
        says(gateway.payment, 7, 4, false);
        gateway.notification.on(INSIDE, 503, "application/json", "{}");

        JsonNode page = ok(get(AUDIT
                + "?limit=4&conference=mlsys-2026&who=Ada%20L%C3%B6velace&what=paused%20the%20sale&registration="
                + id(1)
                + "&from=2026-02-02T09:00:00Z&to=2026-02-03T09:00:00Z&after=" + id(9)));

        assertThat(ids(page)).containsExactly(id(8), id(7), id(6));
        assertThat(page.at("/next").asString()).isEqualTo(id(6));
        assertThat(page.at("/services/2").toString())
                .isEqualTo("{\"service\":\"notification-service\",\"state\":\"down\"}");
        for (StubService service : List.of(gateway.registration, gateway.payment)) {
            assertThat(service.received()).singleElement().satisfies(asked -> {
                assertThat(asked.uri())
                        .isEqualTo(INSIDE + "?limit=4&registration=" + id(1)
                                + "&conference=mlsys-2026&who=Ada%20L%C3%B6velace&what=paused%20the%20sale"
                                + "&from=2026-02-02T09%3A00%3A00Z&to=2026-02-03T09%3A00%3A00Z&after=" + id(9));
                assertThat(asked.header("Authorization")).isEqualTo(gateway.bearer("organiser"));
            });
        }
    }

    @Test
    void filter_that_makes_no_sense_is_invalid() {
        for (String query : List.of(
                "registration=x",
                "after=x",
                "from=yesterday",
                "to=9999999999",
                "limit=0",
                "limit=201",
                "who=%00",
                "what=" + "x".repeat(201))) {
            HttpResponse<String> answer = get(AUDIT + "?" + query);
            assertThat(answer.statusCode()).as(query).isEqualTo(422);
            assertThat(query)
                    .startsWith(
                            ServiceFixture.json(answer).at("/errors/0/field").asString() + "=");
        }
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void organiser_of_one_conference_asks_for_no_other() {
        says(gateway.registration, 2, 1, false);
        says(gateway.payment, 2, 1, false);
        says(gateway.notification, 2, 1, false);
        Role.Grant limited = Role.Grant.read("organiser:mlsys-2026").orElseThrow();
        String token = "Bearer "
                + tokens.issue(new Member(new Person("ada", "Ada Lovelace"), null, Set.of(limited)))
                        .accessToken();

        assertThat(gateway.get(AUDIT + "?conference=mlsys-2026", "Authorization", token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.get(AUDIT, "Authorization", token).statusCode()).isEqualTo(200);
        assertThat(gateway.get(AUDIT + "?conference=other-2026", "Authorization", token)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void page_shows_rows_as_sentences_and_differences() {
        gateway.registration.on(INSIDE, 200, "application/json", """
                {"next": "%1$s", "items": [
                  {"id": "%2$s", "at": "2026-02-02T17:18:00Z", "who": "ada", "person": "Ada <b>Lovelace", "role": "finance",
                   "what": "ordered a refund", "conference": "mlsys-2026", "registration": "%3$s", "before": null,
                   "after": {"refund": {"amount": 123450, "currency": "USD"}}, "why": "a \\"double\\" booking"},
                  {"id": "%1$s", "at": "2026-02-02T17:17:00Z", "who": "bob", "person": null, "role": null,
                   "what": "juggled", "conference": "mlsys-2026", "registration": null, "before": {"state": "open"},
                   "after": {"state": "paused"}, "why": null}]}
                """.formatted(id(1), id(2), id(7)));
        gateway.payment.on(INSIDE, 200, "application/json", "{\"items\":[],\"next\":null}");
        gateway.notification.on(INSIDE, 503, "application/json", "{}");

        String page = page("?who=Ada%20%22&from=2026-02-02&to=2026-02-03", "en");
        assertThat(page)
                .contains(
                        "<h1>Audit</h1>",
                        "href=\"/desk/mlsys-2026/audit\" aria-current=\"page\"",
                        "Ada &lt;b&gt;Lovelace",
                        "finance",
                        "ordered a refund",
                        "<dt>refund</dt>",
                        "<span>USD 1,234.50</span>",
                        "a &quot;double&quot; booking",
                        "href=\"/desk/mlsys-2026/registrations/" + id(7) + "\"",
                        "<del>open</del>",
                        "juggled",
                        "<p>mlsys-2026</p>",
                        "February 2, 2026, 5:18\u202fPM UTC",
                        "in the time zone UTC",
                        "what was done there is missing: emails",
                        "value=\"Ada &quot;\"",
                        "href=\"/desk/mlsys-2026/audit?who=Ada%20%22&amp;from=2026-02-02&amp;to=2026-02-03&amp;after="
                                + id(1) + "\"")
                .doesNotContain("??", "<b>", "th:");
        assertThat(gateway.payment.received())
                .singleElement()
                .satisfies(
                        asked -> assertThat(asked.uri())
                                .contains(
                                        "conference=mlsys-2026&who=Ada%20%22&from=2026-02-02T00%3A00%3A00Z&to=2026-02-04T00%3A00%3A00Z"));
        assertThat(page("", "de"))
                .contains(
                        "Protokoll",
                        "hat eine Erstattung angewiesen",
                        "1.234,50 USD",
                        "Erstattung</dt>",
                        "fehlt: E-Mails")
                .doesNotContain("??");
        assertThat(gateway.get(PAGE, "Authorization", gateway.bearer("organiser"), "HX-Request", "true")
                        .body())
                .contains("id=\"audit\"", "juggled")
                .doesNotContain("<html", "<nav aria-label=\"Desk");
    }

    @Test
    void page_has_the_name_and_the_time_zone_of_its_conference() {
        finds("""
                {"id": "%s", "at": "2026-02-02T17:18:00Z", "who": "ada", "what": "paused the sale"}""".formatted(id(1)));
        gateway.registration.on("/api/conferences/mlsys-2026", 200, "application/json", """
                {"name": "MLSys 2026", "timeZone": "America/Los_Angeles"}""");

        assertThat(page("?from=2026-02-02&to=2026-02-02", "en"))
                .contains(
                        "<p>MLSys 2026</p>",
                        "February 2, 2026, 9:18\u202fAM PST",
                        "in the time zone America/Los_Angeles");
        assertThat(gateway.payment.received())
                .singleElement()
                .satisfies(asked ->
                        assertThat(asked.uri()).contains("from=2026-02-02T08%3A00%3A00Z&to=2026-02-03T08%3A00%3A00Z"));
    }

    @Test
    void page_shows_what_was_created_without_a_before_and_folds_long_lists() {
        finds("""
                {"id": "%1$s", "at": "2026-02-02T17:18:00Z", "who": "ada", "what": "sold at the desk", "registration": "%2$s",
                 "after": {"id": "%2$s", "reference": "ML26-7K3F9Q", "status": "confirmed", "paymentMethod": "desk",
                           "phase": "early"}},
                {"id": "%3$s", "at": "2026-02-02T17:17:00Z", "who": "ada", "what": "set the waiting room",
                 "before": {"mode": "on", "perSecond": 5.0}, "after": {"mode": "off", "perSecond": null}},
                {"id": "%4$s", "at": "2026-02-02T17:16:00Z", "who": "ada", "what": "accepted a proof",
                 "before": {"status": "pending-review"}, "after": {"status": "pending-payment"}}""".formatted(id(9), id(1), id(8), id(7)));

        String page = page("", "en");

        assertThat(page)
                .containsSubsequence("<summary>5 details</summary>", "<dt>status</dt>", "confirmed", "at the desk")
                .contains(">Registration ML26-7K3F9Q</a>")
                .containsSubsequence(
                        "<del>always</del>", "<span>never</span>", "<del>5.0</del>", "<span>nothing</span>")
                .containsSubsequence("<del>in review</del>", "<span>awaiting payment</span>")
                .doesNotContain("<ins", "pending-");
        assertThat(page.split("<details", -1)).hasSize(2);
        assertThat(page.split("<del>", -1)).hasSize(4);
        assertThat(page("", "de"))
                .contains("in Prüfung", "Zahlung offen", "nie</span>", "5 Angaben")
                .doesNotContain("??");
    }

    @Test
    void page_shows_one_opening_of_a_registration_as_one_row() {
        String opened = """
                {"id": "%s", "at": "2026-02-02T17:1%s:00Z", "who": "%s", "what": "opened %s", "registration": "%s"}""";
        finds(String.join(
                ",",
                opened.formatted(id(9), 8, "ada", "a payment", id(1)),
                opened.formatted(id(8), 8, "ada", "the mails of a registration", id(1)),
                opened.formatted(id(7), 8, "bob", "a payment", id(1)),
                opened.formatted(id(6), 8, "ada", "a registration", id(1)),
                opened.formatted(id(5), 8, "ada", "a payment", id(2)),
                opened.formatted(id(4), 6, "ada", "a payment", id(1)),
                opened.formatted(id(3), 5, "ada", "a registration", id(1))));

        String page = page("", "en");

        assertThat(page)
                .contains("opened a registration (with its emails, with its payment)", "5 entries")
                .doesNotContain("opened the mails of a registration</span>");
        assertThat(page.split(">opened a payment</span>", -1))
                .as("by bob, of another, a minute later")
                .hasSize(4);
        assertThat(ids(ok(get(AUDIT)))).hasSize(7);
    }

    @Test
    void page_says_what_is_wrong_with_its_filter_and_keeps_it() {
        HttpResponse<String> wrong =
                get(PAGE + "?registration=ML26-7K3&from=yesterday&who=Ada", "Accept-Language", "en");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body())
                .contains(
                        "Please correct the following",
                        "href=\"#audit-registration\"",
                        "href=\"#audit-from\"",
                        "value=\"ML26-7K3\"",
                        "value=\"Ada\"");
        assertThat(gateway.payment.received()).isEmpty();
        HttpResponse<String> part = get(PAGE + "?from=yesterday", "Accept-Language", "en", "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(200);
        assertThat(part.body().substring(part.body().indexOf("id=\"audit\""))).contains("Please correct the following");
        assertThat(get(PAGE + "?after=x").body()).contains("This address was changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ML26-VK3TQ1", "ml26vk3tql", "ML26%20VK3TQ1"})
    void page_takes_the_reference_of_a_registration(String typed) {
        finds("");
        gateway.registration.on(REGISTRATIONS, 200, "application/json", """
                {"items": [{"id": "%s", "reference": "ML26-VK3TQ10"}, {"id": "%s", "reference": "ML26-VK3TQ1"}]}""".formatted(id(1), id(2)));

        assertThat(page("?registration=" + typed, "en")).contains("Nothing was found.");

        assertThat(gateway.registration.received()).anySatisfy(asked -> {
            assertThat(asked.uri()).isEqualTo(REGISTRATIONS + "?q=" + typed);
            assertThat(asked.header("Authorization")).isEqualTo(gateway.bearer("organiser"));
        });
        assertThat(gateway.payment.received())
                .singleElement()
                .satisfies(asked -> assertThat(asked.uri()).contains("registration=" + id(2)));
    }

    @Test
    void page_says_that_no_registration_has_a_reference() {
        gateway.registration.on(REGISTRATIONS, 200, "application/json", "{\"items\": []}");
        HttpResponse<String> unknown = get(PAGE + "?registration=ML26-VK3TQV", "Accept-Language", "en");
        assertThat(unknown.statusCode()).isEqualTo(422);
        assertThat(unknown.body())
                .contains("no registration of this conference has this reference", "value=\"ML26-VK3TQV\"");

        gateway.registration.on(REGISTRATIONS, 503, "application/json", "{}");
        assertThat(get(PAGE + "?registration=ML26-VK3TQV", "Accept-Language", "en")
                        .body())
                .contains("references cannot be looked up right now");
        assertThat(gateway.payment.received()).isEmpty();
        assertThat(get(AUDIT + "?registration=ML26-VK3TQV").statusCode()).isEqualTo(422);
    }

    @Test
    void page_is_for_organisers_of_the_conference_alone() {
        assertThat(gateway.get(PAGE).headers().firstValue("Location"))
                .contains("/sign-in?to=%2Fdesk%2Fmlsys-2026%2Faudit");
        String elsewhere = "Bearer "
                + tokens.issue(new Member(
                                new Person("ada", "Ada Lovelace"),
                                null,
                                Set.of(Role.Grant.read("organiser:other-2026").orElseThrow())))
                        .accessToken();
        for (String token : List.of(elsewhere, gateway.bearer("finance"))) {
            HttpResponse<String> denied = gateway.get(PAGE, "Authorization", token, "Accept-Language", "de");
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body())
                    .contains(
                            "<h1>Kein Zugriff</h1>",
                            "<p>Diese Seite ist für die Organisation dieser Konferenz.</p>",
                            "<a href=\"/desk\">Zu Ihren Konferenzen</a>")
                    .doesNotContain("aria-current");
        }
        assertThat(gateway.payment.received()).isEmpty();
        assertThat(get("/desk/Mlsys.2026/audit").statusCode()).isEqualTo(404);
    }

    private String page(String query, String language) {
        HttpResponse<String> page = get(PAGE + query, "Accept-Language", language);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        return page.body();
    }

    /** Registration-service has these rows, and the others have none. */
    private void finds(String rows) {
        gateway.registration.on(INSIDE, 200, "application/json", "{\"items\":[" + rows + "],\"next\":null}");
        gateway.payment.on(INSIDE, 200, "application/json", "{\"items\":[],\"next\":null}");
        gateway.notification.on(INSIDE, 200, "application/json", "{\"items\":[],\"next\":null}");
    }

    private static void says(StubService service, int first, int last, boolean more) {
        List<String> items = Arrays.stream(new int[] {first, last})
                .mapToObj(number -> "{\"id\":\"" + id(number) + "\"}")
                .toList();
        service.on(
                INSIDE,
                200,
                "application/json",
                "{\"items\":[" + String.join(",", items) + "],\"next\":" + (more ? "\"" + id(last) + "\"" : "null")
                        + "}");
    }

    private static List<String> ids(JsonNode page) {
        return page.at("/items")
                .valueStream()
                .map(item -> item.at("/id").asString())
                .toList();
    }

    private static String id(int number) {
        return "0198c1f4-fe8" + number + "-7025-8065-5a1d316edc57";
    }

    private HttpResponse<String> get(String path, String... headers) {
        return gateway.get(
                path,
                Stream.concat(Stream.of("Authorization", gateway.bearer("organiser")), Stream.of(headers))
                        .toArray(String[]::new));
    }

    private static JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ServiceFixture.json(answer);
    }
}
