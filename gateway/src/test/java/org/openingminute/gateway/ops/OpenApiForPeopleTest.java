package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OpenApiForPeopleTest {

    private final OpenApiForPeople forPeople = new OpenApiForPeople(object("""
            {"groups": [
               {"name": "Conferences", "description": "c", "calls": ["/api/conferences/**"]},
               {"name": "Unused", "description": "u", "calls": ["/api/unused"]},
               {"name": "Registrations", "description": "r",
                "calls": ["/api/registrations/**", "POST /api/conferences/*/registrations"]}],
             "summaries": {"GET /api/conferences/{slug}": "A conference", "GET /api/other": "Another"},
             "staff": ["/api/admin/**"],
             "refusals": {"PUT /api/admin/room": {"401": "`unauthenticated`", "422": "`invalid`"}}}"""), object("""
            {"POST /api/conferences/{slug}/sale": {
               "parameters": {"slug": "mlsys-2026"}, "body": {"state": "open"},
               "answers": {"200": {"done": {"state": "open"}}},
               "problems": {"not-found": {"status": 404, "code": "not-found"}, "paused": {"status": 409, "code": "paused"},
                            "closed": {"status": 409, "code": "closed"}}}}"""));

    @Test
    void calls_stand_in_groups_with_names_for_people() {
        ObjectNode document = arranged("""
                {"paths": {"/api/registrations/{id}": {"get": {"tags": ["registration-controller"]}},
                           "/api/conferences/{slug}/registrations": {"post": {}, "get": {}},
                           "/api/nowhere": {"get": {"tags": ["own"]}}}}""");

        assertThat(document.at("/tags").findValuesAsString("name")).containsExactly("Conferences", "Registrations");
        assertThat(document.at("/paths/~1api~1registrations~1{id}/get/tags")).hasToString("[\"Registrations\"]");
        assertThat(document.at("/paths/~1api~1conferences~1{slug}~1registrations/post/tags"))
                .hasToString("[\"Registrations\"]");
        assertThat(document.at("/paths/~1api~1conferences~1{slug}~1registrations/get/tags"))
                .hasToString("[\"Conferences\"]");
        assertThat(document.at("/paths/~1api~1nowhere/get/tags")).hasToString("[\"own\"]");
    }

    @Test
    void a_call_without_a_summary_gets_one_and_a_services_own_stays() {
        ObjectNode document = arranged("""
                {"paths": {"/api/conferences/{slug}": {"get": {}}, "/api/other": {"get": {"summary": "its own"}}}}""");

        assertThat(document.at("/paths/~1api~1conferences~1{slug}/get/summary").stringValue())
                .isEqualTo("A conference");
        assertThat(document.at("/paths/~1api~1other/get/summary").stringValue()).isEqualTo("its own");
    }

    @Test
    void staff_call_names_its_token_and_its_refusals() {
        ObjectNode document = arranged("""
                {"paths": {"/api/admin/room": {"put": {"responses": {"200": {}, "422": {"description": "its own"}}}},
                           "/api/admin/keys": {"get": {"security": []}},
                           "/api/conferences/{slug}": {"get": {}}},
                 "components": {"responses": {"Problem": {"description": "a refusal", "content": {"a/b": {}}}}}}""");

        assertThat(document.at("/paths/~1api~1admin~1room/put/security")).hasToString("[{\"staff\":[]}]");
        assertThat(document.at("/paths/~1api~1admin~1room/put/responses/401"))
                .hasToString("{\"description\":\"`unauthenticated`\",\"content\":{\"a/b\":{}}}");
        assertThat(document.at("/paths/~1api~1admin~1room/put/responses/422"))
                .hasToString("{\"description\":\"its own\"}");
        assertThat(document.at("/paths/~1api~1admin~1keys/get/security")).hasToString("[]");
        assertThat(document.at("/paths/~1api~1conferences~1{slug}/get").propertyNames())
                .doesNotContain("security", "responses");
        assertThat(document.at("/components/responses/Problem/description").stringValue())
                .isEqualTo("a refusal");
    }

    @Test
    void two_calls_do_not_bear_one_id() {
        ObjectNode document = arranged("""
                {"paths": {"/api/a": {"get": {"operationId": "list"}}, "/api/b/{id}": {"get": {"operationId": "list"}}}}""");

        assertThat(document.at("/paths/~1api~1a/get/operationId").stringValue()).isEqualTo("list");
        assertThat(document.at("/paths/~1api~1b~1{id}/get/operationId").stringValue())
                .isEqualTo("get-api-b-id-");
    }

    @Test
    void neither_a_librarys_inside_nor_what_nothing_refers_to_is_published() {
        ObjectNode document = arranged("""
                {"paths": {"/api/a": {"get": {"x": {"$ref": "#/components/schemas/SseEmitter"},
                                              "y": {"$ref": "#/components/schemas/Page"}}}},
                 "components": {
                   "responses": {"Problem": {"x": {"$ref": "#/components/schemas/Problem"}}},
                   "schemas": {"SseEmitter": {"type": "object"}, "Problem": {}, "Hidden": {"$ref": "#/components/schemas/Deep"},
                               "Deep": {}, "Page": {"items": {"$ref": "#/components/schemas/Line"}}, "Line": {}}}}""");

        assertThat(document.at("/paths/~1api~1a/get/x")).hasToString("{\"type\":\"string\"}");
        assertThat(document.at("/components/schemas").propertyNames()).containsExactly("Problem", "Page", "Line");
    }

    @Test
    void call_has_examples_of_its_request_its_answer_and_each_problem() {
        ObjectNode document = arranged("""
                {"paths": {"/api/conferences/{slug}/sale": {"post": {
                   "parameters": [{"name": "slug"}, {"name": "dryRun"}],
                   "requestBody": {"content": {"application/json": {}}},
                   "responses": {"200": {"content": {"*/*": {"schema": {}}}}, "404": {"$ref": "#/components/responses/Problem"}}}}},
                 "components": {"responses": {"Problem": {
                   "description": "Refused", "content": {"application/problem+json": {"schema": {}}}}}}}""");

        assertThat(document.at("/paths/~1api~1conferences~1{slug}~1sale/post")).isEqualTo(object("""
                {"tags": ["Conferences"],
                 "parameters": [{"name": "slug", "example": "mlsys-2026"}, {"name": "dryRun"}],
                 "requestBody": {"content": {"application/json": {"example": {"state": "open"}}}},
                 "responses": {
                   "200": {"content": {"*/*": {"schema": {}, "examples": {"done": {"value": {"state": "open"}}}}}},
                   "404": {"description": "Refused", "content": {"application/problem+json": {"schema": {}, "examples": {
                     "not-found": {"value": {"status": 404, "code": "not-found"}}}}}},
                   "409": {"description": "Refused", "content": {"application/problem+json": {"schema": {}, "examples": {
                     "paused": {"value": {"status": 409, "code": "paused"}},
                     "closed": {"value": {"status": 409, "code": "closed"}}}}}}}}"""));
    }

    @Test
    void documented_answer_stays_beside_the_problems_of_its_status() {
        ObjectNode document = arranged("""
                {"paths": {"/api/conferences/{slug}/sale": {"post": {"responses": {
                   "409": {"description": "Another state", "content": {"application/json": {"schema": {"type": "object"}}}}}}}},
                 "components": {"responses": {"Problem": {
                   "description": "Refused", "content": {"application/problem+json": {"schema": {}}}}}}}""");

        assertThat(document.at("/paths/~1api~1conferences~1{slug}~1sale/post/responses/409"))
                .isEqualTo(object("""
                {"description": "Another state", "content": {
                   "application/json": {"schema": {"type": "object"}},
                   "application/problem+json": {"schema": {}, "examples": {
                     "paused": {"value": {"status": 409, "code": "paused"}},
                     "closed": {"value": {"status": 409, "code": "closed"}}}}}}"""));
    }

    private ObjectNode arranged(String json) {
        ObjectNode document = object(json);
        forPeople.arrange(document);
        return document;
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) JsonMapper.shared().readTree(json);
    }
}
