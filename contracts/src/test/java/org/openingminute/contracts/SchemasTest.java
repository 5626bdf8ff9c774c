package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves that every schema is valid, explained and open to new fields. */
class SchemasTest {
    private static final Schema META_SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

    static Collection<String> schemaNames() throws IOException {
        return Resources.schemaNames();
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void a_schema_is_valid_itself(String name) {
        assertThat(META_SCHEMA.validate(schema(name))).isEmpty();
    }

    @Test
    void a_schema_with_a_mistake_is_found() {
        JsonNode mistaken = new JsonMapper().readTree("{\"type\": \"text\", \"required\": \"id\"}");
        assertThat(META_SCHEMA.validate(mistaken)).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void a_schema_bears_its_dialect_and_the_name_of_its_file(String name) {
        JsonNode schema = schema(name);
        assertThat(schema.path("$schema").asString()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("$id").asString())
                .isEqualTo("https://openingminute.org/contracts/schemas/" + name + ".json");
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void a_schema_explains_itself(String name) {
        assertThat(schema(name).path("title").asString()).isNotBlank();
        assertThat(schema(name).path("description").asString()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void a_schema_lets_fields_be_added(String name) {
        JsonNode schema = schema(name);
        assertThat(schema.findValues("unevaluatedProperties")).isEmpty();
        assertThat(schema.findValues("additionalProperties")).noneMatch(JsonNode::isBoolean);
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void every_reference_of_a_schema_leads_somewhere(String name) {
        for (JsonNode reference : schema(name).findValues("$ref")) {
            String[] parts = reference.asString().split("#", 2);
            JsonNode target = parts[0].isEmpty() ? schema(name) : Resources.json("schemas/" + parts[0]);
            assertThat((parts.length == 1 ? target : target.at(parts[1])).isObject())
                    .as(reference.asString())
                    .isTrue();
        }
    }

    /** Tools that inline references lose the keywords beside them. */
    @ParameterizedTest
    @MethodSource("schemaNames")
    void reference_has_only_explanations_beside_it(String name) {
        for (JsonNode reference : schema(name).findParents("$ref")) {
            assertThat(reference.propertyNames()).isSubsetOf("$ref", "title", "description");
        }
    }

    @ParameterizedTest
    @MethodSource("schemaNames")
    void required_properties_are_described(String name) {
        requireOnlyWhatIsDescribed(schema(name));
    }

    private static void requireOnlyWhatIsDescribed(JsonNode schema) {
        for (JsonNode required : schema.path("required")) {
            if (required.isString()) {
                assertThat(schema.path("properties").propertyNames()).contains(required.asString());
            }
        }
        schema.forEach(SchemasTest::requireOnlyWhatIsDescribed);
    }

    private static JsonNode schema(String name) {
        return Resources.json("schemas/" + name + ".json");
    }
}
