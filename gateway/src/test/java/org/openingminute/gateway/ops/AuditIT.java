package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The audit of all services as one. */
@GatewayTest
class AuditIT {

    private static final String AUDIT = "/api/admin/audit";
    private static final String INSIDE = "/internal/audit";

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private StaffTokenIssuer tokens;

    @Test
    void rows_of_all_services_are_one_list_without_a_gap() {
        // A page that is cut short, because its rows are long.
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

    private HttpResponse<String> get(String path) {
        return gateway.get(path, "Authorization", gateway.bearer("organiser"));
    }

    private static JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ServiceFixture.json(answer);
    }
}
