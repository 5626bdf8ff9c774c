package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves, on a running gateway with stub services, how it merges the operators' lists of all services and routes their calls. */
@GatewayTest
class OperatorsIT {

    private static final String DEAD_LETTERS = "/api/ops/dead-letters";
    private static final String INSIDE = "/internal/ops/dead-letters";
    private static final String RELAY = "/api/ops/outbox/relay-again";
    private static final String SINCE = "{\"since\": \"2026-02-02T09:00:00Z\"}";

    @Autowired
    private ServiceFixture gateway;

    @Test
    void dead_letters_of_all_services_are_one_list_newest_first() {
        says(gateway.registration, INSIDE, page(true, "registration-service", 5, 2));
        says(gateway.payment, INSIDE, page(false, "payment-service", 4));
        says(gateway.notification, INSIDE, page(false, "notification-service", 6, 3));

        JsonNode list = ok(get(DEAD_LETTERS + "?limit=4&state=open&after=" + id("payment-service", 7)));

        assertThat(ids(list))
                .containsExactly(
                        id("notification-service", 6),
                        id("registration-service", 5),
                        id("payment-service", 4),
                        id("notification-service", 3));
        assertThat(list.at("/next").asString()).isEqualTo(id("notification-service", 3));
        assertThat(list.at("/services").toString()).isEqualTo("""
                [{"service":"registration-service","state":"up"},{"service":"payment-service","state":"up"},\
                {"service":"notification-service","state":"up"}]""");
        for (StubService service : List.of(gateway.registration, gateway.payment, gateway.notification)) {
            assertThat(service.received()).singleElement().satisfies(asked -> {
                assertThat(asked.uri()).isEqualTo(INSIDE + "?limit=4&state=open&after=" + id("payment-service", 7));
                assertThat(asked.header("Authorization")).isEqualTo(gateway.bearer("operator"));
            });
        }
    }

    @Test
    void the_last_page_has_no_next_and_a_service_that_is_away_is_shown_as_down() {
        says(gateway.registration, INSIDE, page(false, "registration-service", 2, 1));
        gateway.payment.on(INSIDE, 503, "application/json", "{}");
        says(gateway.notification, INSIDE, page(false, "notification-service"));

        JsonNode list = ok(get(DEAD_LETTERS));

        assertThat(ids(list)).containsExactly(id("registration-service", 2), id("registration-service", 1));
        assertThat(list.at("/next").isNull()).isTrue();
        assertThat(list.at("/services/1").toString()).isEqualTo("{\"service\":\"payment-service\",\"state\":\"down\"}");
    }

