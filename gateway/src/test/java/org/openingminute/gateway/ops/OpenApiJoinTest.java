package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OpenApiJoinTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ObjectNode own = object("""
            {"openapi": "3.1.0", "info": {"title": "all"}, "paths": {"/health": {"get": {}}},
             "components": {"schemas": {"Problem": {"type": "object"}}}}""");

    @Test
    void paths_of_all_are_there_and_the_inside_is_not() {
        ObjectNode joined = join("""
                {"info": {"title": "one"}, "paths": {"/api/a": {"get": {}}, "/internal/status": {"get": {}}}}""", """
                {"paths": {"/api/a": {"post": {}}, "/api/b": {"get": {}}}}""");
        assertThat(joined.get("paths")).isEqualTo(object("""
                {"/health": {"get": {}}, "/api/a": {"get": {}, "post": {}}, "/api/b": {"get": {}}}"""));
        assertThat(joined.at("/info/title").stringValue()).isEqualTo("all");
    }

    @Test
    void equal_schemas_are_kept_once() {
        ObjectNode joined = join("""
                {"components": {"schemas": {"Money": {"type": "object"}}}}""", """
                {"components": {"schemas": {"Money": {"type": "object"}}}}""");
        assertThat(joined.at("/components/schemas").propertyNames()).containsExactly("Problem", "Money");
    }

    @Test
    void different_things_of_one_name_stay_apart_and_references_follow() {
        ObjectNode joined = join("""
                {"components": {"schemas": {"Money": {"type": "object"}}}}""", """
                {"paths": {"/api/b": {"get": {"x": [{"$ref": "#/components/schemas/Money"}]}}},
                 "components": {"schemas": {"Money": {"type": "integer"},
                                            "Due": {"$ref": "#/components/schemas/Money"}}}}""");
        assertThat(joined.at("/components/schemas")).isEqualTo(object("""
                {"Problem": {"type": "object"}, "Money": {"type": "object"}, "two.Money": {"type": "integer"},
                 "Due": {"$ref": "#/components/schemas/two.Money"}}"""));
        assertThat(joined.at("/paths/~1api~1b/get/x/0/$ref").stringValue()).isEqualTo("#/components/schemas/two.Money");
    }

    @Test
    void no_argument_is_changed() {
        ObjectNode before = own.deepCopy();
        join("""
                {"paths": {"/health": {"post": {}}}, "components": {"schemas": {"Problem": {"type": "string"}}}}""", "{}");
        assertThat(own).isEqualTo(before);
    }

    private ObjectNode join(String one, String two) {
        Map<String, ObjectNode> parts = new LinkedHashMap<>();
        parts.put("one", object(one));
        parts.put("two", object(two));
        return OpenApiJoin.join(own, parts);
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) JSON.readTree(json);
    }
}
