package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Proves that every example is valid, that faulty ones are refused, and which messages later versions may write. */
class ContractSchemasTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ContractSchemas SCHEMAS = new ContractSchemas();

    private static final Map<String, String> HEADERS = Map.of(
            "ce_id", "019c1f4b-fe80-7025-8065-5a1d316edc57",
            "ce_type", "payment.captured.v1",
            "ce_source", "/payment-service",
            "ce_time", "2026-02-02T17:01:35.123Z",
            "ce_specversion", "1.0",
            "ce_sequence", "3",
            "content-type", "application/json");

    static Set<String> types() {
        return SCHEMAS.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void every_example_keeps_its_contract(String type) {
        SCHEMAS.examples(type)
                .forEach((name, json) ->
                        assertThat(SCHEMAS.validate(type, json)).as(name).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("types")
    void there_is_a_full_a_minimal_and_a_later_example(String type) {
        assertThat(SCHEMAS.examples(type)).containsKeys("full", "minimal", "from-a-later-version");
        assertThat(example(type, "from-a-later-version").has("addedByALaterVersion"))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("types")
    void an_example_that_lacks_any_field_is_refused(String type) {
        for (String field : List.copyOf(example(type, "full").propertyNames())) {
            ObjectNode broken = example(type, "full");
            broken.remove(field);
            assertThat(SCHEMAS.validate(type, broken.toString()))
                    .as("without " + field)
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void an_example_whose_id_is_a_number_is_refused(String type) {
        ObjectNode broken = example(type, "full");
        String id = List.of("id", "registration", "slug", "asOf").stream()
                .filter(broken::has)
                .findFirst()
                .orElseThrow();
        broken.put(id, 17);
        assertThat(SCHEMAS.validate(type, broken.toString())).anyMatch(about("/" + id));
    }

    @Test
    void examples_are_those_of_today_and_those_of_each_release() {
        assertThat(SCHEMAS.examples("payment.keep.v1"))
                .containsKeys("full", "0.1.0/full", "0.1.0/from-a-later-version");
    }

    @Test
    void later_versions_add_fields_and_enum_values_everywhere() {
        Map<String, String> registrations = SCHEMAS.ofLaterVersions("registration.changed.v1");
        assertThat(registrations)
                .containsKeys(
                        "full, extended",
                        "full, another /status",
                        "full, another /paymentMethod",
                        "0.1.0/full, another /status");
        JsonNode extended = JSON.readTree(registrations.get("full, extended"));
        for (String place : List.of("", "/contact", "/attendees/0", "/attendees/0/addOns/0", "/lines/0/unit")) {
            assertThat(extended.at(place).has("added-by-a-later-version"))
                    .as(place)
                    .isTrue();
        }
        JsonNode other = JSON.readTree(registrations.get("full, another /status"));
        assertThat(other.path("status").asString()).isEqualTo("added-by-a-later-version");
        assertThat(SCHEMAS.ofLaterVersions("payment.dispute-ended.v1").keySet())
                .anyMatch(name -> name.endsWith("another /disputes/0/state"));
        assertThat(SCHEMAS.ofLaterVersions("payment.keep.v1").keySet()).noneMatch(name -> name.contains("another"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_later_version_that_only_has_more_fields_keeps_the_contract(String type) {
        SCHEMAS.ofLaterVersions(type).forEach((name, json) -> {
            if (name.endsWith(", extended")) {
                assertThat(SCHEMAS.validate(type, json)).as(name).isEmpty();
            }
        });
    }

    @Test
    void readers_match_the_document() {
        assertThat(SCHEMAS.typesOn("notification.events.v1"))
                .containsExactly("mail.bounced.v1", "mail.failed.v1", "mail.sent.v1");
        assertThat(SCHEMAS.topicsReadBy("registration-service"))
                .containsExactly(
                        "notification.events.v1", "payment.events.v1", "payment.progress.v1", "registration.events.v1");
        assertThat(SCHEMAS.topicsReadBy("nobody")).isEmpty();
        assertThatThrownBy(() -> SCHEMAS.typesOn("nothing.v1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void money_is_whole_and_not_negative() {
        for (String amount : List.of("1.5", "-1", "\"80000\"", "null")) {
            ObjectNode broken = example("payment.refund.v1", "full");
            broken.withObject("amount").set("amount", JSON.readTree(amount));
            assertThat(SCHEMAS.validate("payment.refund.v1", broken.toString()))
                    .as(amount)
                    .anyMatch(about("/amount/amount"));
        }
    }

    @Test
    void an_instant_is_in_utc_and_exists() {
        for (String instant : List.of("2026-02-30T17:00:00Z", "2026-02-02T09:00:00-08:00", "2026-02-02", "soon")) {
            ObjectNode broken = example("registration.held.v1", "full");
            broken.put("changedAt", instant);
            assertThat(SCHEMAS.validate("registration.held.v1", broken.toString()))
                    .as(instant)
                    .anyMatch(about("/changedAt"));
        }
    }

    @Test
    void a_type_does_not_contradict_the_state_in_the_body() {
        String held = example("registration.held.v1", "full").toString();
        assertThat(SCHEMAS.validate("registration.confirmed.v1", held)).anyMatch(about("/status"));
        String captured = example("payment.captured.v1", "minimal").toString();
        assertThat(SCHEMAS.validate("payment.refunded.v1", captured)).anyMatch(about("/refunds"));
        assertThat(SCHEMAS.validate("payment.failed.v1", captured)).anyMatch(about("/failure"));
    }

    @Test
    void a_type_that_nobody_declared_is_a_problem() {
        assertThat(SCHEMAS.validate("registration.vanished.v1", "{}"))
                .singleElement()
                .asString()
                .contains("vanished");
        assertThat(SCHEMAS.validate("common", "{}")).hasSize(1);
        assertThatThrownBy(() -> SCHEMAS.examples("registration.vanished.v1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void text_that_is_not_json_is_a_problem() {
        assertThat(SCHEMAS.validate("payment.keep.v1", "{\"registration\":"))
                .singleElement()
                .asString()
                .contains("JSON");
        assertThat(SCHEMAS.validate("payment.keep.v1", "")).isNotEmpty();
    }

    @Test
    void headers_are_complete_and_well_formed() {
        assertThat(SCHEMAS.validateHeaders(HEADERS)).isEmpty();
        for (String header : HEADERS.keySet()) {
            Map<String, String> without = new HashMap<>(HEADERS);
            without.remove(header);
            assertThat(SCHEMAS.validateHeaders(without)).as("without " + header).isNotEmpty();
            Map<String, String> wrong = new HashMap<>(HEADERS);
            wrong.put(header, "org.example.SomeClass");
            assertThat(SCHEMAS.validateHeaders(wrong)).as(header).anyMatch(about("/" + header));
        }
    }

    private static ObjectNode example(String type, String name) {
        JsonNode node = JSON.readTree(SCHEMAS.examples(type).get(name));
        return node.asObject();
    }

    private static Predicate<String> about(String place) {
        return problem -> problem.startsWith(place + ":");
    }
}