    @Test
    void calls_for_a_dead_letter_go_to_the_service_that_its_id_names() {
        String deadLetter = id("payment-service", 1);
        says(gateway.payment, INSIDE + "/" + deadLetter, "{\"id\":\"" + deadLetter + "\"}");
        says(gateway.payment, INSIDE + "/" + deadLetter + "/replay", "{\"state\":\"replayed\"}");
        gateway.payment.on(
                INSIDE + "/" + deadLetter + "/discard",
                409,
                "application/problem+json",
                "{\"status\":409,\"code\":\"not-allowed-now\"}");

        assertThat(ok(get(DEAD_LETTERS + "/" + deadLetter)).at("/id").asString())
                .isEqualTo(deadLetter);
        assertThat(ok(post(DEAD_LETTERS + "/" + deadLetter + "/replay?dryRun=true", ""))
                        .at("/state")
                        .asString())
                .isEqualTo("replayed");
        assertProblem(
                post(DEAD_LETTERS + "/" + deadLetter + "/discard", "{\"reason\": \"x\"}"), 409, "not-allowed-now");

        assertThat(gateway.payment.received().stream().map(StubService.Received::uri))
                .containsExactly(
                        INSIDE + "/" + deadLetter,
                        INSIDE + "/" + deadLetter + "/replay?dryRun=true",
                        INSIDE + "/" + deadLetter + "/discard");
        assertThat(gateway.payment.received())
                .allSatisfy(asked -> assertThat(asked.header("Authorization")).isEqualTo(gateway.bearer("operator")));
        assertThat(new String(gateway.payment.received().getLast().body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"reason\": \"x\"}");
        assertThat(gateway.registration.received()).isEmpty();
        assertThat(gateway.notification.received()).isEmpty();
    }

    @Test
    void an_id_of_no_service_is_not_found_and_reaches_none() {
        for (String id : List.of("x", "gateway." + uuid(1), uuid(1), "registration-service", "a/b")) {
            assertProblem(get(DEAD_LETTERS + "/" + id), 404, "not-found");
            assertProblem(post(DEAD_LETTERS + "/" + id + "/replay", ""), 404, "not-found");
            assertProblem(post(DEAD_LETTERS + "/" + id + "/discard", "{\"reason\": \"x\"}"), 404, "not-found");
        }
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void a_filter_that_makes_no_sense_is_invalid() {
        for (String query : List.of("state=lost", "limit=0", "limit=201", "limit=x", "after=x", "after=" + uuid(1))) {
            HttpResponse<String> answer = get(DEAD_LETTERS + "?" + query);
            assertProblem(answer, 422, "invalid");
            assertThat(query).startsWith(field(answer) + "=");
        }
    }

    @Test
    void lists_and_acts_are_for_operators() {
        String organiser = gateway.bearer("organiser");
        for (String path : List.of(DEAD_LETTERS + "/replay", RELAY)) {
            String body = path.equals(RELAY) ? SINCE : "{\"ids\": [\"" + id("payment-service", 1) + "\"]}";
            assertProblem(gateway.post(path, body), 401, "unauthenticated");
            assertProblem(gateway.post(path, body, "Authorization", organiser), 403, "forbidden");
        }
        assertProblem(gateway.get(DEAD_LETTERS), 401, "unauthenticated");
        assertProblem(gateway.get(DEAD_LETTERS, "Authorization", organiser), 403, "forbidden");
        assertThat(gateway.payment.received()).isEmpty();
    }

    @Test
    void several_are_replayed_in_turn_and_each_is_reported() {
        String applied = id("registration-service", 1);
        String failed = id("payment-service", 2);
        String replayed = id("payment-service", 3);
        String away = id("notification-service", 4);
        says(gateway.registration, INSIDE + "/" + applied + "/replay", """
                {"replay": {"outcome": "applied", "reason": null}}""");
        says(gateway.payment, INSIDE + "/" + failed + "/replay", """
                {"replay": {"outcome": "failed", "reason": "it failed"}}""");
        gateway.payment.on(INSIDE + "/" + replayed + "/replay", 409, "application/problem+json", """
                {"status": 409, "code": "not-allowed-now", "detail": "It is replayed already."}""");
        gateway.notification.on(INSIDE + "/" + away + "/replay", 500, "text/plain", "no");

        JsonNode answer = ok(post(
                DEAD_LETTERS + "/replay",
                "{\"ids\": [\"%s\", \"%s\", \"%s\", \"%s\", \"x\"]}".formatted(applied, failed, replayed, away)));

        assertThat(answer.at("/items")
                        .valueStream()
                        .map(item -> item.at("/id").asString() + " "
                                + item.at("/outcome").asString() + " "
                                + item.at("/reason").asString()))
                .containsExactly(
                        applied + " applied ",
                        failed + " failed it failed",
                        replayed + " not-allowed-now It is replayed already.",
                        away + " unavailable ",
                        "x not-found ");
    }

    @Test
    void bulk_dry_run_replays_nothing() {
        String one = id("payment-service", 5);
        says(gateway.payment, INSIDE + "/" + one + "/replay", """
                {"replay": {"outcome": "applied", "reason": null}}""");
        String ids = "{\"ids\": [\"%1$s\", \"%1$s\"]}".formatted(one);

        JsonNode answer = ok(post(DEAD_LETTERS + "/replay?dryRun=true", ids));

        assertThat(answer.at("/items")).hasSize(1);
        assertThat(answer.at("/items/0/outcome").asString()).isEqualTo("applied");
        assertThat(gateway.payment.received())
                .singleElement()
                .satisfies(asked -> assertThat(asked.uri()).isEqualTo(INSIDE + "/" + one + "/replay?dryRun=true"));
        for (String slip : List.of("?dryrun=true", "?dryRun=yes", "?dryRun=true&x=1", "?dryRun=")) {
            HttpResponse<String> refused = post(DEAD_LETTERS + "/replay" + slip, ids);
            assertProblem(refused, 422, "invalid");
            assertThat(field(refused)).isEqualTo("dryRun");
        }
        assertThat(gateway.payment.received()).hasSize(1);
    }

    @Test
    void ids_to_replay_are_required() {
        for (String body : List.of("{}", "{\"ids\": []}", "{\"ids\": null}")) {
            HttpResponse<String> answer = post(DEAD_LETTERS + "/replay", body);
            assertProblem(answer, 422, "invalid");
            assertThat(field(answer)).isEqualTo("ids");
        }
        for (String id : List.of("null", "\"x\\u0000\"", "\"" + "x".repeat(101) + "\"")) {
            HttpResponse<String> answer = post(DEAD_LETTERS + "/replay", "{\"ids\": [\"x\", %s]}".formatted(id));
            assertProblem(answer, 422, "invalid");
            assertThat(field(answer)).isEqualTo("ids[1]");
        }
        assertProblem(post(DEAD_LETTERS + "/replay", "{\"ids\": [" + "\"x\",".repeat(100) + "\"x\"]}"), 422, "invalid");
        assertProblem(post(DEAD_LETTERS + "/replay", "{\"ids\": 1}"), 400, "malformed");
        assertProblem(post(DEAD_LETTERS + "/replay", "{\"ids\""), 400, "malformed");
    }

    @Test
    void republish_is_sent_to_every_service() {
        String inside = "/internal/ops/outbox/relay-again";
        says(gateway.registration, inside, "{\"messages\": 17}");
        gateway.payment.on(inside, 503, "text/plain", "no");
        says(gateway.notification, inside, "{\"messages\": 0}");

        JsonNode answer = ok(post(RELAY, SINCE));

        assertThat(answer.toString()).isEqualTo("""
                {"services":[{"service":"registration-service","state":"up","messages":17},\
                {"service":"payment-service","state":"down","messages":null},\
                {"service":"notification-service","state":"up","messages":0}]}""");
        assertThat(gateway.registration.received()).singleElement().satisfies(asked -> {
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(new String(asked.body(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"since\":\"2026-02-02T09:00:00Z\"}");
            assertThat(asked.header("Authorization")).isEqualTo(gateway.bearer("operator"));
        });
    }

    @Test
    void republish_needs_its_since() {
        for (String body : List.of("{}", "{\"since\": null}", "{\"since\": \"yesterday\"}", "{\"since\": \"\"}")) {
            HttpResponse<String> answer = post(RELAY, body);
            assertProblem(answer, 422, "invalid");
            assertThat(field(answer)).isEqualTo("since");
        }
        assertProblem(post(RELAY, "{\"since\""), 400, "malformed");
        assertProblem(post(RELAY, "{\"until\": \"2026-02-02T09:00:00Z\"}"), 422, "invalid");
        assertThat(gateway.registration.received()).isEmpty();
    }

    @Test
    void refusal_of_a_service_is_passed_on() {
        gateway.payment.on("/internal/ops/outbox/relay-again", 403, "application/problem+json", "{\"status\": 403}");
        says(gateway.registration, "/internal/ops/outbox/relay-again", "{\"messages\": 0}");
        says(gateway.notification, "/internal/ops/outbox/relay-again", "{\"messages\": 0}");

        assertProblem(post(RELAY, SINCE), 403, "forbidden");
    }

    private static void says(StubService service, String path, String json) {
        service.on(path, 200, "application/json", json);
    }

    private static String page(boolean more, String service, int... numbers) {
        List<String> items = Arrays.stream(numbers)
                .mapToObj(number -> "{\"id\":\"" + id(service, number) + "\"}")
                .toList();
        String next = more ? "\"" + id(service, numbers[numbers.length - 1]) + "\"" : "null";
        return "{\"items\":[" + String.join(",", items) + "],\"next\":" + next + "}";
    }

    private static List<String> ids(JsonNode list) {
        return list.at("/items")
                .valueStream()
                .map(item -> item.at("/id").asString())
                .toList();
    }

    private static String id(String service, int number) {
        return service + "." + uuid(number);
    }

    private static String uuid(int number) {
        return "0198c1f4-fe8" + number + "-7025-8065-5a1d316edc57";
    }

    private HttpResponse<String> get(String path) {
        return gateway.get(path, "Authorization", gateway.bearer("operator"));
    }

    private HttpResponse<String> post(String path, String body) {
        return gateway.post(path, body, "Authorization", gateway.bearer("operator"));
    }

    private static JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ServiceFixture.json(answer);
    }

    private static String field(HttpResponse<String> answer) {
        return ServiceFixture.json(answer).at("/errors/0/field").asString();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(ServiceFixture.json(answer).get("code").asString()).isEqualTo(code);
    }
}
